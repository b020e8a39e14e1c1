// Names in a text that somebody pastes or drops: one a line, or parted by commas; and what to say of them.

export const FEWEST = 3;
export const MOST = 200; // that the service looks at without a training
const FEW = 20;
const LONGEST = 64;
const HEADER = /^(name|names|given name|surname|first name|last name)$/i;
const SCRIPTS = ["Latin", "Cyrillic", "Greek", "Arabic", "Hebrew", "Devanagari", "Bengali", "Tamil", "Thai", "Georgian", "Armenian"];

/** The distinct names of a text, and what was left out: `{ names, repeated, odd, foreign, script }`. Where most are of one
 * script, the others are left out too: a letter of another script is mostly a slip, and names of two make no good ones. */
export function namesIn(text) {
  const found = new Map();
  const [repeated, odd] = [new Set(), []];
  for (const [place, cell] of cellsOf(text).entries()) {
    const name = cell.normalize("NFC").replace(/\s+/g, " ").trim();
    const key = name.toLowerCase();
    if (!name || (place === 0 && HEADER.test(name))) continue;
    if (!/\p{L}/u.test(name) || /[\d@/\\<>{}_|=]/.test(name) || name.length > LONGEST) odd.push(name);
    else if (found.has(key)) repeated.add(found.get(key));
    else found.set(key, name);
  }
  const all = [...found.values()];
  const [script] = SCRIPTS.map((one) => [one, all.filter((name) => hasLetterOf(one, name)).length])
    .reduce((most, one) => (one[1] > most[1] ? one : most), [null, 0]);
  const isForeign = (name) => SCRIPTS.some((one) => one !== script && hasLetterOf(one, name));
  return { names: all.filter((name) => !isForeign(name)), repeated: [...repeated], odd, foreign: all.filter(isForeign), script };
}

function hasLetterOf(script, name) {
  return new RegExp(`\\p{Script=${script}}`, "u").test(name);
}

function cellsOf(text) {
  const json = listIn(text);
  if (json) return json;
  const lines = text.replace(/^\uFEFF/, "").split(/\r\n|\r|\n/).filter((line) => line.trim() && !line.startsWith("#"));
  if (lines.length === 1) return lines[0].split(/[,;\t]/);
  return lines.map((line) => line.split(/[,;\t]/)[0].replace(/^"(.*)"$/, "$1")); // of a table, the first column
}

function listIn(text) {
  if (!text.trimStart().startsWith("[")) return null;
  try {
    return JSON.parse(text).filter((one) => typeof one === "string");
  } catch {
    return null;
  }
}

/** What to say of a list, in sentences; an empty text where there is nothing to say. */
export function reportOn({ names, repeated, odd, foreign, script }) {
  if (!names.length && !odd.length && !foreign.length) return "";
  const said = [`${names.length.toLocaleString("en")} ${names.length === 1 ? "name" : "names"}.`];
  if (names.length < FEWEST) said.push(`Give at least ${FEWEST}; twenty are better.`);
  else if (names.length < FEW) said.push(`More of them, some ${FEW} or so, make better names.`);
  if (names.length > MOST) said.push(`${MOST} from all over the list are looked at now; keep the model to have it learn all.`);
  if (repeated.length) said.push(`${quoted(repeated)} ${repeated.length === 1 ? "stands" : "stand"} there more than once, and ${repeated.length === 1 ? "counts" : "count"} once.`);
  if (odd.length) said.push(`${quoted(odd)} ${odd.length === 1 ? "is no name" : "are no names"}, and left out.`);
  if (foreign.length) said.push(`${quoted(foreign)} ${foreign.length === 1 ? "is" : "are"} not all in ${script} letters, as most names are, and left out.`);
  return said.join(" ");
}

/** The first few names in quotation marks, and how many there are beside them. */
export function quoted(names, count = names.length) {
  const some = names.slice(0, 3).map((name) => `“${name.slice(0, 30)}”`);
  return count > some.length ? `${some.join(", ")} and ${count - some.length} more` : some.join(" and ");
}
