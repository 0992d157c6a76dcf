/** Wire floor. What of a chart is seen: the view in places of bars, whether it goes along, and a price range set by hand. */

import * as views from "../view.js";

const BAR_WIDTH = 8;

export class Camera {
  /** @type {views.View|null} null until there are bars */
  view = null;
  /** True while the newest bar is in sight: then the view goes along with new ones. */
  follow = true;
  /** @type {{low: number, high: number}|null} the price range that a hand has set; null: it fits the bars */
  price = null;
  #last = 0;

  /** Begin again at the newest bars. */
  reset() {
    Object.assign(this, { view: null, follow: true, price: null });
  }

  /** Go along with new bars, unless a hand holds the chart. */
  advance(series, plotWidth, held) {
    if (!this.view) {
      this.view = views.newest(series.last, plotWidth / BAR_WIDTH);
      this.#settle(series);
    } else if (this.follow && !held && series.last !== this.#last) {
      this.view = views.moved(this.view, series.last - this.#last);
    }
    if (!held || !this.follow) this.#last = series.last;
    if (this.follow) series.anchor = held ? series.anchor ?? this.#first(series) : null;
  }

  /** See this part, or the nearest that has bars. */
  show(view, series) {
    this.view = views.clamped(view, series.base, series.last);
    this.#settle(series);
  }

  /** See the newest bars, as many as now. */
  toLive(series) {
    if (!this.view) return;
    this.price = null;
    this.show(views.newest(series.last, this.view.end - this.view.start), series);
    this.#last = series.last;
  }

  /** Move by so many bars. */
  move(bars, series) {
    if (this.view) this.show(views.moved(this.view, bars), series);
  }

  /** Zoom by `factor` (below 1: closer) about a place. */
  zoom(factor, at, series) {
    if (this.view) this.show(views.zoomed(this.view, factor, at), series);
  }

  /** See the bar of a time in the middle. */
  goTo(time, series) {
    if (!this.view) return;
    const half = (this.view.end - this.view.start) / 2;
    const place = series.placeOf(time);
    this.show({ start: place - half, end: place + half }, series);
  }

  /** Return {from, to} in ms UTC of what is seen. */
  times(series) {
    return this.view && { from: series.timeOf(this.view.start), to: series.timeOf(this.view.end) };
  }

  /** The bar that must not move when others come before it: the first in sight, while the view doesn't go along. */
  #settle(series) {
    this.follow = views.follows(this.view, series.last);
    series.anchor = this.follow ? null : this.#first(series);
    this.#last = series.last;
  }

  #first(series) {
    return series.bars[views.inSight(this.view, series.base, series.bars.length)[0]]?.time ?? null;
  }
}
