// The loss of a training as it falls: a drawing, and the same figures as a table behind it.

import { draw, make } from "./dom.js";

const [WIDTH, HEIGHT, LEFT, BOTTOM, TOP] = [480, 180, 40, 26, 8];
const ROWS = 12; // of the table; more would be read by nobody

/** A figure that grows: `add(points)` takes those that are new, each `{ step, train, held_out }`. */
export class Curve {
  constructor(figure) {
    this.figure = figure;
    this.reset([]);
  }

  /** Other points; `steps` and `losses` are how far the drawing reaches, by default as far as they do; `level` is a loss with
   * words that explain it. */
  reset(points, { steps = null, losses = [], level = null } = {}) {
    Object.assign(this, { points: [...points], steps, losses, level });
    this.render();
  }

  add(points) {
    const last = this.points.at(-1)?.step ?? -1;
    this.points.push(...points.filter((one) => one.step > last));
    this.render();
  }

  render() {
    const isOpen = this.figure.querySelector("details")?.open ?? false;
    const explained = this.points.some((one) => one.held_out !== null) ? [caption()] : [];
    this.figure.replaceChildren(...(this.points.length > 1 ? [this.drawing(), ...explained, this.table(isOpen)]
      : this.losses.length ? [this.drawing()] : []));
  }

  drawing() {
    const losses = [...this.losses, ...(this.level ? [this.level.loss] : []), ...this.points.flatMap((one) => [one.train, one.held_out])].filter((loss) => loss !== null);
    const [low, high] = [Math.min(...losses), Math.max(...losses)];
    const steps = this.steps ?? (this.points.at(-1)?.step || 1);
    const x = (step) => LEFT + (step / steps) * (WIDTH - LEFT - 8);
    const y = (loss) => TOP + ((high - loss) / (high - low || 1)) * (HEIGHT - TOP - BOTTOM);
    const line = (name) => this.points.filter((one) => one[name] !== null).map((one) => `${x(one.step).toFixed(1)},${y(one[name]).toFixed(1)}`).join(" ");
    const text = (words, at) => draw("text", at, document.createTextNode(words));
    return draw("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": this.summary() },
      draw("path", { class: "axis", d: `M${LEFT} ${TOP}V${HEIGHT - BOTTOM}H${WIDTH - 8}` }),
      text(high.toFixed(2), { x: LEFT - 6, y: TOP + 8, "text-anchor": "end" }),
      text(low.toFixed(2), { x: LEFT - 6, y: HEIGHT - BOTTOM, "text-anchor": "end" }),
      text("nats per letter", { x: LEFT + 6, y: HEIGHT - BOTTOM - 6 }),
      text(`${steps.toLocaleString("en")} steps`, { x: WIDTH - 8, y: HEIGHT - 8, "text-anchor": "end" }),
      ...(this.level ? [draw("path", { class: "level", d: `M${LEFT} ${y(this.level.loss)}H${WIDTH - 8}` }),
        text(this.level.words, { x: WIDTH - 8, y: y(this.level.loss) + 12, "text-anchor": "end" })] : []),
      draw("polyline", { class: "train", points: line("train") }),
      draw("polyline", { class: "held-out", points: line("held_out") }));
  }

  summary() {
    if (this.points.length < 2) return "The loss, which is not known yet";
    const [first, last] = [this.points[0], this.points.at(-1)];
    return `The loss, in nats per letter: ${first.train.toFixed(2)} at first, ${last.train.toFixed(2)} after ${last.step.toLocaleString("en")} steps`;
  }

  table(isOpen) {
    const every = Math.ceil(this.points.length / ROWS);
    const rows = this.points.filter((_, at) => at % every === 0 || at === this.points.length - 1);
    const cells = (tag, of) => make("tr", {}, ...of.map((text) => make(tag, tag === "th" ? { scope: "col" } : {}, text)));
    const figure = (loss) => (loss === null ? "" : loss.toFixed(3));
    const columns = this.points.some((one) => one.held_out !== null) ? ["train", "held_out"] : ["train"];
    return make("details", { open: isOpen }, make("summary", {}, "The figures: how surprised it is by a letter, in nats"),
      make("table", {},
        make("thead", {}, cells("th", ["steps", "names it learns", "names held out"].slice(0, columns.length + 1))),
        make("tbody", {}, ...rows.map((one) => cells("td", [one.step.toLocaleString("en"), ...columns.map((name) => figure(one[name]))])))));
  }
}

function caption() {
  return make("figcaption", { class: "note" },
    make("span", { class: "key train-key" }), "names it learns ", make("span", { class: "key held-out-key" }), "names held out. ",
    "A short list is learned several times, with other names held out in each, to find out for how long; then whole.");
}
