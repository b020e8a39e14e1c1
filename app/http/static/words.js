// What the service answers, as words for people.

const TYPICAL = [[85, "very typical"], [60, "typical"], [30, "less typical"], [10, "unusual"], [0, "very unusual"]];

const FIELDS = {
  start: "beginning", suffix: "ending", max_length: "letters, at most", min_length: "letters, at least",
  count: "how many", like: "your names", temperature: "how daring", contains: "contains", syllables: "syllables",
  model: "the model’s name", names: "your names", parts: "language",
};

const ADVICE = {
  "/problems/unauthorized": "That is not the admin’s token. It is printed where the service was started.",
  "/problems/admin-disabled": "This service has no admin, so it can’t learn for good. Its operator can set NAMEWRIGHT_ADMIN_TOKEN.",
  "/problems/over-capacity": "The service is busy just now. Try again in a moment.",
  "/problems/no-database": "The service can’t reach its database just now. Try again in a moment.",
  "/problems/private-list": "The list of this model is private, so it can’t be told which names are new. Untick “only invented ones”.",
  "/problems/like-disabled": "This service doesn’t draw names like yours. Choose a language instead.",
};

/** How typical a name is of its model, by how many of a hundred are less so. */
function typical(percentile) {
  return TYPICAL.find(([least]) => percentile >= least)[1];
}

/** A few words on a name: whether it exists, how typical it is, what is near. */
export function remark(details) {
  if (!details) return "";
  const { in_training_list: listed, percentile, nearest } = details;
  const near = nearest?.find((one) => one.distance === 1)?.name;
  const words = [listed === null ? null : listed ? "exists" : near ? `invented, near ${near}` : "invented"];
  if (percentile !== null) words.push(typical(percentile));
  return words.filter(Boolean).join(" · ");
}

/** A probability: "12 %", and never "0 %" for what can be. */
export function percent(probability) {
  if (probability >= 0.095) return `${Math.round(probability * 100)} %`;
  if (probability >= 0.0095) return `${(probability * 100).toFixed(0)} %`;
  return probability >= 0.001 ? `${(probability * 100).toFixed(1)} %` : "< 0.1 %";
}

/** How rare a whole name is: "one of 4,000 draws". */
export function rarity(logProbability) {
  const draws = Math.exp(-logProbability);
  const digits = 10 ** Math.max(Math.floor(Math.log10(draws)) - 1, 0);
  return draws < 1e15 ? `one of ${inWords(Math.round(draws / digits) * digits)} names` : "one of more names than anybody will draw";
}

function inWords(number) {
  for (const [size, word] of [[1e12, "trillion"], [1e9, "billion"], [1e6, "million"]]) {
    if (number >= size) return `${+(number / size).toPrecision(2)} ${word}`;
  }
  return number.toLocaleString("en");
}

/** A refusal as sentences that say what to do. */
export function sentence(error) {
  if (error.name === "TypeError") return "The service can’t be reached. Is it running, and is there a connection?";
  if (ADVICE[error.type]) return ADVICE[error.type];
  const fields = (error.errors ?? []).filter((one) => one.field && one.message);
  if (error.type === "/problems/unknown-letter") return full(unknownLetters(error.message));
  if (!fields.length) return full(inWordsOfTheForm(error.message));
  return fields.slice(0, 3).map(({ field, message }) => full(`${FIELDS[field] ?? field}: ${message}`)).join(" ");
}

/** Why there are fewer names than were asked for, and what to do: in the words of the form. */
export function shortage(text) {
  const reason = text.split(";")[0];
  return `${full(inWordsOfTheForm(reason))} Ask for fewer, for more letters, or for more daring ones, or wish for less.`;
}

/** A text of the service with what one may wish for called as the form calls it. */
function inWordsOfTheForm(text) {
  return text.replace(/\b(start|suffix|contains|syllables|max_length|min_length|temperature)\b/g, (field) => `“${FIELDS[field]}”`);
}

/** What is said of letters that a model never saw, as somebody wants to know it who wishes for them. */
function unknownLetters(text) {
  return text.replace(/^the model never saw (.+?)(?: of (\w+))?; the letters it knows are: (.*)$/s,
    (_, letters, field, known) => `none of these names has ${letters}${field in FIELDS ? ` of “${FIELDS[field]}”` : ""}; their letters are: ${known}`);
}

/** A model's name for people: `anglo-irish-girls` is "Anglo irish girls"; a version is left out. */
export function label(name) {
  const words = name.split("@")[0].replace(/[-_]/g, " ").trim().split(/\s+/);
  return words.map((word, at) => (word === "us" ? "US" : at ? word : word[0].toUpperCase() + word.slice(1))).join(" ");
}

/** A text with a capital and a full stop. */
export function full(text) {
  const trimmed = String(text).trim();
  return trimmed && trimmed[0].toUpperCase() + trimmed.slice(1) + (/[.!?…]$/.test(trimmed) ? "" : ".");
}
