/** Store floor. Brings the bars of one chart: the newest at once, what a loss left out, older ones on demand. */

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
  #closed = false;
  #leave;

  /**
   * Begins at once to load the newest bars.
   * @param {{store: import("./store.js").Store, chart: import("./store.js").Chart, clock: import("./clock.js").Clock,
   *   fetchBars: typeof import("./api.js").fetchBars, onState: () => void}} parts
   */
  constructor(parts) {
    Object.assign(this, parts);
    this.#leave = this.store.on("snapshot", (symbol) => symbol === this.chart.symbol && this.#catchUp());
    this.retry();
  }

  /** Load nothing any more: the chart was closed. */
  close() {
    this.#running.abort();
    this.#leave();
    clearTimeout(this.#timer);
    clearTimeout(this.#again);
    this.#closed = true;
  }

  /** True when the venue has nothing before the oldest bar. */
  get exhausted() {
    return this.complete && !this.reason && this.chart.series.bars.length < LIMIT;
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
    if (this.busy || this.complete || this.state !== "ready") return;
    this.busy = true;
    try {
      const { bars } = this.chart.series;
      const added = await this.#fetch({ end: bars[0].time, limit: PAGE });
      if (added === 0 && this.#trouble) this.#rest(new Error(this.#trouble));
      else this.complete = added === 0 || this.chart.series.bars.length >= LIMIT;
    } catch (error) {
      this.#rest(error);
    }
    this.busy = false;
  }

  /** Older bars can't be had now: leave it for a while, then let scrolling ask again. */
  #rest(error) {
    if (this.#closed) return;
    this.reason = `Older bars could not be loaded: ${error.message}.`;
    this.complete = true;
    this.#timer = setTimeout(() => { this.complete = false; this.reason = ""; }, AGAIN);
  }

  async #load() {
    try {
      await this.#fetch({ limit: FIRST });
      this.#settle();
    } catch (error) {
      if (this.#closed) return;
      this.reason = `The history could not be loaded: ${error.message}.`;
      this.#become(this.chart.series.bars.length ? "ready" : "failed");
      if (this.state === "ready") this.#loadAgain();
    }
  }

  /** No bars yet, or not all: the venue's history may still be on its way, so look again in a while. */
  #settle() {
    if (this.#closed) return;
    this.reason = "";
    this.#become(this.chart.series.bars.length ? "ready" : "empty");
    if (this.state === "empty" || this.#trouble) this.#loadAgain();
  }

  #loadAgain() {
    clearTimeout(this.#again);
    this.#again = setTimeout(() => this.#load(), AGAIN);
  }

  /** After a snapshot of its symbol: fetch what lies between the newest bar held and now. */
  async #catchUp() {
    if (this.state === "loading" || this.#closed) return;
    const newest = this.chart.series.newest?.time ?? 0;
    const missed = Math.ceil((this.clock.time() - newest) / INTERVALS[this.chart.interval]) + 2;
    try {
      await this.#fetch({ limit: Math.min(LIMIT, Math.max(FIRST, missed)) });
      this.#settle();
    } catch (error) {
      if (!this.#closed) this.reason = `What was missed could not be loaded: ${error.message}.`;
    }
  }

  async #fetch(range) {
    const { symbol, interval } = this.chart;
    const answer = await this.fetchBars({ symbol, interval, ...range, signal: this.#running.signal });
    this.#trouble = answer.trouble ?? "";
    return this.store.history(this.chart, fromAnswer(answer, INTERVALS[interval], this.clock.time()));
  }

  #become(state) {
    this.state = state;
    this.onState();
  }
}
