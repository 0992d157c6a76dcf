/** View floor. One chart: keeps the view, decides what has to be drawn, and by whom. */

import { Plot } from "./chart.js";
import { headOf } from "./head.js";
import { Legend } from "./legend.js";
import { Overlay, geometry } from "./overlay.js";
import { listen } from "./pointer.js";
import { timeTicks } from "./ticks.js";
import * as views from "./view.js";
import { INTERVALS } from "./wire.js";

const BAR_WIDTH = 8;
const LABEL_WIDTH = 110;
const DRAWN_LEAST = 500;
const REDRAW_EVERY = 250;
const NEAR = 40;

export class Pane {
  #view = null;
  #fit = { low: 0, high: 1, volume: 1 };
  #follow = true;
  #last = 0;
  #point = null;
  #drawn = { chart: null, revision: -1, to: 0, key: "", at: 0 };
  #moved = true;

  /**
   * @param {HTMLElement} root
   * @param {{store: import("./store.js").Store, painter: import("./painter.js").Painter, clock: import("./clock.js").Clock,
   *   history: import("./history.js").History, venues: Map<string, any>, figure: any}} parts
   */
  constructor(root, parts) {
    Object.assign(this, parts, { root });
    this.stage = root.querySelector("[data-part=stage]");
    this.back = root.querySelector("[data-part=back]");
    this.legend = new Legend(root.querySelector("[data-part=legend]"));
    this.mark = this.painter.job(() => this.#paint());
    this.back.addEventListener("click", () => this.backToLive());
    for (const topic of ["bars", "status", "connection", "instrument"]) this.store.on(topic, this.mark);
    this.store.on("quote", (symbol) => symbol === this.store.chart.symbol && this.mark());
    this.store.on("chart", () => this.#opened());
    this.store.on("renamed", () => this.#renamed());
  }

  /** Begin to draw; the library must be there. */
  start() {
    this.plot = new Plot(this.stage.querySelector("[data-part=plot]"), this.figure, {
      onPan: (start, end) => this.#panned({ start, end }),
      onPanEnd: () => this.#panEnded(),
      onReset: () => this.backToLive(),
    });
    this.overlay = new Overlay(this.stage);
    listen(this.stage, {
      onPoint: (at) => { this.#point = at; this.mark(); },
      onZoom: (factor, x) => this.#zoom(factor, x),
      onShift: (pixels) => this.#shift(pixels),
      onReset: () => this.backToLive(),
      onRelease: () => this.mark(),
    });
    new ResizeObserver(() => this.#resize()).observe(this.stage);
    this.#resize();
  }

  /** Show the newest bars again, and go along with new ones. */
  backToLive() {
    this.#view = null;
    this.mark();
  }

  #opened() {
    const { symbol, interval } = this.store.chart;
    Object.assign(this.root.dataset, { symbol, interval, bars: "0" });
    delete this.root.dataset.time;
    this.#view = null;
    this.mark();
  }

  #renamed() {
    const { symbol } = this.store.chart;
    if (symbol) this.root.dataset.symbol = symbol;
    this.mark();
  }

  #resize() {
    this.box = geometry(this.plot, this.stage.clientWidth, this.stage.clientHeight);
    this.overlay.resize(this.box);
    this.#moved = true;
    this.mark();
  }

  // ------------------------------------------------------------------ the view
  #panned(view) {
    this.#view = view;
    this.#settleFollow();
    this.mark();
  }

  #panEnded() {
    this.#change(this.#view);
  }

  #zoom(factor, x) {
    if (!this.#view || this.plot.held) return;
    this.#change(views.zoomed(this.#view, factor, this.overlay.placeAt(x, this.#view)));
  }

  #shift(pixels) {
    if (!this.#view || this.plot.held) return;
    this.#change(views.moved(this.#view, (pixels / this.box.plotWidth) * (this.#view.end - this.#view.start)));
  }

