// How the service is, in a few lines.

import { find, make } from "./dom.js";
import { full } from "./words.js";

/** Show whether it serves, trains, and what is not as it should be. */
export async function showHealth(api) {
  const { models, degraded, training } = await api.json("/health/ready");
  const count = Object.keys(models).length;
  const lines = [
    [true, `It serves ${count.toLocaleString("en")} ${count === 1 ? "model" : "models"}.`],
    [training.available && !training.reason, training.reason ? full(training.reason) : "Trainings can be asked for."],
  ];
  if (training.workers !== null) lines.push([training.workers > 0, `${training.workers || "No"} ${training.workers === 1 ? "worker is" : "workers are"} there to train.`]);
  if (training.silent_workers) lines.push([false, `${training.silent_workers} more have not been heard of for 30 seconds: they hang, or are lost.`]);
  for (const { model, version, reason } of degraded) lines.push([false, `${model}, version ${version}, does not load: ${full(reason)}`]);
  const items = lines.map(([isWell, text]) => make("li", { class: isWell ? "well" : "ill" }, text));
  const [shown, now] = [find("#health"), items.map((item) => item.outerHTML).join()];
  if (shown.dataset.now !== now) {
    shown.dataset.now = now;
    shown.replaceChildren(...items);
  }
}
