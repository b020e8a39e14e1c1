// What is said of a list: at once what the page sees itself, and then what the service finds, as a training would.

import { Namewright } from "./api.js";
import { find, show } from "./dom.js";
import { FEWEST, namesIn, quoted, reportOn } from "./lists.js";
import { full } from "./words.js";

const MOST_NAMES = 5000; // that the service looks over
const MOST_BYTES = 100_000;
const LIST_OF_SOME_LENGTH = 50; // names, from which on a letter in a single one is an exception
const MOST_RARE = 5; // letters; a list of many is all exceptions

const api = new Namewright(".");
const place = find("#like-report");
let asking = new AbortController();
let shown = null; // the list whose report is there, or on its way

/** Show what is to be said of the list, where it has changed. */
export async function showReport() {
  const text = find("#like").value;
  if (text === shown) return;
  shown = text;
  asking.abort();
  asking = new AbortController();
  const { signal } = asking;
  const list = namesIn(text);
  tell([reportOn(list)]);
  if (list.names.length < FEWEST) return;
  try {
    const names = withinBounds(list.names);
    const advice = adviceOf(await api.report(names, { signal }), names);
    if (advice.length) tell([reportOn(list), ...advice]);
  } catch {
    // of use, but not what was asked for: what is wrong with the list as a whole is said where names are drawn
  }
}

function tell(sentences) {
  show(place, sentences.join(" "));
  place.hidden = false; // a status that is not there is not announced
}

/** The first names of a list, as many as the service looks over. */
function withinBounds(names) {
  const encoder = new TextEncoder();
  let bytes = 0;
  const end = names.findIndex((name) => (bytes += encoder.encode(name).length + 3) > MOST_BYTES);
  return names.slice(0, Math.min(end < 0 ? names.length : end, MOST_NAMES));
}

/** The report of the service, as sentences for somebody who writes the list: with names where it has places. */
function adviceOf({ distinct, skipped, warnings, rare_letters: rare }, names) {
  const about = ({ count, lines }) => quoted(lines.map((line) => names[line - 1]), count);
  const left = skipped.map((one) => `Left out is ${about(one)}: ${one.reason}.`);
  const advice = warnings
    .filter(({ text }) => !text.includes("distinct names")) // how many there should be is said already
    .map((one) => (one.count ? `Look at ${about(one)}: ${full(one.text)}` : full(one.text)));
  const single = rare.filter(([, count]) => count === 1).map(([letter]) => letter);
  if (distinct >= LIST_OF_SOME_LENGTH && single.length && single.length <= MOST_RARE) {
    advice.push(`In a single name only: ${single.join(", ")}. Names drawn will hardly have ${single.length > 1 ? "them" : "it"}.`);
  }
  return [...left, ...advice];
}
