// A question before what can't be undone.

import { find } from "./dom.js";

/** Ask; true where the answer is yes. Escape, and the button that has the focus at first, are no. */
export function confirmed(title, text, yes) {
  const dialog = find("#confirm");
  find("#confirm-title").textContent = title;
  find("#confirm-text").textContent = text;
  find("#confirm-yes").textContent = yes;
  dialog.returnValue = "no";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
  });
}
