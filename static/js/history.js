/** Store floor. Brings the bars of the chart: the newest at once, what a loss left out, older ones on demand. */

import { LIMIT, fromAnswer } from "./bars.js";
import { INTERVALS } from "./wire.js";

const FIRST = 500;
const PAGE = 500;
const AGAIN = 5000;

export class History {
  /** loading, ready, empty or failed */
  state = "loading";
  reason = "";
  /** True while older bars are on their way. */
  busy = false;
  /** True when the venue has no older bars, or no more are kept here. */
  complete = false;
  #trouble = "";
  #running = new AbortController();
  #timer = null;
  #again = null;

  /**
   * @param {{store: import("./store.js").Store, clock: import("./clock.js").Clock,
   *   fetchBars: typeof import("./api.js").fetchBars, onState: () => void}} parts
   */
  constructor(parts) {
    Object.assign(this, parts);
    this.store.on("chart", () => this.#open());
    this.store.on("snapshot", (symbol) => this.#catchUp(symbol));
  }

  /** True when the venue has nothing before the oldest bar. */
  get exhausted() {
    return this.complete && !this.reason && this.store.chart.series.bars.length < LIMIT;
  }

  /** Ask for the newest bars again, after a failure or while there are none. */
  retry() {
    clearTimeout(this.#timer);
    clearTimeout(this.#again);
    this.#become("loading");
    return this.#load();
  }

  /** Ask for bars before the oldest one. */
  async older() {
    const { chart } = this.store;
    if (this.busy || this.complete || this.state !== "ready") return;
    this.busy = true;
    try {
      const added = await this.#fetch(chart, { end: chart.series.bars[0].time, limit: PAGE });
      if (chart !== this.store.chart) return;
      if (added === 0 && this.#trouble) this.#rest(new Error(this.#trouble));
      else this.complete = added === 0 || chart.series.bars.length >= LIMIT;
    } catch (error) {
      if (chart === this.store.chart) this.#rest(error);
    }
    if (chart === this.store.chart) this.busy = false;
  }

  /** Older bars can't be had now: leave it for a while, then let scrolling ask again. */
  #rest(error) {
    this.reason = `Older bars could not be loaded: ${error.message}.`;
    this.complete = true;
    this.#timer = setTimeout(() => { this.complete = false; this.reason = ""; }, AGAIN);
  }

  #open() {
    this.#running.abort();
    this.#running = new AbortController();
    Object.assign(this, { busy: false, complete: false, reason: "" });
    this.retry();
  }

  async #load() {
    const { chart } = this.store;
    try {
      await this.#fetch(chart, { limit: FIRST });
      this.#settle(chart);
    } catch (error) {
      if (chart !== this.store.chart || this.#running.signal.aborted) return;
      this.reason = `The history could not be loaded: ${error.message}.`;
      this.#become(chart.series.bars.length ? "ready" : "failed");
      if (this.state === "ready") this.#loadAgain();
    }
  }

  /** No bars yet, or not all: the venue's history may still be on its way, so look again in a while. */
  #settle(chart) {
    if (chart !== this.store.chart) return;
    this.reason = "";
    this.#become(chart.series.bars.length ? "ready" : "empty");
    if (this.state === "empty" || this.#trouble) this.#loadAgain();
  }

  #loadAgain() {
    clearTimeout(this.#again);
    this.#again = setTimeout(() => this.#load(), AGAIN);
  }

  /** After a snapshot: fetch what lies between the newest bar held and now. */
  async #catchUp(symbol) {
    const { chart } = this.store;
    if (symbol !== chart.symbol || this.state === "loading") return;
    const newest = chart.series.newest?.time ?? 0;
    const missed = Math.ceil((this.clock.time() - newest) / INTERVALS[chart.interval]) + 2;
    try {
      await this.#fetch(chart, { limit: Math.min(LIMIT, Math.max(FIRST, missed)) });
      this.#settle(chart);
    } catch (error) {
      if (chart === this.store.chart) this.reason = `What was missed could not be loaded: ${error.message}.`;
    }
  }

  async #fetch(chart, range) {
    const { symbol, interval } = chart;
    const answer = await this.fetchBars({ symbol, interval, ...range, signal: this.#running.signal });
    this.#trouble = answer.trouble ?? "";
    return this.store.history(chart, fromAnswer(answer, INTERVALS[interval], this.clock.time()));
  }

  #become(state) {
    this.state = state;
    this.onState();
  }
}
