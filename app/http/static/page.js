// The page: what is asked for is drawn, shown, and kept in the address.

import { Namewright } from "./api.js";
import { DARING, languageOf, optionOf, requestOf } from "./asking.js";
import { modelsOf, openChooser } from "./chooser.js";
import { calm, copy, find, findAll, say, show } from "./dom.js";
import { FEWEST, namesIn, reportOn } from "./lists.js";
import { openKeeper } from "./keeper.js";
import { annotate, clearNames, showNames } from "./names.js";
import { onStars, starredNames } from "./stars.js";
import { fragmentOf, newSeed, readForm, stateOf, usualState, writeForm } from "./state.js";
import { label, sentence, shortage } from "./words.js";

const TYPING = 350; // milliseconds without a key, after which what was typed is drawn
const MOST_BEFORE = 50;
const SHOWN_COPIED = 2000; // milliseconds
const BUSY = 250; // milliseconds after which waiting is shown
const ELVES = "Selivrin, Elrandir, Thaliel, Vaelith, Lorieth, Nimaneth, Galaniel, Faerith, Imarion, Saelion";

const api = new Namewright(".");
const usual = usualState();
const before = []; // fragments of what was shown earlier
let state = { ...structuredClone(usual), kept: new Map() };
let names = [];
let asking = new AbortController();

/** Draw what the state asks for, with its seed; where it has none, other names than before. */
async function draw() {
  asking.abort();
  asking = new AbortController();
  const { signal } = asking;
  if (state.source === "like" && namesIn(state.like).names.length < FEWEST) return showNothing();
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
    if (!signal.aborted) showProblem(error);
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

/** How usual the names are, and each letter's probability: asked for when the names are already there. */
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
  find("#tools").hidden = names.length === 0;
}

function showProblem(error) {
  clearNames();
  names = [];
  show(find("#problem"), sentence(error));
  show(find("#shortfall"), null);
  find("#tools").hidden = true;
}

