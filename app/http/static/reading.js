// One name, read letter by letter: what the network remembers, what it expects, and the throw of the dice.

import { Namewright } from "./api.js";
import { calm, find, findAll, make, say, show } from "./dom.js";
import { percent, sentence } from "./words.js";

const SHOWN = 12; // letters that have a bar; the others are one together
const PLAY_SECONDS = 0.9;
const LONGEST = 24;
const STRONG = 0.05; // a difference of probabilities from which network and n-gram disagree

/** The part of the page that reads a name. */
export class Reading {
  constructor(section) {
    Object.assign(this, { section, prefix: "", steps: [], playing: null, asking: null, hasEnded: false });
    this.api = new Namewright(".");
    find("#prefix", section).addEventListener("input", calm(150, () => this.begin(find("#prefix", section).value)));
    find("#how-model", section).addEventListener("change", () => this.changeModel());
    find("#temperature", section).addEventListener("input", calm(100, () => this.read(this.prefix)));
    find("#step", section).addEventListener("click", () => this.step());
    find("#play", section).addEventListener("click", () => (this.playing ? this.pause() : this.play()));
    find("#again", section).addEventListener("click", () => this.begin(""));
    this.read(find("#prefix", section).value);
  }

  get temperature() { return Math.round(10 ** Number(find("#temperature", this.section).value) * 100) / 100; }

  /** Read other letters than those that were thrown. */
  begin(prefix) {
    this.pause();
    find("#throw", this.section).replaceChildren();
    if (find("#prefix", this.section).value !== prefix) find("#prefix", this.section).value = prefix;
    return this.read(prefix);
  }

  /** Read the same letters with another model, or none where it does not know them. */
  async changeModel() {
    if (!(await this.begin(this.prefix))) await this.begin("");
  }

  /** Read a prefix, and show where the model stands after it. */
  async read(prefix) {
    this.asking?.abort();
    this.asking = new AbortController();
    const { signal } = this.asking;
    const fields = { model: find("#how-model", this.section).value, prefix, temperature: this.temperature };
    find("[for=temperature][id]", this.section).textContent = this.temperature.toFixed(2);
    try {
      const answer = await this.api.explain(fields, { signal });
      Object.assign(this, { prefix, steps: answer.steps, hasEnded: false });
      this.showProblem(null);
      this.render();
      return true;
    } catch (error) {
      if (signal.aborted) return false;
      this.pause();
      this.showProblem(error);
      return false;
    }
  }

  /** What is wrong, and nothing to throw dice for; or that all is well. */
  showProblem(error) {
    const isUnknown = error?.type === "/problems/unknown-letter";
    show(find(".problem", this.section), error && (isUnknown ? "This model does not know these letters: it never saw one of them." : sentence(error)));
    for (const button of findAll("#step, #play", this.section)) button.disabled = Boolean(error);
    find(".pair", this.section).hidden = Boolean(error);
    if (error) find("#spelled", this.section).replaceChildren();
  }

  /** Throw the dice once: a letter is added, or the name ends. */
  async step() {
    if (this.hasEnded && !(await this.read(""))) return;
    const dice = Math.random();
    const odds = oddsOf(this.steps.at(-1));
    let reached = 0;
    const drawn = odds.find((one) => (reached += one.mixture) >= dice) ?? odds[0];
    this.showThrow(dice, odds, drawn);
    await this.choose(drawn.letter);
  }

  /** Add a letter, or end the name where it is the empty one. */
  async choose(letter) {
    if (letter === "") {
      this.hasEnded = true;
      this.pause();
      find("#spelled", this.section).classList.add("ended");
      find("#throw", this.section).append(make("p", { class: "note" }, "The name has ended. Throw again to begin another."));
      say(`The name has ended: ${this.prefix}`);
      return;
    }
    const prefix = this.prefix + letter;
    find("#prefix", this.section).value = prefix;
    await this.read(prefix);
    if (prefix.length >= LONGEST) this.pause();
  }

  /** Add a letter that somebody chose. */
  pick(letter) {
    this.pause();
    find("#throw", this.section).replaceChildren();
    return this.choose(letter);
  }

  play() {
    find("#play", this.section).textContent = "Pause";
    this.playing = true;
    const next = async () => {
      if (!this.playing) return;
      await this.step();
      if (this.playing) this.playing = setTimeout(next, PLAY_SECONDS * 1000);
    };
    next();
  }

  pause() {
    clearTimeout(this.playing);
    this.playing = null;
    find("#play", this.section).textContent = "Play";
  }

  render() {
    const spelled = find("#spelled", this.section);
    spelled.classList.remove("ended");
    const letters = this.steps.slice(1).map(({ letter }) => letter).join("");
    spelled.replaceChildren(make("bdi", {}, letters && letters[0].toLocaleUpperCase() + letters.slice(1)));
    this.showStates();
    this.showOdds();
  }

