/** View floor. One chart of the desk: keeps its view, decides what has to be drawn, and by whom. */

import { Plot } from "../chart.js";
import { make } from "../dom.js";
import { formatBarTime, formatPercent, formatPrice } from "../format.js";
import { frameOf } from "../drawings/frame.js";
import { headOf } from "../head.js";
import { Legend } from "../legend.js";
import { Notice } from "../notice.js";
import { Pointer } from "../pointer.js";
import { inSight } from "../view.js";
import { INTERVALS } from "../wire.js";
import { zoneText, shiftOf } from "../zones.js";
import { Axes } from "./axes.js";
import { Camera } from "./camera.js";
import { scalesOf } from "./fit.js";
import { PRICE, boxOf } from "./layout.js";
import { legendLines } from "./lines.js";
import { Model } from "./model.js";
import { Over } from "./over.js";
import { sceneOf, tailOf } from "./scene.js";

const REDRAW_EVERY = 250;
const NEAR = 40;
const PROFILE_ROWS = 40;
const ZOOM_STEP = 0.8;

let panels = 0;

export class Panel {
  #drawn = { key: "", at: -Infinity, from: 0, to: 0, last: 0 };
  #painted = "";
  #point = null;
  #shared = null;
  #head = 0.12;
  #settling = null;
  #awaited = null;

  /**
   * @param {{store: any, painter: any, clock: any, fetchBars: any, venues: Map<string, any>, figure: any,
   *   definitions: Map<string, any>, colours: () => Record<string, string>, links: any,
   *   drawings?: any, onActive: (panel: Panel) => void, onChange: (panel: Panel) => void, onEdit: (panel: Panel) => void,
   *   onMaximise: (panel: Panel) => void}} parts
   */
  constructor(parts) {
    Object.assign(this, parts);
    panels += 1;
    this.id = panels;
    this.#build();
    this.camera = new Camera();
    this.model = new Model({ ...parts, onState: () => this.mark() });
    this.mark = this.painter.job(() => this.#paint());
    this.#listen();
  }

  #build() {
    const part = (name, ...children) => make("div", { class: name, "data-part": name }, ...children);
    this.surface = part("plot");
    this.stage = part("stage", this.surface);
    this.back = make("button", { type: "button", class: "back", "data-part": "back", hidden: "" }, "Back to live ", make("span", { "aria-hidden": "true" }, "»"));
    this.cover = part("notice");
    const legend = part("legend");
    this.root = make("section", { class: "chart", "data-chart": "", "aria-label": `Chart ${this.id}`, tabindex: "-1" }, this.stage, legend, this.back, this.cover);
    this.legend = new Legend(legend, { onRemove: (line) => this.#removeLine(line), onEdit: () => this.onEdit(this) });
    this.notice = new Notice(this.cover, () => this.model.history?.retry());
    this.axes = new Axes(this.stage, this.id);
    this.over = new Over(this.stage);
  }

  #listen() {
    const mine = (symbol) => symbol === this.state?.symbol && this.mark();
    this.back.addEventListener("click", () => this.backToLive());
    this.root.addEventListener("pointerdown", () => this.onActive(this), true);
    this.root.addEventListener("focusin", () => this.onActive(this));
    this.legend.head.addEventListener("dblclick", () => this.onMaximise(this));
    for (const topic of ["status", "connection", "instrument"]) this.store.on(topic, this.mark);
    for (const topic of ["quote", "refused"]) this.store.on(topic, mine);
    this.store.on("bars", () => this.mark());
    this.store.on("renamed", ({ from, to }) => this.#renamed(from, to));
    this.pointer = new Pointer(this.stage, {
      onPoint: (at) => this.#pointAt(at),
      onZoom: (factor, x) => this.#look(() => this.camera.zoom(factor, x === null ? this.camera.view.end : this.over.placeAt(x, this.camera.view), this.model.series)),
      onShift: (pixels) => this.#look(() => this.camera.move((pixels / this.box.plotWidth) * this.#span(), this.model.series)),
      onStretch: (factor) => this.#look(() => { this.camera.price = this.scales.get(PRICE).stretched(factor); }),
      onLift: (pixels) => this.camera.price && this.#look(() => { this.camera.price = this.scales.get(PRICE).shifted(pixels); }),
      onReset: (where) => this.#resetPart(where),
      onHold: (held) => held || this.#settle(0),
      partAt: ({ x, y }) => (x > this.box.plotWidth ? "price" : y > this.box.plotHeight ? "time" : "plot"),
    });
  }

  /** Begin to draw; the library must be there. */
  start() {
    this.plot = new Plot(this.surface, this.figure);
    new ResizeObserver(() => this.resize()).observe(this.stage);
    this.resize();
  }

  /** Say that nothing can be drawn, and why. */
  fail(message) {
    this.notice.broken = message;
    this.mark();
  }

  // ------------------------------------------------------------------ what is shown
  /** Show what the state says. The view stays unless symbol or interval are others. @param {any} state a chart of deskdoc.js */
  open(state) {
    const before = this.model.chart;
    this.state = state;
    this.model.open(state);
    if (this.model.chart !== before) this.#opened();
    this.resize();
  }

  /** Show nothing any more, and keep nothing. */
  close() {
    this.model.close();
    this.state = null;
  }

  #opened() {
    const { symbol, interval } = this.state;
    this.camera.reset();
    this.drawings?.forget();
    Object.assign(this.root.dataset, { symbol: symbol ?? "", interval, bars: "0" });
    delete this.root.dataset.time;
  }

  #renamed(from, to) {
    if (!this.state) return;
    this.model.rename(from, to);
    if (this.state.symbol) this.root.dataset.symbol = this.state.symbol;
    this.mark();
  }

