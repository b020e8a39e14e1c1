// One name letter by letter: how probable each letter was after those before it, and what could have stood instead.

import { make } from "./dom.js";
import { percent, rarity } from "./words.js";

const SHOWN_OTHERS = 3;

/** The elements of an opened name. */
export function lettersOf(name, details) {
  const steps = details.letters.map(({ letter, log_probability, others }) => ({ letter, probability: chance(log_probability), others }));
  steps.push({ letter: "", probability: chance(details.end), others: details.end_others });
  const columns = steps.map((step, at) => columnOf(step, at === 0));
  const nearest = details.nearest?.filter((one) => one.distance > 0) ?? [];
  const near = nearest.length ? ["Near it: ", ...between(nearest.map((one) => make("bdi", { dir: "auto" }, one.name)))] : [];
  const whole = details.log_probability === null ? "" : `The whole name: ${rarity(details.log_probability)}. `;
  return [
    make("p", { class: "note", lang: "en" }, "How probable each letter was, and below it what could have stood there instead."),
    make("ol", { class: "steps", dir: isRightToLeft(name) ? "rtl" : "ltr" }, ...columns),
    make("p", { class: "note", lang: "en" }, whole, ...near),
  ];
}

function columnOf({ letter, probability, others }, isFirst) {
  const bar = make("span", { class: "bar", "aria-hidden": "true" });
  bar.style.setProperty("--share", Math.max(probability, 0.004));
  const instead = (others ?? []).slice(0, SHOWN_OTHERS).map((one) =>
    make("span", { class: "other" }, symbolOf(one.letter), make("small", { lang: "en", dir: "ltr" }, percent(one.probability))));
  return make("li", {},
    bar,
    symbolOf(letter, isFirst),
    make("small", { class: "percent", lang: "en", dir: "ltr" }, percent(probability)),
    instead.length ? make("span", { class: "others" }, make("span", { class: "unseen", lang: "en" }, "; instead: "), ...between(instead, ", ")) : null);
}

function symbolOf(letter, isFirst = false) {
  if (letter === "") return make("b", { class: "end", lang: "en" }, "end");
  if (letter.trim() === "") return make("b", { class: "end", lang: "en" }, "space");
  return make("b", { dir: "auto" }, isFirst ? letter.toLocaleUpperCase() : letter);
}

/** Elements with words between them that only a reader hears. */
function between(elements, words = ", ") {
  return elements.flatMap((one, at) => (at ? [make("span", { class: "comma", lang: "en" }, words), one] : [one]));
}

function chance(logProbability) {
  return logProbability === null ? 0 : Math.exp(logProbability);
}

function isRightToLeft(name) {
  return /^\P{L}*[\p{Script=Arabic}\p{Script=Hebrew}]/u.test(name);
}
