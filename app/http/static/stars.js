// Names that somebody likes, kept in this browser only.

import { copy, find, iconButton, make, save, say } from "./dom.js";

const KEY = "namewright-stars";
const listeners = new Set();
let stars = read();

export const starredNames = () => stars.map((one) => one.name);
export const isStarred = (name) => stars.some((one) => one.name === name);

/** Be called whenever the stars have changed. */
export function onStars(listener) {
  listeners.add(listener);
}

/** Star a name, or no longer. */
export function toggleStar({ name, language }) {
  const had = isStarred(name);
  write(had ? stars.filter((one) => one.name !== name) : [...stars, { name, language }]);
  say(had ? `${name} is no longer among your stars` : `${name} is among your stars`);
}

/** Names as a table that spreadsheets open: a mark of the encoding first, and no cell that they would take for a formula. */
export function csvOf(names) {
  const cell = (text) => `"${text.replace(/^(?=[=+\-@])/, "'").replaceAll('"', '""')}"`;
  return `\uFEFFname\r\n${names.map((name) => `${cell(name)}\r\n`).join("")}`;
}

function read() {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    return kept.filter((one) => typeof one?.name === "string").map(({ name, language }) => ({ name, language: String(language ?? "und") }));
  } catch { // no storage is allowed, or what is in it is not ours
    return [];
  }
}

function write(changed) {
  stars = changed;
  try {
    localStorage.setItem(KEY, JSON.stringify(stars));
  } catch { // full or forbidden: they stay until the page is left
    say("This browser keeps nothing: save your stars before you leave.");
  }
  for (const listener of listeners) listener();
}

function showStars() {
  find("#starred").hidden = stars.length === 0;
  find("#stars").replaceChildren(...stars.map((one) =>
    make("li", { lang: one.language }, make("bdi", { dir: "auto" }, one.name),
      iconButton("close", `Take ${one.name} from your stars`, { onclick: () => dropStar(one) }))));
}

function dropStar(one) {
  const place = stars.indexOf(one);
  toggleStar(one);
  const buttons = find("#stars").querySelectorAll("button");
  (buttons[Math.min(place, buttons.length - 1)] ?? find("#names")).focus(); // not lost with what was pressed
}

onStars(showStars);
showStars();
addEventListener("storage", (event) => { // starred in another tab
  if (event.key !== KEY) return;
  stars = read();
  for (const listener of listeners) listener();
});
find("#stars-copy").addEventListener("click", () => copy(starredNames().join("\n"), `${stars.length} names copied`));
find("#stars-text").addEventListener("click", () => save(`${starredNames().join("\n")}\n`, "names.txt", "text/plain;charset=utf-8"));
find("#stars-csv").addEventListener("click", () => save(csvOf(starredNames()), "names.csv", "text/csv;charset=utf-8"));
find("#stars-clear").addEventListener("click", () => {
  write([]);
  say("No stars any more");
  find("#names").focus();
});
