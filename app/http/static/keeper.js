// Keeping a model of somebody's names: the training, followed while it learns, with the admin's token.

import { ApiError, Namewright } from "./api.js";
import { optionOf } from "./asking.js";
import { Curve } from "./curve.js";
import { find, show } from "./dom.js";
import { namesIn } from "./lists.js";
import { TOKEN } from "./token.js";
import { full, label, sentence } from "./words.js";

const JOB = "namewright-job";
const ENDED = ["succeeded", "failed", "cancelled"];
const dialog = find("#keeper");
const curve = new Curve(find("#curve"));
let ready = () => {};
let following = null; // an AbortController
let job = null;
let confirmed = null; // a name of a model that is there, and may be replaced

/** Offer to keep a model of the names in a text; `used(model)` is called when somebody wants to draw from it. */
export function openKeeper(textOf, used) {
  ready = used;
  find("#keep-form").onsubmit = (event) => {
    event.preventDefault();
    learn(namesIn(textOf()).names);
  };
  find("#token").value = sessionStorage.getItem(TOKEN) ?? "";
  show(find("#keep-problem"), null);
  dialog.showModal();
  if (!job && sessionStorage.getItem(JOB)) follow(sessionStorage.getItem(JOB)); // the page was loaded again meanwhile
}

function api() {
  return new Namewright(".", { token: sessionStorage.getItem(TOKEN) });
}

async function learn(names) {
  sessionStorage.setItem(TOKEN, find("#token").value.trim());
  const model = find("#keep-name").value.trim().toLowerCase().replace(/\s+/g, "-");
  if (optionOf(model) && confirmed !== model) {
    confirmed = model;
    return show(find("#keep-problem"), `There is “${label(model)}” already: what is learned now takes its place. Press again to do that, or call it something else.`);
  }
  const submit = find("#keep-form button");
  submit.disabled = true;
  try {
    const accepted = await api().train({ model, names }, { key: crypto.randomUUID?.() });
    sessionStorage.setItem(JOB, accepted.id);
    show(find("#keep-problem"), null);
    follow(accepted.id);
  } catch (error) {
    if (error.status === 401) sessionStorage.removeItem(TOKEN);
    show(find("#keep-problem"), sentence(error));
  } finally {
    submit.disabled = false;
  }
}

async function follow(id) {
  following?.abort();
  following = new AbortController();
  curve.reset([]);
  showLearning(true);
  try {
    for await (const { event, data } of api().events(id, { signal: following.signal })) {
      if (event === "state") {
        job = data;
        curve.reset(data.loss.history);
      } else {
        job = { ...job, state: data.state, progress: data.progress };
        curve.add(data.loss.history);
      }
      showJob();
    }
  } catch (error) {
    if (following.signal.aborted) return;
    if (error instanceof ApiError && [401, 403, 404].includes(error.status)) end();
    show(find("#keep-problem"), sentence(error));
  }
}

function showJob() {
  const { state, progress, model } = job;
  find("#learning-title").textContent = `${label(model)}, from your names`;
  find("#progress").value = progress.fraction;
  show(find("#learning-state"), wordsOf(job));
  show(find("#learning-samples"), progress.drawn.length ? `By now it draws: ${progress.drawn.join(", ")}` : null);
  const hasEnded = ENDED.includes(state);
  find("#cancel").hidden = hasEnded;
  find("#use").hidden = !(state === "succeeded" && job.version !== null);
  if (hasEnded) {
    sessionStorage.removeItem(JOB);
    if (state === "succeeded") find("#use").focus();
  }
}

function wordsOf({ state, progress, error, report, published, verdict, model }) {
  if (state === "queued") return ["It waits for its turn.", ...(report?.warnings ?? []).filter((one) => one.count).map((one) => full(one.text))].join(" ");
  if (state === "running") {
    const left = progress.seconds_left === null ? "" : ` ${duration(progress.seconds_left)} left.`;
    return `It learns${progress.phase ? `, ${progress.phase}` : ""}: ${Math.round(progress.fraction * 100)} %.${left}`;
  }
  if (state === "succeeded") {
    return published ? `Done: ${label(model)} is among the models now.` : `Done, but it is kept aside: ${full(verdict ?? "")}`;
  }
  return state === "failed" ? `It failed: ${full(error ?? "")}` : "Stopped.";
}

function duration(seconds) {
  return seconds < 90 ? `${Math.max(Math.round(seconds), 1)} s` : `${Math.round(seconds / 60)} minutes`;
}

function showLearning(isLearning) {
  find("#keep-form").hidden = isLearning;
  find("#learning").hidden = !isLearning;
}

function end() {
  sessionStorage.removeItem(JOB);
  job = null;
  showLearning(false);
}

find("#cancel").addEventListener("click", async () => {
  try {
    await api().cancel(job.id);
  } catch (error) {
    show(find("#learning-state"), sentence(error));
  }
});
find("#use").addEventListener("click", () => {
  const reference = job.published ? job.model : `${job.model}@${job.version}`;
  end();
  dialog.close();
  ready(reference);
});
dialog.addEventListener("close", () => {
  if (job && ENDED.includes(job.state)) end(); // the next one begins with the form
});