  #removeLine({ study, comparison }) {
    if (comparison) this.state.compare = this.state.compare.filter((symbol) => symbol !== comparison);
    else this.state.studies.splice(study, 1);
    this.onChange(this);
  }

  /** The colours have changed: everything is drawn anew. */
  recolour() {
    this.#drawn.key = this.#painted = "";
    this.mark();
  }

  /** Take the size that the page gives, and the panes that are shown. */
  resize() {
    if (!this.state) return;
    const { clientWidth, clientHeight } = this.stage;
    this.box = boxOf(clientWidth, clientHeight, this.state.volume, this.model.panes.map((each) => each.pane));
    this.axes.resize(this.box);
    this.over.resize(this.box);
    this.#drawn.key = this.#painted = "";
    this.mark();
  }

  // ------------------------------------------------------------------ the view
  #span() {
    return this.camera.view.end - this.camera.view.start;
  }

  /** Change the view by hand: what was drawn is moved at once, and drawn anew when the hand rests. */
  #look(change) {
    if (!this.camera.view || !this.scales) return;
    change();
    this.#settle(REDRAW_EVERY);
    this.links.range(this);
    this.mark();
  }

  #settle(wait) {
    clearTimeout(this.#settling);
    this.#settling = setTimeout(() => { this.#settling = null; this.mark(); }, wait);
  }

  #resetPart(where) {
    if (where === "price") this.#look(() => { this.camera.price = null; });
    else if (where === "time") this.#look(() => this.camera.reset());
    else this.onMaximise(this);
  }

  /** Show the newest bars again, and go along with new ones. */
  backToLive() {
    this.#look(() => this.camera.toLive(this.model.series));
  }

  /** Show it as at first. */
  reset() {
    this.#look(() => this.camera.reset());
  }

  /** Move by so many bars; to the past below zero. */
  move(bars) {
    this.#look(() => this.camera.move(bars, this.model.series));
  }

  /** Zoom by so many steps about the middle, or about the newest bar while it goes along. */
  zoom(steps) {
    const { view, follow } = this.camera;
    if (view) this.#look(() => this.camera.zoom(ZOOM_STEP ** steps, follow ? view.end : (view.start + view.end) / 2, this.model.series));
  }

  /** Show the bar of a time (ms UTC). */
  goTo(time) {
    this.#look(() => this.camera.goTo(time, this.model.series));
  }

  /** Show the same times as a linked chart. @param {{from: number, to: number}} times ms UTC */
  seeTimes({ from, to }) {
    const { series } = this.model;
    if (!this.camera.view || !series?.bars.length) return;
    this.camera.show({ start: series.placeOf(from), end: series.placeOf(to) }, series);
    this.#settle(REDRAW_EVERY);
    this.mark();
  }

  /** Show these times once there are bars. @param {{from: number, to: number}} times ms UTC */
  see(times) {
    this.#awaited = times;
  }

  /** Show where a linked chart points; null: nowhere. */
  share(time) {
    this.#shared = time;
    this.mark();
  }

  #pointAt(at) {
    this.#point = at;
    const place = at && this.camera.view && this.model.series ? Math.round(this.over.placeAt(at.x, this.camera.view)) : null;
    this.links.point(this, place === null ? null : this.model.series.timeOf(place));
    this.mark();
  }

  // ------------------------------------------------------------------ painting
  #paint() {
    const { state, model } = this;
    if (!state) return;
    const price = state.symbol ? this.store.newest(state.symbol) : null;
    this.#paintHead(price);
    const bars = model.series?.bars.length ?? 0;
    this.notice.paint({ state: model.history?.state ?? "loading", reason: model.history?.reason ?? "", symbol: state.symbol,
      interval: state.interval, refused: this.store.refused.get(state.symbol), bars });
    this.root.dataset.bars = this.plot ? String(bars) : "0";
    if (price && bars) this.root.dataset.time = String(price.time);
    if (!this.plot || !bars || this.box.width < 2) this.#paintNothing();
    else this.#paintBars(price);
  }

  #paintHead(price) {
    if (!this.state.symbol) return;
    const facts = this.venues.get(this.state.symbol.split(":")[0]);
    const zone = this.state.zone === "utc" ? "" : zoneText(this.state.zone, facts?.time_zone ?? "UTC", this.clock.time());
    this.shift = shiftOf(this.state.zone, facts?.time_zone ?? "UTC");
    this.legend.paintHead({ ...headOf(this, this.state, price, this.model.history?.reason ?? ""), zone });
  }

  #paintNothing() {
    this.legend.paintBar(undefined);
    this.drawings?.paint(null);
    this.back.hidden = true;
  }

  #paintBars(price) {
    const { model, camera } = this;
    const { series } = model;
    camera.advance(series, this.box.plotWidth, this.pointer.held);
    if (this.#awaited && model.history.state === "ready") this.#seeAwaited();
    if (camera.view.start < series.base + NEAR) model.history.older();
    model.follow();
    const decimals = this.decimals = this.store.decimals(this.state.symbol, price?.price ?? series.newest.close);
    this.scales = scalesOf(model, camera, this.box, this.#head) ?? this.scales;
    const scene = { model, view: camera.view, scales: this.scales, box: this.box, decimals, colours: this.colours(), percentBase: this.#percentBase(series) };
    this.#paintPlot(scene);
    this.#paintUnder(scene);
    this.#paintOver(scene, price);
    this.#paintLegend(scene);
    if (this.back.hidden !== camera.follow) this.back.hidden = camera.follow;
  }

  #seeAwaited() {
    const times = this.#awaited;
    this.#awaited = null;
    this.seeTimes(times);
  }

  /** In percent: of the first bar in sight. */
  #percentBase({ bars, base }) {
    if (this.state.scale !== "percent" && !this.model.comparisons.length) return null;
    const close = bars[inSight(this.camera.view, base, bars.length)[0]]?.close;
    return close > 0 ? close : null;
  }

  /** Hand the bars to the plot if something it draws has changed; else move what it drew. */
  #paintPlot(scene) {
    const now = this.clock.local();
    const { start, end } = scene.view;
    const away = start < this.#drawn.from - 1 || end > this.#drawn.to + 1;
    const key = `${scene.model.drawing} ${scene.scales.get(PRICE).log} ${this.state.inverted} ${this.state.type}`;
    const fresh = key !== this.#drawn.key || away || (this.#rests && this.plot.isAway(scene.view));
    const wait = this.#drawn.at + REDRAW_EVERY - now;
    if (!fresh) this.plot.glide(scene.view, scene.scales);
    else if (this.#drawn.key && wait > 0) this.#drawLater(scene, wait);
    else this.#draw(scene, key, now);
  }

  /** True while no hand moves the chart. */
  get #rests() {
    return !this.pointer.held && this.#settling === null;
  }

  #drawLater(scene, wait) {
    this.plot.glide(scene.view, scene.scales);
    this.#settle(wait);
  }

  #draw(scene, key, now) {
    const { specs, from, to, last } = sceneOf(scene);
    this.plot.draw({ ...scene, specs });
    this.#head = this.#headPart();
    this.#drawn = { key, at: now, from, to, last };
  }

  /** The part of the price's height that the legend covers. */
  #headPart() {
    const { top, bottom } = this.box.panes.get(PRICE);
    const { root } = this.legend;
    return Math.min(0.35, (root.offsetTop + root.offsetHeight + 10) / (bottom - top));
  }

  #paintUnder(scene) {
    const { view, scales, model } = scene;
    const key = [view.start, view.end, ...[...scales.values()].flatMap((scale) => [scale.low, scale.high]), model.drawing, scene.decimals, scene.percentBase, this.state.zone].join(" ");
    if (key === this.#painted) return;
    this.#painted = key;
    this.axes.paint({ ...scene, series: model.series, length: INTERVALS[this.state.interval], shift: this.shift, panes: model.panes, profile: this.#profile() });
    this.#extremes = this.#findExtremes();
    this.over.paintExtremes(this.#extremes, view, scales.get(PRICE), scene.decimals);
  }

  #extremes = [];

  #profile() {
    const chosen = this.model.studies.find((each) => each.definition.place === "profile");
    if (!chosen) return null;
    const { bars, base } = this.model.series;
    const [from, to] = inSight(this.camera.view, base, bars.length);
    return chosen.definition.profile(bars.slice(from, to), chosen.params.rows ?? PROFILE_ROWS, chosen.params);
  }

  #findExtremes() {
    const { bars, series } = this.model;
    const [from, to] = inSight(this.camera.view, series.base, bars.length);
    let [high, low] = [from, from];
    for (let each = from; each < to; each += 1) {
      if (bars[each].high > bars[high].high) high = each;
      if (bars[each].low < bars[low].low) low = each;
    }
    if (to - from < 2) return [];
    return [{ at: series.base + high, price: bars[high].high, high: true }, { at: series.base + low, price: bars[low].low, high: false }];
  }

  #paintOver(scene, price) {
    const { model, view, scales, decimals, percentBase } = scene;
    const { series } = model;
    const tail = tailOf(model, this.#drawn.last, scene.colours, this.camera);
    this.over.paintTail({ ...tail, type: this.state.type, view, scales });
    this.over.paintLines(tail.lines, view, scales);
    this.over.paintBegin(model.history.exhausted ? series.base : null, view, this.box.panes.get(PRICE).bottom);
    this.over.paintLast(price && this.#last(price, series, percentBase, decimals), scales.get(PRICE));
    const pointed = this.#pointed();
    const time = pointed ? formatBarTime(this.shift(pointed.time), INTERVALS[this.state.interval]) : "";
    const shared = this.#shared === null ? null : series.placeOf(this.#shared);
    this.drawings?.paint(frameOf({ view, scale: scales.get(PRICE), width: this.box.plotWidth, series, decimals }));
    this.over.paintCross(this.#point, { view, scales, decimals, percentBase, time, shared });
  }

  #last({ price }, series, percentBase, decimals) {
    const state = this.store.freshness(this.state.symbol);
    const left = series.newest.time + INTERVALS[this.state.interval] - this.clock.time();
    const text = percentBase ? formatPercent((price / percentBase - 1) * 100) : formatPrice(price, decimals);
    return { price, state, text, up: series.newest.close >= series.newest.open, left: state === "live" && left > 0 ? left : null };
  }

  /** Return the bar under the pointer, or undefined. */
  #pointed() {
    const { series } = this.model;
    return this.#point ? series.at(Math.round(this.over.placeAt(this.#point.x, this.camera.view))) : undefined;
  }

  #paintLegend({ model, decimals, view }) {
    const { series, bars } = model;
    const pointed = this.#pointed();
    const at = pointed ? Math.round(this.over.placeAt(this.#point.x, view)) - series.base : bars.length - 1;
    this.legend.paintBar(bars[at], decimals);
    this.legend.paintLines(legendLines(model, at, inSight(view, series.base, bars.length)[0], decimals, this.colours()));
  }
}
