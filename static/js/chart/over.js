/**
 * View floor. What moves with every price, drawn over the plot: the forming bar and the ends of lines, the last-price
 * line and its label with the countdown, the highest and lowest price in sight, and the crosshair.
 */

import { draw, make, place, setAttribute, setText } from "../dom.js";
import { formatCountdown, formatPercent, formatPrice, formatVolume } from "../format.js";
import { PRICE, VOLUME, paneAt } from "./layout.js";
import { Pool, show, trace } from "./pool.js";
import { FILLS, isUp, lookOf } from "./specs.js";

/** Known, not measured: measuring after each price would lay the page out anew. */
const TAG_HEIGHT = 20;
const TAG_HEIGHT_WITH_TIME = 34;
const CROSS_HALF = 9;

/** Characters of a price that fit into the label as they are, and those at which it is as small as it gets. */
const WIDE = 9;
const WIDEST = 12;
const NEAR = 64;
const LOW = 170;

/** Return a box between two heights, whichever is the upper one: on a scale that stands on its head it is the other. */
function box(left, one, width, other) {
  const [top, bottom] = [Math.min(one, other), Math.max(one, other)];
  return `M${left} ${top}h${width}V${Math.max(bottom, top + 1)}h${-width}z`;
}

/** Tell whether a point has a value. @param {[number, number|null]} point */
const isKnown = ([, value]) => value !== null && Number.isFinite(value);

/** Return the outline of a candle or bar, `width` px wide. */
function outline(bar, x, width, scale, type) {
  const [high, low] = [scale.y(bar.high), scale.y(bar.low)];
  const stick = box(x - 0.5, high, 1, low);
  const [open, close] = [scale.y(bar.open), scale.y(bar.close)];
  if (type !== "bars") return stick + box(x - width / 2, Math.min(open, close) - 0.5, width, Math.max(open, close) + 0.5);
  return stick + box(x - width / 2, open - 0.5, width / 2, open + 0.5) + box(x, close - 0.5, width / 2, close + 0.5);
}

export class Over {
  /** Pane → the outline that nothing in it is drawn beyond. @type {Map<string, {id: string, area: SVGElement}>} */
  #clips = new Map();

  /** @param {HTMLElement} root the stage, exactly over the plot @param {number} id of the chart, for the names within its pictures */
  constructor(root, id) {
    this.id = id;
    this.defs = draw("defs", {});
    const path = (name) => draw("path", { class: name });
    this.ends = draw("g", {});
    this.fills = draw("g", {});
    this.bars = draw("g", {});
    this.barPaths = new Pool(this.bars, () => draw("path", {}));
    this.fillPaths = new Pool(this.fills, () => draw("path", {}));
    this.linePaths = new Pool(this.ends, () => draw("path", {}));
    this.parts = { extremes: path("extreme"), line: path("last-line"), cross: path("cross"), shared: path("cross shared") };
    this.texts = new Pool(this.ends, () => draw("text", { class: "extreme-text" }));
    this.begin = draw("text", { class: "begin gone", "text-anchor": "end" }, "start of data");
    this.svg = draw("svg", { class: "over", "aria-hidden": "true" }, this.defs, this.fills, this.bars, this.parts.line, this.ends, this.begin, this.parts.extremes, this.parts.cross, this.parts.shared);
    this.label = { price: make("b"), left: make("span") };
    this.tag = make("div", { class: "price-tag gone" }, this.label.price, this.label.left);
    this.crossTag = { price: make("div", { class: "cross-tag gone" }), time: make("div", { class: "cross-tag time gone" }) };
    root.append(this.svg, this.tag, this.crossTag.price, this.crossTag.time);
  }

  /** Take the size of the chart. @param {import("./layout.js").Box} size */
  resize(size) {
    this.box = size;
    place(this.svg, { width: size.plotWidth, height: size.plotHeight });
    for (const [pane, { top, bottom }] of size.panes) place(this.#clip(pane).area, { width: size.plotWidth, y: top, height: bottom - top });
  }

  #clip(pane) {
    if (!this.#clips.has(pane)) {
      const clip = { id: `pane-${this.id}-${this.#clips.size}`, area: draw("rect", { x: 0 }) };
      this.#clips.set(pane, clip);
      this.defs.append(draw("clipPath", { id: clip.id }, clip.area));
    }
    return this.#clips.get(pane);
  }