function showNothing() {
  clearNames();
  names = [];
  show(find("#problem"), null);
  show(find("#shortfall"), "Give at least three names, and others like them appear here.");
  find("#tools").hidden = true;
  find("#keep").hidden = true;
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
function drawAgain() {
  Object.assign(state, { seed: null, version: null });
  draw();
}

/** The form has changed: names for it, with the seed of before, so that a change shows what it changes. */
function drawChanged() {
  const { source, model } = state;
  readForm(state);
  if (state.source !== source || state.model !== model) Object.assign(state, { kept: new Map(), version: null });
  for (const place of state.kept.keys()) if (place >= state.count) state.kept.delete(place);
  showForm();
  draw();
}

function remember() {
  if (names.length && before.at(-1) !== location.hash) before.push(location.hash);
  if (before.length > MOST_BEFORE) before.shift();
  find("#back").disabled = before.length === 0;
}

function goBack() {
  const fragment = before.pop();
  if (fragment !== undefined) open(fragment, { isBack: true });
}

/** Draw what a fragment says. */
async function open(fragment, { isBack = false } = {}) {
  const said = stateOf(fragment, usual);
  if (!said) return;
  state = said;
  if (isBack) names = []; // not to be remembered again
  showForm();
  await draw();
}

/** Show the state in all that is not the list of names. */
function showForm() {
  writeForm(state);
  for (const panel of findAll("[data-panel]")) panel.hidden = panel.dataset.panel !== state.source;
  for (const one of findAll("[data-not]")) one.hidden = one.dataset.not === state.source;
  const chosen = { model: state.model, "blend-a": state.blend.first, "blend-b": state.blend.second };
  for (const button of findAll("[data-choose]")) {
    const model = chosen[button.dataset.choose];
    button.textContent = optionOf(model)?.text ?? label(model);
  }
  showOutputs();
  showReport();
}

function showOutputs() {
  find('output[for="max_length"]').value = find("#max_length").value;
  find('output[for="daring"]').value = DARING[find("#daring").value].word;
  find("#daring").setAttribute("aria-valuetext", DARING[find("#daring").value].word);
  const share = find("#share").value;
  find('output[for="share"]').value = `${share} : ${100 - share}`;
}

function showReport() {
  show(find("#like-report"), reportOn(namesIn(find("#like").value)));
  find("#like-report").hidden = false; // a status that is not there can't be told
}

/** Choose a model for a button, from all that there are. */
function chooseFor(button) {
  openChooser(api, (model) => {
    if (button.dataset.choose === "model") useModel(model.name);
    else {
      state.blend[button.dataset.choose === "blend-a" ? "first" : "second"] = model.name;
      drawChanged();
    }
    button.focus();
  });
}

function useModel(reference) {
  const [name, version] = reference.split("@");
  if (!optionOf(name)) find("#model").append(new Option(label(name), name)); // learned since the page came
  Object.assign(state, { source: "model", model: name, version: version ? Number(version) : null, kept: new Map() });
  showForm();
  draw();
}

async function readFile(file) {
  if (!file) return;
  setNames(await file.text());
}

function setNames(text) {
  find("#like").value = text;
  drawChanged();
}

function isBusyWith(element) {
  return element?.closest("input, select, textarea, button, a, summary, dialog, [contenteditable]");
}

const form = find("#draw");
form.addEventListener("submit", (event) => { event.preventDefault(); readForm(state); drawAgain(); });
form.addEventListener("change", (event) => { if (!event.target.matches("#like, #file")) drawChanged(); });
const typed = calm(TYPING, drawChanged);
form.addEventListener("input", (event) => {
  showOutputs();
  if (event.target.matches("#like")) showReport();
  if (event.target.matches("textarea, input:not([type]), [type=range], [type=number]")) typed();
});
find("#file").addEventListener("change", (event) => readFile(event.target.files[0]));
find("#like").addEventListener("dragover", (event) => event.preventDefault());
find("#like").addEventListener("drop", (event) => {
  if (!event.dataTransfer.files.length) return;
  event.preventDefault();
  readFile(event.dataTransfer.files[0]);
});
find("#like-starred").addEventListener("click", () => setNames(starredNames().join("\n")));
find("#like-example").addEventListener("click", () => setNames(ELVES.replaceAll(", ", "\n")));
find("#keep").addEventListener("click", () => openKeeper(() => state.like, async (model) => {
  await modelsOf(api, { again: true });
  useModel(model);
}));
find("#back").addEventListener("click", goBack);
find("#copy-all").addEventListener("click", () => copy(names.map((one) => one.name).join("\n"), `${names.length} names copied`));
find("#copy-link").addEventListener("click", async ({ currentTarget: button }) => {
  const words = button.textContent;
  await copy(location.href, "Link copied: it shows these names to whoever opens it");
  button.textContent = "Link copied";
  setTimeout(() => { button.textContent = words; }, SHOWN_COPIED);
});
for (const button of findAll("[data-choose]")) button.addEventListener("click", () => chooseFor(button));
for (const button of findAll("[data-close]")) button.addEventListener("click", () => button.closest("dialog").close());
addEventListener("keydown", (event) => {
  if (event.key !== " " || event.repeat || event.ctrlKey || event.altKey || event.metaKey || isBusyWith(event.target)) return;
  event.preventDefault();
  drawAgain();
});
addEventListener("hashchange", () => open(location.hash));
onStars(() => { find("#like-starred").disabled = starredNames().length < FEWEST; });
find("#like-starred").disabled = starredNames().length < FEWEST;

begin();

/** Take up the names that came with the page, or those of the address. */
async function begin() {
  readForm(state);
  state.seed = find("#names").dataset.seed ?? null;
  const said = stateOf(location.hash, usual);
  if (said) {
    state = said;
    showForm();
    return draw();
  }
  showForm();
  if (!find("#names").dataset.seed) return;
  names = findAll("#names .name").map((one) => ({ name: one.textContent, details: null, kept: false }));
  showNames(names, languageOf(state), lock);
  const { version } = find("#names").dataset;
  state.version = version ? Number(version) : null;
  history.replaceState(null, "", fragmentOf(state, usual));
  tellMore(requestOf(state), asking.signal).catch(() => {}); // of use, but not what was asked for
}
