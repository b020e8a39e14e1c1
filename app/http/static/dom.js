// Elements, icons and small things that every part of the page needs.

const SVG = "http://www.w3.org/2000/svg";

const ICONS = {
  star: "M12 3.6l2.6 5.3 5.8.8-4.2 4.1 1 5.8-5.2-2.7-5.2 2.7 1-5.8-4.2-4.1 5.8-.8z",
  lock: "M6.5 11h11v8.5h-11zM9 11V8a3 3 0 0 1 6 0v3",
  letters: "M5 19v-5M10 19V6M15 19v-9M20 19v-3",
  close: "M6 6l12 12M18 6L6 18",
};

export const find = (selector, within = document) => within.querySelector(selector);
export const findAll = (selector, within = document) => [...within.querySelectorAll(selector)];

/** An element: `make("li", { class: "a", onclick: f, hidden: false }, "text", child)`. */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value != null) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child != null));
  return element;
}

/** An element of a drawing. */
export function draw(tag, attributes = {}, ...children) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/** A button with an icon; its label is for those who don't see it, and for those who wonder. */
export function iconButton(icon, label, attributes) {
  const shape = draw("svg", { viewBox: "0 0 24 24", "aria-hidden": "true" }, draw("path", { d: ICONS[icon] }));
  return make("button", { type: "button", class: `icon ${icon}`, "aria-label": label, title: label, ...attributes }, shape);
}

/** Tell those who listen, and nobody else. */
export function say(text) {
  const said = find("#said");
  said.textContent = said.textContent === text ? `${text}\u00a0` : text; // the same words again are said again
}

/** Show a text in an element, or hide the element where there is none. */
export function show(element, text) {
  element.textContent = text ?? "";
  element.hidden = !text;
}

/** Copy a text, and say so. */
export async function copy(text, said) {
  try {
    await navigator.clipboard.writeText(text);
  } catch { // not allowed here, such as without TLS: the old way
    const area = make("textarea", { "aria-hidden": "true", class: "unseen" });
    area.value = text;
    const focused = document.activeElement;
    (document.querySelector("dialog[open]") ?? document.body).append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
    focused?.focus({ preventScroll: true });
  }
  say(said);
}

/** Offer a text as a file. */
export function save(text, name, type) {
  const address = URL.createObjectURL(new Blob([text], { type }));
  make("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 1000);
}

/** Call a function once nothing has happened for so many milliseconds. */
export function calm(milliseconds, work) {
  let timer;
  return (...given) => {
    clearTimeout(timer);
    timer = setTimeout(() => work(...given), milliseconds);
  };
}