  /** A price range that a hand has set, or a line that is far off, must not be drawn over the pane beside it. */
  #keepIn(element, pane) {
    setAttribute(element, "clip-path", `url(#${this.#clip(pane).id})`);
  }

  /** Return the pixel of a place on the time axis. */
  x(at, view) {
    return ((at - view.start) / (view.end - view.start)) * this.box.plotWidth;
  }

  /** Return the place on the time axis at a pixel. */
  placeAt(pixel, view) {
    return view.start + (pixel / this.box.plotWidth) * (view.end - view.start);
  }

  /**
   * Draw the bars that the plot has not drawn: the forming one, and those that closed while it was held.
   * @param {{type: string, tail: any[], volumes: any[], first: number, view: any, scales: Map<string, any>}} scene
   */
  paintTail({ type, tail, volumes, first, view, scales }) {
    const width = Math.max(1, (this.box.plotWidth / (view.end - view.start)) * 0.7);
    const solid = type === "line" || type === "area" ? [] : tail.map((bar, each) => {
      const x = this.x(first + each, view);
      return { pane: PRICE, d: outline(bar, x, width, scales.get(PRICE), type), class: `${isUp(bar) ? "up" : "down"} ${lookOf(bar)}` };
    });
    const scale = scales.get(VOLUME);
    const columns = scale ? volumes.map((bar, each) => ({
      pane: VOLUME, d: box(this.x(first + each, view) - width / 2, scale.y(Math.min(bar.volume, scale.high)), width, scale.bottom),
      class: `volume ${isUp(bar) ? "up" : "down"}`,
    })) : [];
    this.barPaths.show([...columns, ...solid], (element, { pane, d, class: name }) => {
      this.#keepIn(element, pane);
      trace(element, d);
      setAttribute(element, "class", name);
    });
  }

  /**
   * Draw the ends of lines, from the last bar that the plot has drawn on.
   * @param {{pane: string, style: string, colour: string, points: [number, number|null][],
   *   fill: {part: number, to: [number, number|null][]|null}|null}[]} lines `fill` reaches to another line, or (null) to the pane's end
   */
  paintLines(lines, view, scales) {
    const width = Math.max(1, (this.box.plotWidth / (view.end - view.start)) * 0.7);
    const seen = lines.filter(({ pane, points }) => scales.has(pane) && points.some(isKnown));
    this.#paintFills(seen.filter(({ fill }) => fill), view, scales);
    this.linePaths.show(seen, (element, { pane, style, colour, points }) => {
      const scale = scales.get(pane);
      const known = points.filter(isKnown);
      const column = style === "histogram";
      const d = column ? known.slice(-1).map(([at, value]) => this.#column(at, value, scale, view, width)).join("") : `M${this.#way(known, scale, view)}`;
      this.#keepIn(element, pane);
      trace(element, d);
      setAttribute(element, "fill", column ? colour : "none");
      setAttribute(element, "fill-opacity", FILLS.columns);
      setAttribute(element, "stroke", column ? "none" : colour);
      setAttribute(element, "stroke-width", 1.5);
    });
  }

  /** What is filled up to the last bar that the plot has drawn is filled up to the newest. */
  #paintFills(lines, view, scales) {
    this.fillPaths.show(lines, (element, { pane, colour, points, fill: { part, to } }) => {
      const scale = scales.get(pane);
      const known = points.filter(isKnown);
      const end = scale.inverted ? scale.top : scale.bottom;
      const back = to ? this.#way(to.filter(isKnown).reverse(), scale, view)
        : `${this.x(known.at(-1)[0], view)} ${end}L${this.x(known[0][0], view)} ${end}`;
      this.#keepIn(element, pane);
      trace(element, back && `M${this.#way(known, scale, view)}L${back}z`);
      setAttribute(element, "fill", colour);
      setAttribute(element, "fill-opacity", part);
    });
  }

  /** Return the pixels of points as a path goes along them. */
  #way(points, scale, view) {
    return points.map(([at, value]) => `${this.x(at, view)} ${scale.y(value)}`).join("L");
  }

  #column(at, value, scale, view, width) {
    const [one, other] = [scale.y(value), scale.y(0)];
    return box(this.x(at, view) - width / 2, Math.min(one, other), width, Math.max(one, other));
  }

  /** Write where the data begins, left of the bar at `first`; null: they may go on. */
  paintBegin(first, view, bottom) {
    show(this.begin, first !== null);
    if (first !== null) place(this.begin, { x: this.x(first - 1, view), y: bottom - 8 });
  }

  /** Mark the highest and the lowest price in sight; their words would cover the bars of a low pane. @param {{at: number, price: number, high: boolean}[]} found */
  paintExtremes(found, view, scale, decimals) {
    const marks = (scale.bottom - scale.top < LOW ? [] : found).map(({ at, price, high }) => {
      const x = this.x(at, view);
      const left = x > this.box.plotWidth - 110;
      return { x, y: scale.y(price), left, words: `${high ? "High" : "Low"} ${formatPrice(price, decimals)}` };
    }).filter(({ x, y }) => x >= 0 && x <= this.box.plotWidth && y > 8 && y < scale.bottom);
    trace(this.parts.extremes, marks.map(({ x, y, left }) => `M${x} ${Math.round(y) + 0.5}h${left ? -16 : 16}`).join(""));
    this.texts.show(marks, (text, { x, y, left, words }) => {
      place(text, { x: x + (left ? -20 : 20), y: y + 4, "text-anchor": left ? "end" : "start" });
      setText(text, words);
    });
  }

  /**
   * Draw the last-price line and its label. Return what the label covers, or null.
   * @param {{price: number, up: boolean, state: string, left: number|null, text: string}|null} last
   */
  paintLast(last, scale) {
    const inside = Boolean(last) && scale.has(last.price);
    show(this.parts.line, inside);
    show(this.tag, inside);
    if (!inside) return null;
    const y = scale.y(last.price);
    trace(this.parts.line, `M0 ${Math.round(y) + 0.5}H${this.box.plotWidth}`);
    const look = last.state === "live" || last.state === "delayed" ? (last.up ? "up" : "down") : "old";
    setAttribute(this.parts.line, "class", `last-line ${look}`);
    setAttribute(this.tag, "class", `price-tag ${look}`);
    setText(this.label.price, last.text);
    setAttribute(this.label.price, "data-length", last.text.length > WIDE ? Math.min(last.text.length, WIDEST) : null);
    setText(this.label.left, last.left === null ? "" : formatCountdown(last.left));
    const height = last.left === null ? TAG_HEIGHT : TAG_HEIGHT_WITH_TIME;
    const top = Math.min(Math.max(0, y - height / 2), this.box.plotHeight - height);
    this.tag.style.transform = `translate(${this.box.plotWidth}px, ${top}px)`;
    return { top, bottom: top + height };
  }

  /**
   * Draw the crosshair at a pixel, snapped to a bar; null hides it. Return what its label covers of the prices, or null.
   * `shared`: the place that a linked chart points at.
   * @param {{x: number, y: number}|null} at
   * @param {{view: any, scales: Map<string, any>, decimals: number, percentBase: number|null, time: string, shared: number|null}} scene
   */
  paintCross(at, { view, scales, decimals, percentBase, time, shared }) {
    const inside = Boolean(at) && at.y < this.box.plotHeight && at.x < this.box.plotWidth;
    const pane = inside ? paneAt(this.box, at.y) : null;
    const x = inside ? Math.round(this.x(Math.round(this.placeAt(at.x, view)), view)) + 0.5 : 0;
    trace(this.parts.cross, inside ? `M${x} 0V${this.box.plotHeight}${pane ? `M0 ${Math.round(at.y) + 0.5}H${this.box.plotWidth}` : ""}` : "");
    const elsewhere = shared === null ? -1 : this.x(shared, view);
    trace(this.parts.shared, elsewhere >= 0 && elsewhere <= this.box.plotWidth ? `M${Math.round(elsewhere) + 0.5} 0V${this.box.plotHeight}` : "");
    show(this.crossTag.price, inside && Boolean(pane));
    show(this.crossTag.time, inside && Boolean(time));
    if (!inside) return null;
    if (pane) this.#crossValue(at.y, pane, scales.get(pane), decimals, percentBase);
    if (time) this.#crossTime(time, x);
    return pane ? { top: at.y - CROSS_HALF, bottom: at.y + CROSS_HALF } : null;
  }

  #crossValue(y, pane, scale, decimals, percentBase) {
    const value = scale.value(y);
    const text = pane === VOLUME ? formatVolume(Math.max(0, value)) : pane !== PRICE ? formatPrice(value, Math.abs(value) < 10 ? 4 : 2)
      : percentBase ? formatPercent((value / percentBase - 1) * 100) : formatPrice(value, decimals);
    setText(this.crossTag.price, text);
    this.crossTag.price.style.transform = `translate(${this.box.plotWidth}px, ${y - CROSS_HALF}px)`;
  }

  #crossTime(text, x) {
    setText(this.crossTag.time, text);
    const half = Math.min(NEAR, text.length * 3.4);
    const left = Math.min(Math.max(0, x - half), this.box.plotWidth - 2 * half);
    this.crossTag.time.style.transform = `translate(${left}px, ${this.box.plotHeight + 3}px)`;
  }
}
