/** View floor. What a hand does to what is seen of a chart: pans, zooms, stretches, points. Nothing else moves it. */

import { Pointer } from "../pointer.js";
import { Camera } from "./camera.js";
import { PRICE } from "./layout.js";

const REST = 250;
const ZOOM_STEP = 0.8;

export class Lens {
  camera = new Camera();
  /** @type {{x: number, y: number}|null} where the pointer is, px */
  point = null;
  /** ms UTC of where a linked chart points, or null */
  shared = null;
  #settling = null;
  #awaited = null;

  /** @param {import("./panel.js").Panel} panel whose chart it is */
  constructor(panel) {
    this.panel = panel;
    this.pointer = new Pointer(panel.stage, {
      onPoint: (at) => this.#pointAt(at),
      onZoom: (factor, x) => this.#look(() => this.camera.zoom(factor, x === null ? this.camera.view.end : this.#placeAt(x), this.#series)),
      onShift: (pixels) => this.#look(() => this.camera.move((pixels / panel.box.plotWidth) * this.#span, this.#series)),
      onStretch: (factor) => this.#look(() => { this.camera.price = panel.scales.get(PRICE).stretched(factor); }),
      onLift: (pixels) => this.camera.price && this.#look(() => { this.camera.price = panel.scales.get(PRICE).shifted(pixels); }),
      onReset: (where, touch) => this.#resetPart(where, touch),
      onHold: (held) => held || this.#settle(0),
      partAt: ({ x, y }) => (x > panel.box.plotWidth ? "price" : y > panel.box.plotHeight ? "time" : "plot"),
    });
  }

  get #series() {
    return this.panel.model.series;
  }

  get #span() {
    return this.camera.view.end - this.camera.view.start;
  }

  #placeAt(x) {
    return this.panel.over.placeAt(x, this.camera.view);
  }

  /** True while a hand is on the chart, or on what is drawn on it: nothing else may move it. */
  get held() {
    return this.pointer.held || Boolean(this.panel.drawings?.held);
  }

  /** True while no hand moves the chart. */
  get rests() {
    return !this.held && this.#settling === null;
  }

  /** Go along with the bars, as far as the hand allows. */
  follow() {
    this.camera.advance(this.#series, this.panel.box.plotWidth, this.held);
    if (this.#awaited) this.#seeAwaited(this.#awaited, this.panel.model.history);
  }

  /** A link may see what lies before the bars that come at first: load as far back. */
  #seeAwaited(times, history) {
    if (history.state !== "ready" || history.busy) return;
    this.seeTimes(times);
    if (history.complete || this.#series.bars[0].time <= times.from) this.#awaited = null;
    else history.older();
  }

  /** Change the view by hand: what was drawn is moved at once, and drawn anew when the hand rests. */
  #look(change) {
    if (!this.camera.view || !this.panel.scales) return;
    this.#awaited = null;
    change();
    this.#settle(REST);
    this.panel.links.range(this.panel);
    this.panel.mark();
  }

  #settle(wait) {
    clearTimeout(this.#settling);
    this.#settling = setTimeout(() => { this.#settling = null; this.panel.mark(); }, wait);
  }

  /** A phone shows one chart, there is nothing to maximise: two taps on the plot show it as at first. */
  #resetPart(where, touch) {
    if (where === "price") this.fitPrice();
    else if (where === "time" || touch) this.reset();
    else this.panel.onMaximise(this.panel);
  }

  #pointAt(at) {
    this.point = at;
    const place = at && this.camera.view && this.#series ? Math.round(this.#placeAt(at.x)) : null;
    this.panel.links.point(this.panel, place === null ? null : this.#series.timeOf(place));
    this.panel.mark();
  }

  /** Return the position among the bars that is pointed at, or null where there is no bar. */
  get pointed() {
    if (!this.point) return null;
    const place = Math.round(this.#placeAt(this.point.x));
    return this.#series.at(place) ? place - this.#series.base : null;
  }

  // ------------------------------------------------------------------ commands
  /** Show the newest bars again, and go along with new ones. */
  toLive() {
    this.#look(() => this.camera.toLive(this.#series));
  }

  /** Have the price scale fit the bars in sight again. */
  fitPrice() {
    this.#look(() => { this.camera.price = null; });
  }

  /** Show it as at first. */
  reset() {
    this.#look(() => this.camera.reset());
  }

  /** Move by so many bars; to the past below zero. */
  move(bars) {
    this.#look(() => this.camera.move(bars, this.#series));
  }

  /** Zoom by so many steps about the middle, or about the newest bar while it goes along. */
  zoom(steps) {
    const { view, follow } = this.camera;
    this.#look(() => this.camera.zoom(ZOOM_STEP ** steps, follow ? view.end : (view.start + view.end) / 2, this.#series));
  }

  /** Show the oldest bar that is there. */
  toOldest() {
    this.#look(() => this.camera.goTo(this.#series.bars[0]?.time ?? 0, this.#series));
  }

  /** Show the bar of a time (ms UTC), as many bars as now; what isn't there yet is loaded, as far as there is anything. */
  goTo(time) {
    if (!this.camera.view || !this.#series) return;
    const half = (this.#span / 2) * this.#series.length;
    this.#look(() => this.camera.goTo(time, this.#series));
    this.see({ from: time - half, to: time + half });
  }

  /** Show the same times as a linked chart. @param {{from: number, to: number}|null} times ms UTC; null: as at first */
  seeTimes(times) {
    const series = this.#series;
    if (!this.camera.view || !series?.bars.length) return;
    if (times) this.camera.show({ start: series.placeOf(times.from), end: series.placeOf(times.to) }, series);
    else this.camera.reset();
    this.#settle(REST);
    this.panel.mark();
  }

  /** Show these times once there are bars. @param {{from: number, to: number}} times ms UTC */
  see(times) {
    this.#awaited = times;
  }

  /** Show where a linked chart points (ms UTC); null: nowhere. */
  share(time) {
    this.shared = time;
    this.panel.mark();
  }
}
