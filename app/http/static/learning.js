// The original recipe learns: a recording, or live with the admin's token. The loss falls, and noise becomes names.

import { Namewright } from "./api.js";
import { Curve } from "./curve.js";
import { find, make, show } from "./dom.js";
import { TOKEN } from "./token.js";
import { sentence } from "./words.js";

const FRAME_SECONDS = 0.35; // a moment of the recording
const LIVE = { model: "how-it-learns", corpus: "us", preset: "seed", publish: "never" };
const JOB = "namewright-live";
const ALIKE = Math.log(27); // nats: the surprise of somebody who holds all letters, and the end, for alike

/** The part of the page that learns. */
export class Learning {
  constructor(section) {
    Object.assign(this, { section, curve: new Curve(find("#loss", section)), playing: null, recording: null });
    this.slider = find("#moment", section);
    this.slider.addEventListener("input", () => { this.pause(); this.showMoment(); });
    find("#replay", section).addEventListener("click", () => (this.playing ? this.pause() : this.play()));
    find("#live-form", section).addEventListener("submit", (event) => { event.preventDefault(); this.learn(); });
    find("#live-token", section).value = sessionStorage.getItem(TOKEN) ?? "";
    this.load();
  }

  async load() {
    const answer = await fetch(this.section.dataset.recording);
    this.recording = await answer.json();
    this.slider.max = this.recording.moments.length - 1;
    this.showMoment();
    find("#live-form [type=submit]", this.section).disabled = false;
    await this.goOn();
  }

  /** Draw the loss on axes on which any training of the recipe has room. */
  reset(points, steps) {
    const known = this.recording.points.map(([, train]) => train);
    this.curve.reset(points, { steps, losses: known, level: { loss: ALIKE, words: "by chance: 3.30" } });
  }

  showMoment() {
    const { moments, points } = this.recording;
    const [step, names] = moments[this.slider.value];
    const past = points.filter(([at]) => at <= step).map(([at, train]) => ({ step: at, train, held_out: null }));
    this.reset(past, points.at(-1)[0]);
    this.showNames(step, names);
  }

  showNames(step, names) {
    const after = step ? `After ${step.toLocaleString("en")} names` : "Before the first name";
    find("#moment-label", this.section).textContent = after;
    this.slider.setAttribute("aria-valuetext", `${after}: ${names.join(", ")}`);
    find("#moment-names", this.section).replaceChildren(...names.map((name) => make("li", { dir: "auto" }, name)));
  }

  play() {
    if (this.slider.value === this.slider.max) this.slider.value = 0;
    find("#replay", this.section).textContent = "Pause";
    this.showMoment();
    this.playing = setInterval(() => {
      this.slider.value = Number(this.slider.value) + 1;
      this.showMoment();
      if (this.slider.value === this.slider.max) this.pause();
    }, FRAME_SECONDS * 1000);
  }

  pause() {
    clearInterval(this.playing);
    this.playing = null;
    find("#replay", this.section).textContent = "Play";
  }

  /** Have the service learn, and follow it. */
  async learn() {
    this.pause();
    sessionStorage.setItem(TOKEN, find("#live-token", this.section).value.trim());
    const submit = find("#live-form [type=submit]", this.section);
    submit.disabled = true;
    try {
      const { id } = await this.api().train(LIVE);
      sessionStorage.setItem(JOB, id);
      await this.follow(id);
    } catch (error) {
      if (error.status === 401) sessionStorage.removeItem(TOKEN);
      show(find(".problem", this.section), sentence(error));
    }
    submit.disabled = false;
  }

  /** Show a training until it ends. */
  async follow(id) {
    const stop = find("#live-stop", this.section);
    show(find(".problem", this.section), null);
    stop.hidden = false;
    stop.onclick = () => this.api().cancel(id).catch((error) => show(find(".problem", this.section), sentence(error)));
    try {
      for await (const { event, data } of this.api().events(id)) this.showLive(event, data);
      sessionStorage.removeItem(JOB);
    } catch (error) {
      if (error.status === 404) sessionStorage.removeItem(JOB); // of another service at this address
      throw error;
    } finally {
      stop.hidden = true;
    }
  }

  /** Follow the training that was begun here before the page was loaded again. */
  async goOn() {
    const id = sessionStorage.getItem(JOB);
    if (!id || !sessionStorage.getItem(TOKEN)) return;
    find("#live-form", this.section).closest("details").open = true;
    const submit = find("#live-form [type=submit]", this.section);
    submit.disabled = true;
    await this.follow(id).catch((error) => show(find(".problem", this.section), sentence(error)));
    submit.disabled = false;
  }

  api() {
    return new Namewright(".", { token: sessionStorage.getItem(TOKEN) });
  }

  showLive(event, { state, progress, loss }) {
    if (event === "state") this.reset(loss.history, progress.steps ?? this.recording.points.at(-1)[0]);
    else this.curve.add(loss.history);
    if (progress.drawn.length) this.showNames(progress.step, progress.drawn);
    const words = { queued: "It waits for its turn.", running: `It learns: step ${progress.step.toLocaleString("en")}.`,
      succeeded: "It has learned. The version is kept aside; an operator may delete it.", cancelled: "Stopped." };
    show(find("#live-state", this.section), words[state] ?? "It failed.");
  }
}
