// The dialog where a model is chosen, by language and kind, with names that it has drawn.

import { find, findAll, make, show } from "./dom.js";
import { label, sentence } from "./words.js";

const KINDS = { "": "all", girls: "girls", boys: "boys", given: "given names", surnames: "surnames", places: "places" };
const dialog = find("#chooser");
let models = null; // those in service, as GET /models lists them
let choose = () => {};

/** The models in service; asked once, and again after something was learned. */
export async function modelsOf(api, { again = false } = {}) {
  if (!models || again) models = (await api.models()).models;
  return models;
}

/** Let somebody choose; `chosen(model)` is called with what they did. */
export async function openChooser(api, chosen) {
  choose = chosen;
  dialog.showModal();
  find("#search").select();
  try {
    await modelsOf(api);
    filter();
  } catch (error) {
    show(find("#found"), sentence(error));
  }
}

/** What a model is, in words: its name, and what that does not say. */
function describe(model) {
  const named = label(model.name);
  const kind = KINDS[model.kind] ?? model.kind ?? "";
  const rest = [model.language, kind].filter((word) => word && !named.toLowerCase().includes(word.toLowerCase()));
  return { named, rest: rest.join(", ") };
}

function filter() {
  const words = fold(find("#search").value).split(/\s+/).filter(Boolean);
  const kind = find('input[name="kind"]:checked')?.value ?? "";
  const matching = models.filter((model) => (!kind || model.kind === kind) && words.every((word) => textOf(model).includes(word)));
  const count = matching.length === 1 ? "One model" : `${matching.length} models`;
  show(find("#found"), matching.length ? `${count}.` : "No model is like that. Try a language, such as “Welsh” or “Greek”.");
  find("#choices").replaceChildren(...matching.map(choiceOf));
}

function textOf(model) {
  return fold([model.name, model.language, KINDS[model.kind], model.kind, model.script, ...model.examples].join(" "));
}

function fold(text) {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}

function choiceOf(model) {
  const { named, rest } = describe(model);
  const language = find(`#model option[value="${CSS.escape(model.name)}"]`)?.lang ?? "und";
  const examples = model.examples.flatMap((name, at) => [at ? " · " : "", make("bdi", { dir: "auto" }, name)]);
  const chosen = () => { dialog.close(); choose(model); };
  return make("li", {}, make("button", { type: "button", onclick: chosen },
    make("b", {}, named), rest ? make("small", {}, ` ${rest}`) : null,
    make("span", { class: "examples", lang: language }, ...examples)));
}

function move(event) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step || event.target.type === "radio") return;
  const buttons = findAll("#choices button");
  const at = buttons.indexOf(document.activeElement);
  const next = at < 0 && step < 0 ? null : buttons[at + step];
  if (next) next.focus();
  else if (step < 0) find("#search").focus();
  event.preventDefault();
}

find(".kinds").append(...Object.entries(KINDS).map(([value, words]) =>
  make("label", {}, make("input", { type: "radio", name: "kind", value, checked: value === "" }), make("span", {}, words))));
find("#search").addEventListener("input", () => models && filter());
find("#search").addEventListener("keydown", (event) => {
  if (event.key !== "Enter") return;
  event.preventDefault();
  find("#choices button")?.click();
});
find(".kinds").addEventListener("change", () => models && filter());
dialog.addEventListener("keydown", move);
