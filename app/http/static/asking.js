// From what is asked for to a request for names.

import { find, findAll } from "./dom.js";
import { namesIn } from "./lists.js";

const MOST_EXAMPLES = 200; // of `like`

/** The steps of the dial, as the service has them. */
export const DARING = findAll("#daring-steps option").map(({ label, dataset }) => ({
  word: label,
  temperature: Number(dataset.temperature),
  top_p: dataset.topP ? Number(dataset.topP) : null,
}));

/** The body of POST /sample for a state; null where there is nothing to draw, since every name is kept. */
export function requestOf(state) {
  const kept = [...state.kept.values()];
  const count = state.count - kept.length;
  if (count < 1) return null;
  const { temperature, top_p } = DARING[state.daring] ?? DARING[2];
  const asked = { count, seed: state.seed, temperature, ...sourceOf(state) };
  if (top_p !== null) asked.top_p = top_p;
  for (const name of ["start", "suffix", "contains", "syllables"]) if (state[name]) asked[name] = state[name];
  if (!asked.parts) asked.max_length = state.max_length; // a full name's parts have lengths of their own
  if (state.min_length > 1) asked.min_length = state.min_length;
  if (state.novel && state.source !== "like") asked.novel = true;
  if (state.cast && state.count > 1) Object.assign(asked, { cast: true, existing: kept });
  else if (kept.length) asked.avoid = kept;
  if (asked.cast && count < 2) Object.assign(asked, { cast: false, existing: null, avoid: kept });
  return asked;
}

function sourceOf(state) {
  if (state.source === "like") return { like: evenly(namesIn(state.like).names, MOST_EXAMPLES) };
  if (state.source === "blend") {
    const { first, second, share } = state.blend;
    return { blend: { [first]: share, [second]: 100 - share } };
  }
  if (state.source === "full") return { parts: { language: state.language }, gender: state.gender, latin: !isLatin(scriptOf(state)) };
  const model = state.version === null ? state.model : `${state.model}@${state.version}`;
  return { model, ...(!isLatin(scriptOf(state)) && { latin: true }) };
}

/** The language tag of what is drawn: `und` where it is no language, or nobody said. */
export function languageOf(state) {
  if (state.source === "model") return optionOf(state.model)?.lang || "und";
  if (state.source === "full") return find(`#model optgroup[label="${CSS.escape(state.language)}"] option`)?.lang || "und";
  return "und";
}

/** The option of a model in the list that the page came with. */
export function optionOf(model) {
  return find(`#model option[value="${CSS.escape(model)}"]`);
}

function scriptOf(state) {
  const option = state.source === "full"
    ? find(`#model optgroup[label="${CSS.escape(state.language)}"] option`)
    : optionOf(state.model);
  return option?.dataset.script ?? "";
}

function isLatin(script) {
  return script === "Latin" || script === "";
}

/** So many of a list, from all over it. */
function evenly(names, most) {
  if (names.length <= most) return names;
  return Array.from({ length: most }, (_, at) => names[Math.floor((at * names.length) / most)]);
}
