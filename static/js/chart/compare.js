/** Store floor. Another symbol laid over a chart: its closes at the chart's bars, made equal where the view begins. */

import { History } from "../history.js";

export class Comparison {
  /** Closes at the chart's bars, null where it has none. */
  closes = [];
  #seen = "";

  /** @param {{symbol: string, interval: string, colour: string, store: any, clock: any, fetchBars: any, onState: () => void}} parts */
  constructor({ symbol, interval, colour, store, clock, fetchBars, onState }) {
    Object.assign(this, { symbol, colour, own: colour, store });
    this.chart = store.openChart(symbol, interval);
    this.history = new History({ store, chart: this.chart, clock, fetchBars, onState });
  }

  close() {
    this.history.close();
    this.store.closeChart(this.chart);
  }

  /** Bring the closes in step with the chart's bars; its own older bars are loaded as far back. */
  follow(series) {
    const own = this.chart.series;
    const seen = `${series.revision} ${series.base} ${series.bars.length} ${own.revision}`;
    if (seen !== this.#seen) this.#align(series.bars, own.bars);
    else if (own.newest) this.#end(series.bars, own.newest);
    this.#seen = seen;
    if (own.bars.length && series.bars.length && own.bars[0].time > series.bars[0].time) this.history.older();
  }

  /** Its newest bar alone has changed: so have the bars of the chart since then. */
  #end(bars, { time, close }) {
    for (let each = bars.length - 1; each >= 0 && bars[each].time >= time; each -= 1) this.closes[each] = close;
  }

  /** A bar that it lacks has the close of the one before: nothing was traded. */
  #align(bars, own) {
    let place = 0;
    let close = null;
    this.closes = bars.map(({ time }) => {
      while (place < own.length && own[place].time <= time) {
        close = own[place].close;
        place += 1;
      }
      return close;
    });
  }

  /** Return the factor that lays it over the chart: both are equal at the first bar from `from` on that both have. */
  factor(bars, from, to) {
    for (let each = from; each < to; each += 1) {
      if (this.closes[each] > 0 && bars[each].close > 0) return bars[each].close / this.closes[each];
    }
    return null;
  }

  /** Return the change in percent since the first bar from `from` on that it has, up to `at`; null for none. */
  percent(from, at) {
    const first = this.closes.slice(from, at + 1).find((close) => close > 0);
    const last = this.closes[at];
    return first && last > 0 ? (last / first - 1) * 100 : null;
  }
}
