// The page: what somebody does with it, and what comes of that.

import { api, begin, blendWith, drawAgain, drawChanged, goBack, namesShown, open, useModel } from "./drawing.js";
import { modelsOf, openChooser } from "./chooser.js";
import { calm, copy, find, findAll, show } from "./dom.js";
import { showOutputs } from "./form.js";
import { openKeeper } from "./keeper.js";
import { FEWEST } from "./lists.js";
import { onStars, starredNames } from "./stars.js";

const TYPING = 350; // milliseconds without a key, after which what was typed is drawn
const SHOWN_COPIED = 2000; // milliseconds
const ELVES = "Selivrin, Elrandir, Thaliel, Vaelith, Lorieth, Nimaneth, Galaniel, Faerith, Imarion, Saelion";

/** Choose a model for a button, from all that there are. */
function chooseFor(button) {
  openChooser(api, (model) => {
    const { choose } = button.dataset;
    if (choose === "model") useModel(model.name);
    else blendWith({ [choose]: model.name });
    button.focus();
  });
}

async function readFile(file) {
  if (!file) return;
  setNames(await file.text());
}

function setNames(text) {
  find("#like").value = text;
  drawChanged();
}

function showStarButtons() {
  const count = starredNames().length;
  find("#like-starred").disabled = count < FEWEST;
  find("#like-starred").title = count < FEWEST ? `Star at least ${FEWEST} names first` : "";
  show(find("#to-stars"), count ? `Your stars (${count})` : null);
}

function isBusyWith(element) {
  return element?.closest("input, select, textarea, button, a, summary, dialog, [contenteditable]");
}

const form = find("#draw");
form.addEventListener("submit", (event) => { event.preventDefault(); drawAgain(); });
form.addEventListener("change", (event) => { if (!event.target.matches("#like, #file")) drawChanged(); });
const typed = calm(TYPING, drawChanged);
form.addEventListener("input", (event) => {
  showOutputs();
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
find("#keep").addEventListener("click", () => openKeeper(() => find("#like").value, async (model) => {
  await modelsOf(api, { again: true });
  useModel(model);
}));
find("#back").addEventListener("click", goBack);
find("#copy-all").addEventListener("click", () => copy(namesShown().join("\n"), `${namesShown().length} names copied`));
find("#copy-link").addEventListener("click", async ({ currentTarget: button }) => {
  const words = button.textContent;
  await copy(location.href, "Link copied: it shows these names to anybody who opens it, and has your own names in it if you gave some");
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
addEventListener("hashchange", (event) => open(new URL(event.newURL).hash)); // which may have changed again since
find("#wishes").addEventListener("click", () => find("#start").focus());
find("#to-stars").addEventListener("click", () => find("#starred").scrollIntoView());
onStars(showStarButtons);
showStarButtons();

begin();
