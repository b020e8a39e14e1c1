// What is asked for: read from the form and from the fragment of the address, and written back to both.
//
// The fragment holds everything, so that a link gives the same names to somebody else; it is never sent to the service.

import { find, findAll } from "./dom.js";

const FORM = ["start", "suffix", "contains", "syllables", "max_length", "min_length", "daring", "count"];
const NUMBERS = new Set(["max_length", "min_length", "daring", "count"]);
const CHECKS = ["novel", "cast"];
const SOURCES = ["model", "like", "blend", "full"];
const SEED_LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"; // none that is read as another

const field = (name) => find(`#${name}`);

/** What holds where nothing is said, as the page came. */
export function usualState() {
  const values = Object.fromEntries(FORM.map((name) => [name, valueOf(field(name), original(field(name)))]));
  const checks = Object.fromEntries(CHECKS.map((name) => [name, original(field(name))]));
  const sources = {
    source: "model", model: original(field("model")), version: null, like: "",
    blend: { ...blended(), share: 50 }, language: original(field("language")), gender: "any",
  };
  return { ...values, ...checks, ...sources, seed: null, kept: new Map() };
}

/** Whether somebody has changed the form already, before its scripts were there. */
export function isFormTouched() {
  return findAll("#draw :is(select, textarea, input:not([type=file]))")
    .some((one) => original(one) !== (isCheck(one) ? one.checked : one.value));
}

/** What a field had when the page came. */
function original(shown) {
  if (isCheck(shown)) return shown.defaultChecked;
  if (shown.options) return ([...shown.options].find((one) => one.defaultSelected) ?? shown.options[0])?.value;
  return shown.defaultValue;
}

function isCheck(shown) {
  return ["checkbox", "radio"].includes(shown.type);
}

/** Two models to begin with: of the bundled ones, two that go well together; else the one that is chosen and another. */
function blended() {
  const known = [...field("model").options].map((one) => one.value);
  const [first, second] = ["icelandic-girls", "finnish-girls"].map((one) => (known.includes(one) ? one : null));
  const chosen = original(field("model"));
  return first && second ? { first, second } : { first: chosen, second: known.find((one) => one !== chosen) ?? chosen };
}

/** Read the form into a state; what it asks for afterwards needs no version and no seed of before. */
export function readForm(state) {
  for (const name of FORM) state[name] = valueOf(field(name));
  for (const name of CHECKS) state[name] = field(name).checked;
  state.source = find('input[name="source"]:checked').value;
  state.like = field("like").value;
  state.blend.share = Number(field("share").value);
  Object.assign(state, { language: field("language").value, gender: field("gender").value });
}

/** Show a state in the form. */
export function writeForm(state) {
  for (const name of FORM) {
    const shown = field(name);
    if (name === "count" && ![...shown.options].some((one) => one.value === String(state.count))) shown.add(new Option(state.count));
    shown.value = state[name];
  }
  for (const name of CHECKS) field(name).checked = state[name];
  for (const radio of findAll('input[name="source"]')) radio.checked = radio.value === state.source;
  Object.assign(field("model"), { value: state.model });
  Object.assign(field("like"), { value: state.like });
  Object.assign(field("share"), { value: state.blend.share });
  Object.assign(field("language"), { value: state.language });
  Object.assign(field("gender"), { value: state.gender });
}

/** The fragment for a state: what differs from what holds anyway, and the seed. */
export function fragmentOf(state, usual) {
  const said = new URLSearchParams();
  for (const name of [...FORM, ...CHECKS]) {
    if (state[name] !== usual[name]) said.set(name, state[name]);
  }
  if (state.source !== "model") said.set("from", state.source);
  if (state.source === "model") said.set("model", state.version === null ? state.model : `${state.model}@${state.version}`);
  if (state.source === "like") said.set("like", state.like);
  if (state.source === "blend") said.set("blend", `${state.blend.first}:${state.blend.share},${state.blend.second}`);
  if (state.source === "full") said.set("language", `${state.language}:${state.gender}`);
  for (const [place, name] of state.kept) said.append("keep", `${place}:${name}`);
  if (state.seed) said.set("seed", state.seed);
  return `#${said}`;
}

/** The state of a fragment; null where it says nothing. What makes no sense in it is left out. */
export function stateOf(fragment, usual) {
  const said = new URLSearchParams(fragment.replace(/^#/, ""));
  if (![...said.keys()].some((name) => name in usual || ["from", "keep"].includes(name))) return null;
  const state = { ...structuredClone(usual), kept: new Map() };
  for (const name of FORM) {
    if (said.has(name)) state[name] = NUMBERS.has(name) ? numberOf(said.get(name), field(name), usual[name]) : said.get(name);
  }
  for (const name of CHECKS) if (said.has(name)) state[name] = said.get(name) === "true";
  if (SOURCES.includes(said.get("from"))) state.source = said.get("from");
  if (said.has("model")) {
    const [model, version] = said.get("model").split("@");
    Object.assign(state, { model, version: /^\d{1,9}$/.test(version ?? "") ? Number(version) : null });
  }
  if (said.has("like")) state.like = said.get("like");
  const blend = /^([^:,]+):(\d{1,2}),([^:,]+)$/.exec(said.get("blend") ?? "");
  if (blend) state.blend = { first: blend[1], share: Math.min(Math.max(Number(blend[2]), 5), 95), second: blend[3] };
  const [language, gender] = (said.get("language") ?? "").split(":");
  if (language) Object.assign(state, { language, gender: ["girl", "boy"].includes(gender) ? gender : "any" });
  for (const one of said.getAll("keep")) {
    const [, place, name] = /^(\d{1,4}):(.+)$/s.exec(one) ?? [];
    if (name) state.kept.set(Number(place), name);
  }
  state.seed = said.get("seed");
  return state;
}

/** A seed that nobody had. */
export function newSeed() {
  return [...crypto.getRandomValues(new Uint8Array(7))].map((byte) => SEED_LETTERS[byte % 32]).join("");
}

function valueOf(shown, text = shown.value) {
  return NUMBERS.has(shown.id) ? numberOf(text, shown, Number(shown.min || 1)) : text.trim();
}

/** A number within the bounds of a field; the usual one where the text is none. */
function numberOf(text, shown, usual) {
  const number = Number.parseInt(text, 10);
  return Number.isNaN(number) ? usual : Math.min(Math.max(number, Number(shown.min || 1)), Number(shown.max || Infinity));
}
