/** View floor. One chart of the desk: keeps its view, decides what has to be drawn, and by whom. */

import { make, setAttribute, setHidden } from "../dom.js";
import { headOf } from "../head.js";
import { Legend } from "../legend.js";
import { Notice } from "../notice.js";
import { isFormula } from "../symbols.js";
import { inSight } from "../view.js";
import { INTERVALS } from "../wire.js";
import { shiftOf, zoneText } from "../zones.js";
import { Canvas, percentBaseOf } from "./canvas.js";
import { Fit } from "./fit.js";
import { PRICE, boxOf } from "./layout.js";
import { legendLines } from "./lines.js";
import { Lens } from "./lens.js";
import { Model } from "./model.js";

const DAY = INTERVALS["1d"];
const NEAR = 40;
const MOST_HEAD = 0.35;
/** Height of a line of studies in the legend, px: the first one must not move the bars. */
const LINE = 18;

let panels = 0;

export class Panel {
  #head = 0.12;
  #fit = new Fit();

  /**
   * @param {{store: any, painter: any, clock: any, fetchBars: any, venues: Map<string, any>, figure: any,
   *   definitions: Map<string, any>, colours: () => Record<string, string>, links: any, drawings?: any,
   *   onActive: (panel: Panel) => void, onChange: (panel: Panel) => void, onEdit: (panel: Panel) => void,
   *   onMaximise: (panel: Panel) => void, onMenu: (panel: Panel, at: {x: number, y: number}|null) => void}} parts
   */
  constructor(parts) {
    Object.assign(this, parts);
    panels += 1;
    this.id = panels;
    this.#build();
    this.mark = this.painter.job(() => this.#paint());
    this.model = new Model({ ...parts, onState: this.mark });
    this.model.seenOn(this.colours().ground);
    this.lens = new Lens(this);
    this.#listen();
  }

  #build() {
    const part = (name, ...children) => make("div", { class: name, "data-part": name }, ...children);
    this.surface = part("plot");
    this.stage = part("stage", this.surface);
    this.back = make("button", { type: "button", class: "back", "data-part": "back", hidden: "" }, "Back to live ", make("span", { "aria-hidden": "true" }, "»"));
    this.auto = make("button", { type: "button", class: "auto", hidden: "", title: "Fit the price scale to the bars again" }, "Auto");
    this.cover = part("notice");
    const legend = part("legend");
    this.root = make("section", { class: "chart", "data-chart": "", "aria-label": `Chart ${this.id}`, tabindex: "0" }, this.stage, legend, this.back, this.auto, this.cover);
    this.legend = new Legend(legend, { onRemove: (line) => this.#removeLine(line), onEdit: () => this.onEdit(this) });
    this.notice = new Notice(this.cover, () => this.model.history?.retry());
    this.canvas = new Canvas(this.stage, this.surface, this.id);
  }

  #listen() {
    const mine = (symbol) => symbol === this.state?.symbol && this.mark();
    this.back.addEventListener("click", () => this.lens.toLive());
    this.auto.addEventListener("click", () => this.lens.fitPrice());
    this.root.addEventListener("pointerdown", () => this.onActive(this), true);
    this.root.addEventListener("focusin", () => this.onActive(this));
    this.legend.head.addEventListener("dblclick", () => this.onMaximise(this));
    this.root.addEventListener("contextmenu", (event) => this.#menu(event));
    for (const topic of ["status", "connection", "instrument"]) this.store.on(topic, this.mark);
    for (const topic of ["quote", "refused"]) this.store.on(topic, mine);
    this.store.on("bars", () => this.mark());
  }

  /** A finger that rests shows the crosshair, it wants no menu; a field has the browser's own. */
  #menu(event) {
    if (event.target.closest("input, textarea")) return;
    event.preventDefault();
    const { pointerType, button, ctrlKey, clientX: x, clientY: y } = event;
    const pointed = button === 2 || (button === 0 && ctrlKey); // of a key the place is made up
    if (pointerType !== "touch") this.onMenu(this, pointed ? { x, y } : null);
  }

  /** Begin to draw; the library must be there. */
  start() {
    this.canvas.start(this.figure);
    new ResizeObserver(() => this.resize()).observe(this.stage);
    new ResizeObserver(() => this.#makeRoom()).observe(this.legend.root);
    this.resize();
  }

  /** Say that nothing can be drawn, and why. */
  fail(message) {
    this.notice.broken = message;
    this.mark();
  }

  get camera() {
    return this.lens.camera;
  }

  get over() {
    return this.canvas.over;
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

  /** The server writes a symbol in its own way: the chart goes by that from here on. */
  rename(from, to) {
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
    this.model.seenOn(this.colours().ground);
    this.canvas.forget();
    this.mark();
  }

  /** Take the size that the page gives, and the panes that are shown. */
  resize() {
    if (!this.state) return;
    const { clientWidth, clientHeight } = this.stage;
    this.box = boxOf(clientWidth, clientHeight, this.state.volume && !isFormula(this.state.symbol ?? ""), this.model.panes.map((each) => each.pane));
    this.canvas.resize(this.box);
    this.mark();
  }

  // ------------------------------------------------------------------ painting
  #paint() {
    const { state, model } = this;
    if (!state) return;
    const price = state.symbol ? this.store.newest(state.symbol) : null;
    const bars = model.series?.bars.length ?? 0;
    this.#paintHead(price);
    this.notice.paint({ state: model.history?.state ?? "loading", reason: model.history?.reason ?? "", symbol: state.symbol,
      interval: state.interval, refused: this.store.refused.get(state.symbol), bars });
    setAttribute(this.root, "data-bars", this.canvas.plot ? bars : 0);
    if (price && bars) setAttribute(this.root, "data-time", price.time);
    if (!this.canvas.plot || !bars || this.box.width < 2) this.#paintNothing();
    else this.#paintBars(price);
  }

  #paintHead(price) {
    if (!this.state.symbol) return;
    const { shift, words } = this.zone();
    this.shift = shift;
    this.legend.paintHead({ ...headOf(this, this.state, price, this.model.history?.reason ?? ""), zone: words === "UTC" ? "" : words, link: this.state.link });
  }

  /** Return the clock that the chart shows: what it makes of a time, and its name. */
  zone() {
    const { symbol, interval } = this.state;
    const zone = INTERVALS[interval] < DAY ? this.state.zone : "utc"; // a day's bar bears its date, whatever the clock
    const place = this.venues.get((symbol ?? "").split(":")[0])?.time_zone ?? "UTC";
    return { shift: shiftOf(zone, place), words: zoneText(zone, place, this.clock.time()) };
  }

  #paintNothing() {
    this.legend.paintBar(undefined);
    this.drawings?.paint(null);
    setHidden(this.back, true);
    setHidden(this.auto, true);
  }

