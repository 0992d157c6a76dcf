/** View floor. The cells of a row. Each remembers what it shows, so that the page is touched only for what differs. */

import { draw, make, setAttribute } from "../dom.js";
import { changePercent, formatDifference, formatPercent, formatPrice, formatVolume } from "../format.js";
import { changedFrom } from "./digits.js";

const BOX = { width: 56, height: 22 };

const signOf = (value, decimals) => (Number.isFinite(value) ? Math.sign(Number(value.toFixed(decimals))) : null);

/** Return how long a price is, that it may be written smaller and all its digits be seen: -1 (short) to 2. */
const longOf = (text) => [10, 11, 13].findLastIndex((length) => text.length >= length);

/** A text. */
class Text {
  #text = "";
  #sign = null;

  constructor(field) {
    this.node = document.createTextNode("");
    this.element = make("div", { role: "cell", "data-field": field }, this.node);
  }

  show(text, sign = null) {
    if (text !== this.#text) this.node.data = this.#text = text;
    if (sign === this.#sign) return;
    this.#sign = sign;
    if (sign === null) this.element.removeAttribute("data-sign");
    else this.element.setAttribute("data-sign", sign);
  }
}

/** A price whose changed digits flash. */
class Price {
  #text = "";
  #value = null;
  #head = "";
  #tail = "";
  #long = -1;

  constructor(field) {
    this.head = document.createTextNode("");
    this.tail = document.createTextNode("");
    this.mark = make("span", { class: "tail" }, this.tail);
    this.element = make("div", { role: "cell", "data-field": field }, this.head, this.mark);
  }

  /** Show a price; `flashes` is null when it must not flash. */
  show(value, decimals, flashes) {
    const [text, before] = [formatPrice(value ?? NaN, decimals), this.#value];
    this.#value = value ?? null;
    if (text === this.#text) return;
    const moves = flashes !== null && before !== null && this.#value !== null && before !== value;
    this.#put(text, changedFrom(this.#text, text));
    this.#text = text;
    if (moves) flashes.flash(this.mark, value > before);
  }

  #put(text, from) {
    const [head, tail] = [text.slice(0, from), text.slice(from)];
    if (head !== this.#head) this.head.data = this.#head = head;
    if (tail !== this.#tail) this.tail.data = this.#tail = tail;
    const long = longOf(text);
    if (long !== this.#long) setAttribute(this.element, "data-long", (this.#long = long) < 0 ? null : long);
  }
}

/** The line of a day. */
class Trend {
  #path = "";
  #sign = null;

  constructor(field) {
    this.path = draw("path", { "vector-effect": "non-scaling-stroke" });
    const box = draw("svg", { viewBox: `0 0 ${BOX.width} ${BOX.height}`, preserveAspectRatio: "none", "aria-hidden": "true" }, this.path);
    this.element = make("div", { role: "cell", "data-field": field }, box);
  }

  /** @param {import("./dayline.js").DayLine} line */
  show(line) {
    const [path, sign] = [line.path(BOX.width, BOX.height), line.sign];
    if (path !== this.#path) this.path.setAttribute("d", this.#path = path);
    if (sign === this.#sign) return;
    this.#sign = sign;
    this.element.setAttribute("data-sign", sign);
  }
}

const KINDS = { last: Price, bid: Price, ask: Price, trend: Trend };

/** Return a new cell for a column. */
export function newCell(column) {
  return new (KINDS[column] ?? Text)(column);
}

const gap = (a, b) => (a ?? NaN) - (b ?? NaN);

/** How a column shows a quote: (cell, {quote, decimals, flashes, venue}); the others are shown at other times. */
export const SHOW = {
  last: (cell, { quote, decimals, flashes }) => cell.show(quote?.last, decimals, flashes),
  bid: (cell, { quote, decimals, flashes }) => cell.show(quote?.bid, decimals, flashes),
  ask: (cell, { quote, decimals, flashes }) => cell.show(quote?.ask, decimals, flashes),
  high: (cell, { quote, decimals }) => cell.show(formatPrice(quote?.high ?? NaN, decimals)),
  low: (cell, { quote, decimals }) => cell.show(formatPrice(quote?.low ?? NaN, decimals)),
  spread: (cell, { quote, decimals }) => cell.show(formatPrice(gap(quote?.ask, quote?.bid), decimals)),
  volume: (cell, { quote }) => cell.show(formatVolume(quote?.volume ?? NaN)),
  venue: (cell, { venue }) => cell.show(venue),
  change: (cell, { quote }) => {
    const percent = changePercent(quote?.last, quote?.open);
    cell.show(formatPercent(percent), signOf(percent, 2));
  },
  difference: (cell, { quote, decimals }) => {
    const difference = gap(quote?.last, quote?.open);
    cell.show(formatDifference(difference, decimals), signOf(difference, decimals));
  },
};
