/**
 * View floor. What moves with every price, drawn over the plot: the forming bar, the last-price line and its
 * label with the countdown, and the crosshair. Placed by the same arithmetic as the plot's axes.
 */

import { lookOf } from "./bars.js";
import { draw, make, place, setAttribute, setText } from "./dom.js";
import { formatBarTime, formatCountdown, formatPrice } from "./format.js";
import { toPixel, toValue } from "./view.js";

/** Known, not measured: measuring after each price would lay the page out anew. */
const TAG_HEIGHT = 20;
const TAG_HEIGHT_WITH_TIME = 34;

/** Characters of a price that fit into the label as they are, and those at which it is as small as it gets. */
const WIDE = 9;
const WIDEST = 12;

const show = (element, shown) => element.classList.toggle("gone", !shown);

/** Return where things are in a plot of this size: pixels from the top left of its element. */
export function geometry(plot, width, height) {
  const inner = { width: width - plot.margin.l - plot.margin.r, height: height - plot.margin.t - plot.margin.b };
  const row = (part) => plot.margin.t + (1 - part) * inner.height;
  return {
    width, height, plotWidth: inner.width, plotHeight: inner.height,
    priceTop: row(plot.domains.price[1]), priceBottom: row(plot.domains.price[0]),
    volumeTop: row(plot.domains.volume[1]), volumeBottom: row(plot.domains.volume[0]),
    body: 1 - plot.gap,
  };
}

/** One candle with its volume. */
class Candle {
  constructor() {
    this.wick = draw("line");
    this.body = draw("rect", { class: "body" });
    this.volume = draw("rect", { class: "volume" });
    this.element = draw("g", {}, this.volume, this.wick, this.body);
  }

  paint(bar, x, width, y, volumeTop, volumeBottom) {
    setAttribute(this.element, "class", lookOf(bar));
    place(this.wick, { x1: x, x2: x, y1: y(bar.high), y2: y(bar.low) });
    const [top, bottom] = [y(Math.max(bar.open, bar.close)), y(Math.min(bar.open, bar.close))];
    place(this.body, { x: x - width / 2, width, y: top - 0.5, height: Math.max(1, bottom - top + 1) });
    place(this.volume, { x: x - width / 2, width, y: volumeTop, height: Math.max(0, volumeBottom - volumeTop) });
  }
}

export class Overlay {
  #candles = [];

  /** @param {HTMLElement} root an element exactly over the plot */
  constructor(root) {
    this.tail = draw("g", {});
    this.line = draw("line", { class: "last-line gone" });
    this.begin = draw("text", { class: "begin gone", "text-anchor": "end" }, "start of data");
    this.cross = { x: draw("line", { class: "cross gone" }), y: draw("line", { class: "cross gone" }) };
    this.svg = draw("svg", { class: "overlay", "aria-hidden": "true" }, this.tail, this.begin, this.line, this.cross.x, this.cross.y);
    this.label = { price: make("b"), left: make("span") };
    this.tag = make("div", { class: "price-tag gone" }, this.label.price, this.label.left);
    this.crossTag = { price: make("div", { class: "cross-tag gone" }), time: make("div", { class: "cross-tag gone" }) };
    root.append(this.svg, this.crossTag.price, this.crossTag.time, this.tag);
  }

  /** Take the size of the plot. @param {ReturnType<typeof geometry>} box */
  resize(box) {
    this.box = box;
    place(this.svg, { width: box.plotWidth, height: box.plotHeight });
    place(this.cross.x, { y1: 0, y2: box.plotHeight });
    place(this.cross.y, { x1: 0, x2: box.plotWidth });
    place(this.line, { x1: 0, x2: box.plotWidth });
  }

  /** Return the pixel of a place on the time axis. */
  x(at, view) {
    return ((at - view.start) / (view.end - view.start)) * this.box.plotWidth;
  }

  /** Return the place on the time axis at a pixel. */
  placeAt(pixel, view) {
    return view.start + (pixel / this.box.plotWidth) * (view.end - view.start);
  }