  #paintBars(price) {
    const { model, lens, camera, box } = this;
    const { series } = model;
    lens.follow();
    if (camera.view.start < series.base + NEAR) model.history.older();
    model.follow();
    this.decimals = this.store.decimals(this.state.symbol, price?.price ?? series.newest.close);
    this.scales = this.#fit.scales(model, camera, box, this.#head) ?? this.scales;
    const scene = {
      model, lens, box, view: camera.view, scales: this.scales, decimals: this.decimals, colours: this.colours(), drawings: this.drawings,
      percentBase: percentBaseOf(model, camera.view), shift: this.shift, now: this.clock.local(), frame: this.painter.count, mark: this.mark,
    };
    this.#paintLegend(scene); // first: its height is measured when the plot is drawn
    if (this.canvas.paint(scene, price && this.#last(price, series))) this.#head = this.#headPart();
    setHidden(this.back, camera.follow);
    setHidden(this.auto, camera.price === null);
  }

  #last({ price }, series) {
    const state = this.store.freshness(this.state.symbol);
    const left = series.newest.time + INTERVALS[this.state.interval] - this.clock.time();
    return { price, state, left: state === "live" && left > 0 ? left : null };
  }

  /** The legend has another height: the bars leave it room. */
  #makeRoom() {
    if (!this.box) return;
    this.#head = this.#headPart();
    this.mark();
  }

  /** The part of the price's height that the legend covers, with a line for studies also where there is none yet. */
  #headPart() {
    const { top, bottom } = this.box.panes.get(PRICE);
    const { root, lines } = this.legend;
    const line = lines.offsetHeight ? 0 : LINE;
    return Math.min(MOST_HEAD, (root.offsetTop + root.offsetHeight + line + 10) / (bottom - top));
  }

  #paintLegend({ model, lens, decimals, view }) {
    const { series, bars } = model;
    const at = lens.pointed ?? bars.length - 1;
    this.legend.paintBar(bars[at], decimals);
    this.legend.paintLines(legendLines(model, at, inSight(view, series.base, bars.length)[0], decimals, this.colours()));
  }
}
