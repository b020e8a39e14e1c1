// What is asked for, drawn: the names, those of before, and the address that gives them again.

import { Namewright } from "./api.js";
import { languageOf, optionOf, requestOf } from "./asking.js";
import { find, findAll, say, show } from "./dom.js";
import { showForm } from "./form.js";
import { FEWEST, namesIn } from "./lists.js";
import { annotate, clearNames, showNames } from "./names.js";
import { fragmentOf, isFormTouched, newSeed, readForm, stateOf, usualState } from "./state.js";
import { label, sentence, shortage } from "./words.js";

const MOST_BEFORE = 50;
const BUSY = 250; // milliseconds after which waiting is shown

export const api = new Namewright(".");
const usual = usualState();
const before = []; // fragments of what was shown earlier
let state = { ...structuredClone(usual), kept: new Map() };
let names = [];
let asking = new AbortController();

/** The names that are shown. */
export const namesShown = () => names.map((one) => one.name);

/** Draw what the state asks for, with its seed; where it has none, other names than before. */
async function draw() {
  asking.abort();
  asking = new AbortController();
  const { signal } = asking;
  if (state.source === "like" && namesIn(state.like).names.length < FEWEST) {
    find("#keep").hidden = true;
    return showNone(null, "Give at least three names, and others like them appear here.");
  }
  state.seed ??= newSeed();
  const asked = requestOf(state);
  if (!asked) return say("Every name is locked: let one go to draw others.");
  const busy = setTimeout(() => document.body.classList.add("busy"), BUSY);
  try {
    const answer = await ask(asked, signal);
    remember();
    names = arranged(answer);
    if (answer.version !== null && state.source === "model") state.version = answer.version;
    showAnswer(answer);
    tellMore(asked, signal).catch(() => {}); // of use, but not what was asked for
  } catch (error) {
    if (!signal.aborted) showNone(sentence(error));
  } finally {
    clearTimeout(busy);
    if (asking.signal === signal) document.body.classList.remove("busy");
  }
}

/** Ask for names; a version that is gone is asked for as the model is now. */
async function ask(asked, signal) {
  try {
    return await api.sample(asked, { signal });
  } catch (error) {
    if (error.type !== "/problems/unknown-version" || state.version === null) throw error;
    state.version = null;
    asked.model = state.model;
    return api.sample(asked, { signal });
  }
}

/** The kept names at their places, and the drawn ones at the others. */
function arranged(answer) {
  const known = new Map(names.map((one) => [one.name, one.details]));
  const latin = answer.latin ?? answer.parts?.map((one) => one.latin);
  const drawn = answer.names.map((name, at) => ({ name, latin: latin?.[at], details: null, kept: false }));
  for (const [place, name] of [...state.kept].sort(([a], [b]) => a - b)) {
    drawn.splice(place, 0, { name, kept: true, details: known.get(name) ?? null });
  }
  return drawn;
}

/** How typical the names are, and each letter's probability: asked for when the names are already there. */
async function tellMore(asked, signal) {
  if (asked.parts) return;
  const { details } = await api.sample({ ...asked, details: true }, { signal });
  const known = new Map(details.map((one) => [one.name, one]));
  for (const one of names) one.details ??= known.get(one.name) ?? null;
  annotate(names);
}

function showAnswer(answer) {
  showNames(names, languageOf(state), lock);
  show(find("#problem"), null);
  show(find("#shortfall"), answer.shortfall && shortage(answer.shortfall));
  history.replaceState(null, "", fragmentOf(state, usual));
  say(`${names.length} names: ${names.map((one) => one.name).join(", ")}`);
  find("#keep").hidden = state.source !== "like";
  find("#order").hidden = !answer.parts?.some(({ surname }, at) => answer.names[at].startsWith(surname));
  find("#tools").hidden = find("#hint").hidden = names.length === 0;
}

/** No names, but what is wrong, or what there is to do. */
function showNone(problem, advice = null) {
  clearNames();
  names = [];
  show(find("#problem"), problem);
  show(find("#shortfall"), advice);
  for (const one of findAll("#tools, #hint, #order")) one.hidden = true;
}

function lock(place) {
  const { kept } = state;
  const isKept = !kept.has(place);
  if (isKept) kept.set(place, names[place].name);
  else kept.delete(place);
  names[place].kept = isKept;
  findAll("#names > li")[place].classList.toggle("kept", isKept);
  say(isKept ? `${names[place].name} stays` : `${names[place].name} may go`);
  history.replaceState(null, "", fragmentOf(state, usual));
  return isKept;
}

/** Other names for the same wishes. */
export function drawAgain() {
  readForm(state);
  Object.assign(state, { seed: null, version: null });
  draw();
}

/** The form has changed: names for it, with the seed of before, so that a change shows what it changes. */
export function drawChanged() {
  const { source } = state;
  readForm(state);
  if (state.source !== source) Object.assign(state, { kept: new Map(), version: null });
  for (const place of state.kept.keys()) if (place >= state.count) state.kept.delete(place);
  showForm(state);
  draw();
}

/** Blend with another model: the `first` or the `second` of the two. */
export function blendWith(model) {
  Object.assign(state.blend, model);
  drawChanged();
}

function remember() {
  if (names.length && before.at(-1) !== location.hash) before.push(location.hash);
  if (before.length > MOST_BEFORE) before.shift();
  find("#back").disabled = before.length === 0;
}

/** Show the names of before again. */
export function goBack() {
  const fragment = before.pop();
  if (fragment !== undefined) open(fragment, { isBack: true });
}

/** Draw what the fragment of an address asks for. */
export async function open(fragment, { isBack = false } = {}) {
  const said = stateOf(fragment, usual);
  if (!said) return;
  state = said;
  if (isBack) names = []; // not to be remembered again
  showForm(state);
  await draw();
}

/** Draw from a model, or from one version of it: `name` or `name@version`. */
export function useModel(reference) {
  const [name, version] = reference.split("@");
  if (!optionOf(name)) find("#model").append(new Option(label(name), name)); // learned since the page came
  Object.assign(state, { source: "model", model: name, version: version ? Number(version) : null, kept: new Map() });
  showForm(state);
  draw();
}

/** Take up the names that came with the page, or those of the address. */
export async function begin() {
  const { seed, version } = find("#names").dataset;
  const isTouched = isFormTouched();
  if (isTouched) readForm(state);
  const said = stateOf(location.hash, usual);
  if (said) state = said;
  state.seed ??= seed ?? null;
  showForm(state);
  if (said || isTouched) {
    await draw();
  } else if (seed) {
    names = findAll("#names .name").map((one) => ({ name: one.textContent, details: null, kept: false }));
    state.version = version ? Number(version) : null;
    showNames(names, languageOf(state), lock);
    history.replaceState(null, "", fragmentOf(state, usual));
    tellMore(requestOf(state), asking.signal).catch(() => {}); // of use, but not what was asked for
  }
  document.body.classList.remove("linked");
}