  /** Draw the bars that the plot has not drawn: the forming one, and those that closed while it was held. */
  paintTail(bars, first, view, fit) {
    const { box } = this;
    while (this.#candles.length < bars.length) {
      this.#candles.push(new Candle());
      this.tail.append(this.#candles[this.#candles.length - 1].element);
    }
    const width = Math.max(1, (box.plotWidth / (view.end - view.start)) * box.body);
    const y = (price) => this.#priceY(price, fit);
    this.#candles.forEach((candle, each) => {
      if (each < bars.length) {
        const top = toPixel(Math.min(bars[each].volume, fit.volume), 0, fit.volume, box.volumeTop, box.volumeBottom);
        candle.paint(bars[each], this.x(first + each, view), width, y, top, box.volumeBottom);
      }
      show(candle.element, each < bars.length);
    });
  }

  /** Write where the data begins, left of the bar at `first`; null: they may go on. */
  paintBegin(first, view) {
    show(this.begin, first !== null);
    if (first !== null) place(this.begin, { x: this.x(first - 1, view), y: this.box.priceBottom - 8 });
  }

  /** Draw the last-price line and its label. @param {{price: number, up: boolean, state: string, left: number|null, decimals: number}|null} last */
  paintLast(last, fit) {
    const inside = last && last.price >= fit.low && last.price <= fit.high;
    show(this.line, inside);
    show(this.tag, inside);
    if (!inside) return;
    const y = this.#priceY(last.price, fit);
    place(this.line, { y1: y, y2: y });
    const look = last.state === "live" || last.state === "delayed" ? (last.up ? "up" : "down") : "old";
    setAttribute(this.line, "class", `last-line ${look}`);
    setAttribute(this.tag, "class", `price-tag ${look}`);
    const text = formatPrice(last.price, last.decimals);
    setText(this.label.price, text);
    setAttribute(this.label.price, "data-length", text.length > WIDE ? Math.min(text.length, WIDEST) : null);
    setText(this.label.left, last.left === null ? "" : formatCountdown(last.left));
    const height = last.left === null ? TAG_HEIGHT : TAG_HEIGHT_WITH_TIME;
    const top = Math.min(Math.max(0, y - height / 2), this.box.plotHeight - height);
    this.tag.style.transform = `translate(${this.box.plotWidth}px, ${top}px)`;
  }

  /** Draw the crosshair at a pixel, snapped to a bar; null hides it. */
  paintCross(at, candle, view, fit, length, decimals) {
    const inside = Boolean(at) && at.y < this.box.plotHeight && at.x < this.box.plotWidth;
    const priced = inside && at.y <= this.box.priceBottom;
    show(this.cross.x, inside);
    show(this.cross.y, priced);
    show(this.crossTag.price, priced);
    show(this.crossTag.time, inside && Boolean(candle));
    if (!inside) return;
    const x = this.x(Math.round(this.placeAt(at.x, view)), view);
    place(this.cross.x, { x1: x, x2: x });
    place(this.cross.y, { y1: at.y, y2: at.y });
    const price = toValue(at.y, fit.low, fit.high, this.box.priceTop, this.box.priceBottom);
    setText(this.crossTag.price, formatPrice(price, decimals));
    this.crossTag.price.style.transform = `translate(${this.box.plotWidth}px, ${at.y - 9}px)`;
    if (candle) this.#crossTime(formatBarTime(candle.time, length), x);
  }

  #crossTime(text, x) {
    setText(this.crossTag.time, text);
    const half = this.crossTag.time.offsetWidth / 2;
    const left = Math.min(Math.max(0, x - half), this.box.plotWidth - 2 * half);
    this.crossTag.time.style.transform = `translate(${left}px, ${this.box.plotHeight + 3}px)`;
  }

  #priceY(price, fit) {
    return toPixel(price, fit.low, fit.high, this.box.priceTop, this.box.priceBottom);
  }
}
