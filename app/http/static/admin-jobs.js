// Trainings: listed, followed, cancelled, asked for with a list.

import { Curve } from "./curve.js";
import { confirmed } from "./confirm.js";
import { find, make, say, show } from "./dom.js";
import { full } from "./words.js";

const ENDED = ["succeeded", "failed", "cancelled"];
const PAGE = 20;

/** The trainings, newest first. */
export class Jobs {
  constructor(api, tell) {
    Object.assign(this, { api, tell, older: [], following: null, shown: "" });
    this.curve = new Curve(find("#job-curve"));
    find("#older").addEventListener("click", () => this.loadOlder());
    find("#upload-form").addEventListener("submit", (event) => { event.preventDefault(); this.upload(); });
    find("#job").addEventListener("close", () => this.following?.abort());
  }

  async load() {
    const { jobs, next } = await this.api.json(`/train?limit=${PAGE}`);
    if (!this.older.length) this.next = next;
    const known = new Set(jobs.map(({ id }) => id));
    this.show([...jobs, ...this.older.filter(({ id }) => !known.has(id))]);
  }

  async loadOlder() {
    try {
      const { jobs, next } = await this.api.json(this.next);
      this.older.push(...jobs);
      this.next = next;
      await this.load();
    } catch (error) {
      this.tell(error);
    }
  }

  show(jobs) {
    const now = JSON.stringify([jobs, this.next]);
    if (now === this.shown) return; // nothing has changed: the focus stays where it is
    this.shown = now;
    const focused = document.activeElement?.dataset?.key;
    find("#jobs").replaceChildren(...jobs.map((job) => this.row(job)));
    find("#no-jobs").hidden = jobs.length > 0;
    find("#older").hidden = !this.next;
    if (focused) document.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus();
  }

  row({ id, model, state, created, progress, version }) {
    const bar = make("progress", { max: 1, "aria-label": `Progress of ${model}` });
    bar.value = progress.fraction;
    const actions = [make("button", { type: "button", "data-key": `open-${id}`, "aria-label": `Details of the training of ${model}`, onclick: () => this.follow(id) }, "Details")];
    if (!ENDED.includes(state)) actions.push(make("button", { type: "button", "data-key": `cancel-${id}`, "aria-label": `Cancel the training of ${model}`, onclick: () => this.cancel(id, model) }, "Cancel"));
    return make("tr", {},
      make("th", { scope: "row" }, model, version === null ? "" : ` (version ${version})`),
      make("td", { class: `state-${state}` }, state),
      make("td", {}, make("time", { datetime: created }, new Date(created).toLocaleString())),
      make("td", {}, bar, ` ${Math.round(progress.fraction * 100)} %`),
      make("td", { class: "tools" }, ...actions));
  }

  async cancel(id, model) {
    if (!(await confirmed(`Cancel the training of ${model}?`, "What it has learned so far is lost; what is in service stays.", "Cancel it"))) return;
    try {
      await this.api.cancel(id);
      document.dispatchEvent(new Event("changed"));
    } catch (error) {
      this.tell(error);
    }
  }

  async follow(id) {
    this.following?.abort();
    this.following = new AbortController();
    const { signal } = this.following;
    this.curve.reset([]);
    find("#job-title").textContent = "A training";
    find("#job-state").textContent = "";
    find("#job-facts").replaceChildren();
    show(find("#job-drawn"), null);
    if (!find("#job").open) find("#job").showModal();
    let job = null;
    try {
      for await (const { event, data } of this.api.events(id, { signal })) {
        if (event === "state") this.curve.reset(data.loss.history);
        else this.curve.add(data.loss.history);
        job = event === "state" ? data : { ...job, ...data };
        this.showJob(job);
        if (ENDED.includes(job.state)) document.dispatchEvent(new Event("changed"));
      }
    } catch (error) {
      if (!signal.aborted) this.tell(error);
    }
  }

  showJob({ id, model, state, progress, loss, version, published, verdict, error, report, request }) {
    find("#job-title").textContent = `Training of ${model}`;
    const left = state === "running" && progress.seconds_left !== null ? `, ${Math.round(progress.seconds_left)} s left` : "";
    const kept = published === false ? " It is kept, but not in service: to use it all the same, open its Versions below." : "";
    find("#job-state").textContent = `${full(state)} ${Math.round(progress.fraction * 100)} %${progress.phase ? `, ${progress.phase}` : ""}${left}.${kept} ${full(error ?? verdict ?? "")}`;
    show(find("#job-drawn"), progress.drawn.length ? `It draws: ${progress.drawn.join(", ")}` : null);
    const facts = {
      Id: id, Version: version, Preset: request?.preset, Names: report?.distinct, "Left out": report?.duplicates,
      Loss: loss.train, "Loss, held out": loss.held_out, Publish: request?.publish,
      Warnings: report?.warnings?.map((one) => full(one.text)).join(" "),
    };
    const known = Object.entries(facts).filter(([, value]) => value !== null && value !== undefined && value !== "");
    find("#job-facts").replaceChildren(...known.flatMap(([name, value]) => [make("dt", {}, name), make("dd", {}, String(value))]));
  }

  async upload() {
    const [file] = find("#upload-file").files;
    const form = new FormData();
    form.set("model", find("#upload-model").value.trim());
    form.set("preset", find("#upload-preset").value);
    form.set("publish", find("#upload-publish").value);
    form.set("file", file);
    const button = find("#upload-form button");
    button.disabled = true;
    try {
      const job = await this.api.upload(form);
      find("#upload-form").reset();
      find("#upload").open = false;
      say(`The training of ${job.model} waits for its turn.`);
      this.tell(null);
      document.dispatchEvent(new Event("changed"));
      this.follow(job.id);
    } catch (error) {
      this.tell(error);
    } finally {
      button.disabled = false;
    }
  }
}