  /** The state after each letter: a row of colours for each layer, the newest below. */
  showStates() {
    const rows = this.steps.flatMap(({ letter, hidden }) => (hidden ?? []).map((state, layer) => [layer ? "2nd" : letter ?? "start", state]));
    find("#states", this.section).replaceChildren(...rows.map(([letter, state]) =>
      make("li", {}, make("b", letter === "2nd" || letter === "start" ? { class: "aside" } : {}, letter), stripOf(state))));
    const last = this.steps.at(-1).hidden;
    const layers = last?.length > 1 ? `${last.length} layers of ` : "";
    find("#units", this.section).textContent = last
      ? `${layers}${last[0].length.toLocaleString("en")} numbers, a stripe each: all that the network remembers of what it has read.`
      : "The list of this model is private, and so is what its network remembers.";
  }

  /** How probable each next letter is: of the mixture as a bar, of network and n-gram as marks on it. */
  showOdds() {
    const odds = oddsOf(this.steps.at(-1));
    const shown = odds.slice(0, SHOWN);
    const others = odds.slice(SHOWN).reduce((sum, one) => sum + one.mixture, 0);
    const rows = shown.map((one) => this.rowOf(one));
    const rest = others > 0.0005 ? [make("li", { class: "rest" }, `${odds.length - SHOWN} others together: ${percent(others)}`)] : [];
    const focused = findAll("#odds button", this.section).indexOf(document.activeElement);
    find("#odds", this.section).replaceChildren(...rows, ...rest);
    if (focused >= 0) findAll("#odds button", this.section)[Math.min(focused, rows.length - 1)]?.focus();
    find("#mixed", this.section).hidden = odds.every(({ ngram }) => ngram === null);
    find("#disagreement", this.section).textContent = disagreementOf(odds);
  }

  rowOf({ letter, mixture, network, ngram }) {
    const bar = make("span", { class: "odds-bar", "aria-hidden": "true" });
    bar.style.setProperty("--share", mixture);
    if (ngram !== null) bar.append(markOf("network", network), markOf("ngram", ngram));
    const label = `${nameOf(letter)}, ${percent(mixture)}`;
    return make("li", {}, make("button", { type: "button", "aria-label": label, onclick: () => this.pick(letter) },
      make("b", letter ? { dir: "auto" } : { class: "end" }, letter ? shownLetter(letter) : "end"), bar, make("small", {}, percent(mixture))));
  }

  /** Where the dice fell: all letters side by side, each as wide as it is probable. */
  showThrow(dice, odds, drawn) {
    const line = make("div", { class: "line", "aria-hidden": "true" });
    for (const one of odds) {
      const words = one.mixture < 0.03 ? "" : one.letter ? shownLetter(one.letter) : one.mixture < 0.06 ? "·" : "end";
      const part = make("span", one === drawn ? { class: "drawn" } : {}, make("bdi", {}, words));
      part.style.width = `${one.mixture * 100}%`;
      line.append(part);
    }
    const dart = make("span", { class: "dart" });
    dart.style.left = `${dice * 100}%`;
    line.append(dart);
    find("#throw", this.section).replaceChildren(line,
      make("p", { class: "note" }, `The dice, a random number between 0 and 1, show ${dice.toFixed(3)}, which falls on ${isolated(nameOf(drawn.letter))}.`));
  }
}

function oddsOf({ next }) {
  const odds = Object.entries(next).map(([letter, one]) => ({ letter, ...one }));
  return odds.sort((one, other) => other.mixture - one.mixture);
}

function nameOf(letter) {
  return letter === "" ? "the end of the name" : letter === " " ? "a space" : letter;
}

/** A text whose direction changes nothing around it. */
function isolated(text) {
  return `\u2068${text}\u2069`;
}

function shownLetter(letter) {
  return letter === " " ? "␣" : letter;
}

function markOf(kind, share) {
  const mark = make("i", { class: kind });
  mark.style.insetInlineStart = `${share * 100}%`;
  return mark;
}

/** Where network and n-gram differ most, if they do. */
function disagreementOf(odds) {
  const both = odds.filter(({ network, ngram }) => network !== null && ngram !== null);
  if (!both.length) return "";
  const gap = ({ network, ngram }) => Math.abs(network - ngram);
  const widest = both.reduce((one, other) => (gap(other) > gap(one) ? other : one));
  const figures = `${percent(widest.network)} by the network, ${percent(widest.ngram)} by the n-gram`;
  return gap(widest) < STRONG ? "Here they agree." : `Here they disagree most about ${isolated(nameOf(widest.letter))}: ${figures}.`;
}

/** A state as a strip: blue below zero, red above, pale near it. */
function stripOf(state) {
  const strip = make("canvas", { width: state.length, height: 1, "aria-hidden": "true" });
  const context = strip.getContext("2d");
  const pixels = context.createImageData(state.length, 1);
  state.forEach((value, at) => {
    const strength = Math.sqrt(Math.min(Math.abs(value), 1)); // gates leave most numbers small
    const [red, green, blue] = value < 0 ? [42, 96, 153] : [178, 58, 28];
    pixels.data.set([red, green, blue, Math.round(255 * strength)], 4 * at);
  });
  context.putImageData(pixels, 0, 0);
  return strip;
}