  #change(view) {
    if (!view) return;
    const { series } = this.store.chart;
    this.#view = views.clamped(view, series.base, series.last);
    this.#settleFollow();
    this.#moved = true;
    this.mark();
  }

  #settleFollow() {
    const { series } = this.store.chart;
    this.#follow = views.follows(this.#view, series.last);
    const first = series.bars[views.inSight(this.#view, series.base, series.bars.length)[0]];
    series.anchor = this.#follow ? null : first?.time ?? null;
  }

  /** Go along with new bars at the right edge; begin at the newest bars when there is no view yet. */
  #advance() {
    const { series } = this.store.chart;
    if (!this.#view) {
      this.#view = views.newest(series.last, this.box.plotWidth / BAR_WIDTH);
      this.#follow = true;
      this.#moved = true;
    } else if (this.#follow && series.last !== this.#last && !this.plot.held) {
      this.#view = views.moved(this.#view, series.last - this.#last);
      this.#moved = true;
    }
    if (!this.plot.held) this.#last = series.last;
  }

  // ------------------------------------------------------------------ painting
  #paint() {
    const { chart } = this.store;
    if (!chart.symbol) return;
    const price = this.store.newest(chart.symbol);
    const decimals = this.store.decimals(chart.symbol, price?.price ?? chart.series.newest?.close);
    this.legend.paintHead(headOf(this, price));
    if (!this.plot || !chart.series.bars.length || !this.box.width) return this.#paintNothing();
    this.#advance();
    if (this.#view.start < chart.series.base + NEAR) this.history.older();
    const pointed = this.#pointed(chart.series);
    this.legend.paintBar(pointed ?? chart.series.newest, decimals);
    this.#redraw(chart, decimals, price);
    this.#paintOver(chart, decimals, price, pointed);
    this.root.dataset.bars = String(chart.series.bars.length);
    if (price) this.root.dataset.time = String(price.time);
    this.back.hidden = this.#follow;
    return undefined;
  }

  #paintNothing() {
    this.legend.paintBar(undefined);
    this.root.dataset.bars = "0";
    this.back.hidden = true;
  }

  /** Hand the bars to the plot if something it draws has changed, but never while the user holds it. */
  #redraw(chart, decimals, price) {
    if (this.plot.held) return;
    const { series } = chart;
    const now = this.clock.local();
    const other = chart !== this.#drawn.chart;
    const stale = other || series.revision !== this.#drawn.revision;
    const outside = price && (price.price > this.#fit.high || price.price < this.#fit.low) && this.#follow;
    if (!this.#moved && !other) {
      if (!stale && !outside) return;
      if (now - this.#drawn.at < REDRAW_EVERY) return this.#later();
    }
    this.#moved = false;
    this.#drawScene(chart, decimals, stale, now);
    return undefined;
  }

  #later() {
    setTimeout(this.mark, REDRAW_EVERY);
  }

  #drawScene(chart, decimals, stale, now) {
    const { bars, base, revision } = chart.series;
    const length = INTERVALS[chart.interval];
    const closed = bars.length - 1;
    const [from, to] = views.drawn(this.#view, base, closed, DRAWN_LEAST);
    const gap = (LABEL_WIDTH / this.box.plotWidth) * (this.#view.end - this.#view.start);
    const key = `${from} ${to}`;
    this.#fit = views.fitted(bars, ...views.inSight(this.#view, base, bars.length), this.#head()) ?? this.#fit;
    this.plot.draw({
      bars, base, from, to, decimals, fresh: stale || key !== this.#drawn.key,
      view: this.#view, fit: this.#fit, ticks: timeTicks(bars, base, from, bars.length, length, gap),
      width: this.box.width, height: this.box.height,
    });
    this.#drawn = { chart, revision, key, at: now, to: base + closed };
  }

  /** The part of the price's height that the legend covers. */
  #head() {
    const under = this.legend.root.offsetTop + this.legend.root.offsetHeight + 10;
    return Math.min(0.4, under / (this.box.priceBottom - this.box.priceTop));
  }

  /** Return the bar under the pointer, or undefined. */
  #pointed(series) {
    return this.#point ? series.at(Math.round(this.overlay.placeAt(this.#point.x, this.#view))) : undefined;
  }

  #paintOver(chart, decimals, price, pointed) {
    const { series, interval } = chart;
    const length = INTERVALS[interval];
    const tail = series.bars.slice(Math.max(0, this.#drawn.to - series.base));
    const state = this.store.freshness(chart.symbol);
    const left = series.newest.time + length - this.clock.time();
    const shown = price && { price: price.price, up: series.newest.close >= series.newest.open, state, decimals,
      left: state === "live" && left > 0 ? left : null };
    this.overlay.paintTail(tail, series.base + series.bars.length - tail.length, this.#view, this.#fit);
    this.overlay.paintBegin(this.history.exhausted ? series.base : null, this.#view);
    this.overlay.paintLast(shown, this.#fit);
    this.overlay.paintCross(this.#point, pointed, this.#view, this.#fit, length, decimals);
  }
}
