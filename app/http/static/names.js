// The list of names: a click copies, a star keeps, a lock holds on to one, and each opens letter by letter.

import { copy, find, findAll, iconButton, make } from "./dom.js";
import { lettersOf } from "./letters.js";
import { isStarred, onStars, toggleStar } from "./stars.js";
import { remark } from "./words.js";

const list = find("#names");

/** Show names, each `{ name, kept, latin, details }`; `onLock(place)` is called when one is locked or let go. */
export function showNames(names, language, onLock) {
  list.lang = language;
  list.replaceChildren(...names.map((one, place) => itemOf(one, place, onLock)));
}

/** Add what has become known of the names. */
export function annotate(names) {
  for (const [place, item] of findAll("#names > li").entries()) {
    const { name, details } = names[place] ?? {};
    if (!details || item.dataset.name !== name) continue;
    find(".remark", item).textContent = remark(details);
    find(".letters", item).hidden = false;
  }
}

/** Take the names away, as where there was a refusal. */
export function clearNames() {
  list.replaceChildren();
}

function itemOf(one, place, onLock) {
  const { name, latin } = one;
  const shown = make("button", { type: "button", class: "name", title: "Copy", onclick: () => copyName(item, name) },
    make("bdi", { dir: "auto" }, name),
    latin && latin !== name ? make("span", { class: "latin", lang: "und-Latn", dir: "ltr" }, latin) : null);
  const star = iconButton("star", `Keep ${name} among your stars`, {
    "aria-pressed": String(isStarred(name)),
    onclick: () => toggleStar({ name, language: list.lang }),
  });
  const lock = iconButton("lock", `Hold on to ${name} and draw the others`, {
    "aria-pressed": String(Boolean(one.kept)),
    onclick: () => lock.setAttribute("aria-pressed", String(onLock(place))),
  });
  const panel = make("div", { class: "panel", id: `panel-${place}`, hidden: true });
  const letters = iconButton("letters", `${name}, letter by letter`, {
    "aria-expanded": "false", "aria-controls": panel.id, hidden: !one.details || !one.details.letters.length,
    onclick: () => open(letters, panel, one),
  });
  const item = make("li", { "data-name": name, class: one.kept ? "kept" : null },
    shown, make("span", { class: "remark" }, remark(one.details)), make("span", { class: "actions" }, star, lock, letters), panel);
  return item;
}

function open(button, panel, one) {
  const isOpen = panel.hidden;
  if (isOpen) panel.replaceChildren(...lettersOf(one.name, one.details));
  panel.hidden = !isOpen;
  if (isOpen) panel.scrollIntoView({ block: "nearest" });
  button.setAttribute("aria-expanded", String(isOpen));
}

async function copyName(item, name) {
  await copy(name, `${name} copied`);
  item.classList.add("copied");
  setTimeout(() => item.classList.remove("copied"), 1200);
}

list.addEventListener("click", (event) => {
  if (event.detail) event.target.closest("button")?.blur(); // pressed with a pointer: space draws again, and not this
});
onStars(() => {
  for (const item of findAll("#names > li[data-name]")) {
    find(".star", item)?.setAttribute("aria-pressed", String(isStarred(item.dataset.name)));
  }
});
