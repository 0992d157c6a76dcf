/** View floor. How one chart is painted: the plot as seldom as it goes, what lies under and over it as often as it changes. */

import { Plot } from "../chart.js";
import { frameOf } from "../drawings/frame.js";
import { formatBarTime, formatPercent, formatPrice } from "../format.js";
import { inSight } from "../view.js";
import { INTERVALS } from "../wire.js";
import { Axes } from "./axes.js";
import { PRICE } from "./layout.js";
import { Over } from "./over.js";
import { extremesOf, profileOf, sceneOf, tailOf } from "./scene.js";

const REDRAW_EVERY = 250;

/** Of all charts one is drawn in a frame, so that none of them keeps prices waiting. */
const turn = { frame: -1 };

export class Canvas {
  #drawn = { key: "", at: -Infinity, from: 0, to: 0, last: 0 };
  #under = "";
  #again = null;

  /** @param {HTMLElement} stage @param {HTMLElement} surface @param {number} id of the chart, for the names within its pictures */
  constructor(stage, surface, id) {
    this.surface = surface;
    this.axes = new Axes(stage, id);
    this.over = new Over(stage, id);
  }

  /** Begin to draw; the library must be there. */
  start(figure) {
    this.plot = new Plot(this.surface, figure);
  }

  /** Take the size of the chart. @param {import("./layout.js").Box} box */
  resize(box) {
    this.box = box;
    this.axes.resize(box);
    this.over.resize(box);
    this.forget();
  }

  /** Draw everything anew the next time. */
  forget() {
    this.#drawn.key = this.#under = "";
  }

  /**
   * Paint a chart.
   * @param {{model: import("./model.js").Model, view: any, scales: Map<string, any>, box: any, decimals: number,
   *   colours: Record<string, string>, percentBase: number|null, shift: (time: number) => number, lens: import("./lens.js").Lens,
   *   drawings: any, now: number, frame: number, mark: () => void}} scene `now` ms of this machine, `frame` the number of this one
   * @param {{price: number, state: string, left: number|null}|null} last
   * @returns {boolean} true when the plot was drawn
   */
  paint(scene, last) {
    const drawn = this.#paintPlot(scene);
    this.#paintUnder(scene);
    this.#paintOver(scene, last);
    return drawn;
  }

  /** Hand the bars to the plot if something it draws has changed; else move what it drew. */
  #paintPlot(scene) {
    const { view, scales, model, lens, now } = scene;
    const away = view.start < this.#drawn.from - 1 || view.end > this.#drawn.to + 1;
    const key = `${model.drawing} ${scales.get(PRICE).log} ${model.state.inverted} ${model.state.type}`;
    const fresh = key !== this.#drawn.key || away || (lens.rests && this.plot.isAway(view));
    const wait = this.#drawn.key ? this.#drawn.at + REDRAW_EVERY - now : 0;
    if (fresh && wait <= 0 && turn.frame !== scene.frame) return this.#draw(scene, key, now);
    if (fresh) this.#drawLater(Math.max(0, wait), scene.mark);
    this.plot.glide(view, scales);
    return false;
  }

  #drawLater(wait, mark) {
    this.#again ??= setTimeout(() => { this.#again = null; mark(); }, wait);
  }

  #draw(scene, key, now) {
    turn.frame = scene.frame;
    const { specs, from, to, last } = sceneOf(scene);
    this.plot.draw({ ...scene, specs });
    const at = scene.model.history.state === "loading" ? -Infinity : now; // the history is drawn as soon as it comes
    this.#drawn = { key, at, from, to, last };
    return true;
  }

  #paintUnder(scene) {
    const { view, scales, model, decimals, percentBase } = scene;
    const ranges = [...scales.values()].flatMap((scale) => [scale.low, scale.high]);
    const { high, low } = model.series.newest;
    const key = [view.start, view.end, ...ranges, high, low, model.drawing, decimals, percentBase, model.state.zone].join(" ");
    if (key === this.#under) return;
    this.#under = key;
    const length = INTERVALS[model.state.interval];
    this.axes.paint({ ...scene, series: model.series, length, panes: model.panes, profile: profileOf(model, view) });
    this.over.paintExtremes(extremesOf(model, view), view, scales.get(PRICE), decimals);
  }

  #paintOver(scene, last) {
    const { model, view, scales, decimals, percentBase, lens } = scene;
    const { series, state, history } = model;
    const scale = scales.get(PRICE);
    const tail = tailOf(model, this.#drawn.last, scene.colours, view);
    this.over.paintTail({ ...tail, type: state.type, view, scales });
    this.over.paintLines(tail.lines, view, scales);
    this.over.paintBegin(history.exhausted ? series.base : null, view, scale.bottom);
    const price = this.over.paintLast(last && { ...last, ...this.#lastWords(last, series, percentBase, decimals) }, scale);
    scene.drawings?.paint(frameOf({ view, scale, width: this.box.plotWidth, series, decimals }));
    const cross = this.over.paintCross(lens.point, { view, scales, decimals, percentBase, time: this.#pointedTime(scene), shared: lens.shared === null ? null : series.placeOf(lens.shared) });
    this.axes.giveWay(price, cross);
  }

  #lastWords({ price }, { newest }, percentBase, decimals) {
    const text = percentBase ? formatPercent((price / percentBase - 1) * 100) : formatPrice(price, decimals);
    return { text, up: newest.close >= newest.open };
  }

  #pointedTime({ model, lens, shift }) {
    const bar = lens.pointed === null ? null : model.series.bars[lens.pointed];
    return bar ? formatBarTime(shift(bar.time), INTERVALS[model.state.interval]) : "";
  }
}

/** In percent a price is said of the close of the first bar in sight; null where it isn't said in percent. */
export function percentBaseOf({ state, series, comparisons }, view) {
  if (state.scale !== "percent" && !comparisons.length) return null;
  const close = series.bars[inSight(view, series.base, series.bars.length)[0]]?.close;
  return close > 0 ? close : null;
}
