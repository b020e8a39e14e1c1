// The form as it is shown for what is asked for.

import { DARING, optionOf } from "./asking.js";
import { find, findAll } from "./dom.js";
import { showReport } from "./report.js";
import { writeForm } from "./state.js";
import { label } from "./words.js";

/** Show the state in all that is not the list of names. */
export function showForm(state) {
  writeForm(state);
  for (const panel of findAll("[data-panel]")) panel.hidden = panel.dataset.panel !== state.source;
  for (const one of findAll("[data-not]")) one.hidden = one.dataset.not === state.source;
  const chosen = { model: state.model, ...state.blend };
  for (const button of findAll("[data-choose]")) {
    const model = chosen[button.dataset.choose];
    button.textContent = optionOf(model)?.text ?? label(model);
  }
  for (const part of findAll("[data-part]")) part.hidden = state.source !== "full";
  find(".more").open ||= Boolean(state.contains || state.syllables || state.min_length > 1 || state.novel || state.cast);
  showOutputs();
  showReport();
}

/** Show in words what the sliders say. */
export function showOutputs() {
  find('output[for="max_length"]').value = find("#max_length").value;
  find('output[for="daring"]').value = DARING[find("#daring").value].word;
  find("#daring").setAttribute("aria-valuetext", DARING[find("#daring").value].word);
  const share = find("#share").value;
  find('output[for="share"]').value = `${share} : ${100 - share}`;
}
