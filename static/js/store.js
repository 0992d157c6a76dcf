/** Store floor. What the page knows of the market, changed only by messages; knows nothing of the screen. */

import { Series, fromStream } from "./bars.js";
import { decimalsFor } from "./format.js";
import { isFormula, isSum, legsOf, plainReason, venueOf } from "./symbols.js";
import { INTERVALS } from "./wire.js";

const TRADES_KEPT = 200;

/** What one chart shows, and its bars. */
export class Chart {
  /** @param {string} symbol @param {string} interval */
  constructor(symbol, interval) {
    Object.assign(this, { symbol, interval, series: new Series(INTERVALS[interval]) });
  }
}

const VENUE_FLOWS = new Set(["live", "polling"]);

/**
 * Return how far a price may be trusted: live only when the quote, the venue and our own line all are. Whether a price is
 * told late the worker says of each quote: of one venue some may be, and others not.
 * @param {import("./wire.js").Quote|undefined} quote
 * @returns {"live"|"delayed"|"stale"|"closed"|"off"}
 */
export function freshness(quote, connection, venueState, refused = false) {
  if (refused || venueState === "off") return "off";
  if (!quote || quote.last === null || quote.last === undefined) return "stale";
  if (connection !== "live" || !VENUE_FLOWS.has(venueState)) return "stale";
  return quote.state ?? "live";
}

export class Store {
  /** @type {Map<string, import("./wire.js").Quote>} */
  quotes = new Map();
  /** @type {Map<string, import("./wire.js").Trade[]>} newest first: the active symbol's since its snapshot, no others are streamed */
  trades = new Map();
  /** @type {Map<string, import("./wire.js").Status>} */
  statuses = new Map();
  /** @type {Map<string, string>} symbol → why the server won't serve it */
  refused = new Map();
  /** @type {Map<string, any>} symbol → instrument, as /api/symbols gives it */
  instruments = new Map();
  connection = "connecting";
  /** The symbol of the chart that is used now; null while there is none. */
  active = null;
  /** @type {Set<Chart>} what the charts show, and what is compared with it */
  charts = new Set();
  /** symbol → venue time of a streamed price that has not been painted yet */
  unpainted = new Map();
  #listeners = new Map();
  /** symbol → decimals that its prices were last shown with */
  #decimals = new Map();
  /** Whose subscription was answered last, and symbol → why it was refused in it */
  #rejected = { id: undefined, symbols: {} };

  /** @param {{venues?: Map<string, {delay_minutes?: number}>}} facts what the venues say of themselves */
  constructor({ venues = new Map() } = {}) {
    this.venues = venues;
  }

  /** Call `listener` with what changed under `topic`: quote, trade, dropped (how many trades), bars
   * (told with the chart), status, refused, instrument, connection, active, renamed, snapshot, error. Return the function that ends it. */
  on(topic, listener) {
    this.#listeners.set(topic, [...(this.#listeners.get(topic) ?? []), listener]);
    return () => this.#listeners.set(topic, this.#listeners.get(topic).filter((each) => each !== listener));
  }

  #tell(topic, value) {
    for (const listener of this.#listeners.get(topic) ?? []) listener(value);
  }

  /** Take in one message of the server. */
  apply(message) {
    switch (message.type) {
      case "snapshot": return this.#snapshot(message);
      case "update": return this.#update(message);
      case "status": return this.setStatus(message);
      case "subscribed": return this.#subscribed(message);
      case "error": return this.#failed(message);
      default: return undefined;
    }
  }

  #snapshot({ symbol, quote, trades, bars }) {
    this.refused.delete(symbol);
    const held = this.quotes.get(symbol);
    if (quote) this.quotes.set(symbol, quote);
    else if (held) this.quotes.set(symbol, { ...held, seq: 0, state: "stale" });
    if (symbol === this.active) this.trades.set(symbol, trades.slice(-TRADES_KEPT).sort((a, b) => b.time - a.time));
    this.#tell("quote", symbol);
    for (const chart of this.charts) if (chart.symbol === symbol) chart.series.loosen();
    for (const bar of Object.values(bars).flat()) this.#bar(bar);
    this.#tell("snapshot", symbol);
  }

  #update({ quotes = [], trades = [], bars = [], dropped = 0 }) {
    if (dropped) this.#tell("dropped", dropped);
    for (const quote of quotes) this.#quote(quote);
    for (const trade of trades) this.#trade(trade);
    for (const bar of bars) this.#bar(bar);
  }

  #quote(quote) {
    const held = this.quotes.get(quote.symbol);
    if (held && quote.seq < held.seq) return;
    this.quotes.set(quote.symbol, held ? { ...held, ...quote } : quote);
    if (quote.time && quote.time !== held?.time) this.unpainted.set(quote.symbol, quote.time);
    this.#tell("quote", quote.symbol);
  }

  /** A trade that is still on its way when its stream was dropped would be an old one when the stream comes back. */
  #trade(trade) {
    const kept = this.trades.get(trade.symbol);
    if (!kept) return;
    kept.unshift(trade);
    if (kept.length > TRADES_KEPT) kept.length = TRADES_KEPT;
    this.#tell("trade", trade);
    if (!trade.recap) this.#tell("quote", trade.symbol);
  }

  #bar(bar) {
    for (const chart of this.charts) {
      if (bar.symbol !== chart.symbol || bar.interval !== chart.interval) continue;
      chart.series.stream(fromStream(bar));
      this.#tell("bars", chart);
    }
  }

  /** That nothing of what was asked is served was told already, symbol by symbol; only charts have no row that says it. */
  #failed({ id, code, message }) {
    const charted = [...this.charts].some(({ symbol }) => Object.hasOwn(this.#rejected.symbols, symbol));
    if (code !== "unknown_symbol" || id !== this.#rejected.id || charted) this.#tell("error", message);
  }

  #subscribed({ id, symbols, rejected }) {
    this.#rejected = { id, symbols: rejected };
    for (const symbol of symbols) if (this.refused.delete(symbol)) this.#tell("refused", symbol);
    for (const [symbol, reason] of Object.entries(rejected)) {
      this.refused.set(symbol, plainReason(symbol, reason));
      this.#tell("refused", symbol);
    }
  }

  /** Take in how our server's line to a venue is. */
  setStatus({ venue, state, since, reason }) {
    this.statuses.set(venue, { venue, state, since, reason });
    this.#tell("status", venue);
  }

  /** Take in how the page's own line is: connecting, live, reconnecting or down. */
  setConnection(state) {
    if (state === this.connection) return;
    this.connection = state;
    this.#tell("connection", state);
  }

  /** Take in what is known of an instrument. */
  setInstrument(instrument) {
    this.instruments.set(instrument.symbol, instrument);
    this.#tell("instrument", instrument.symbol);
  }

  /** Take in how the server writes a symbol that was asked for in other words. */
  rename(from, to) {
    this.refused.delete(from);
    for (const chart of this.charts) if (chart.symbol === from) chart.symbol = to;
    if (this.active === from) this.active = to;
    this.#tell("renamed", { from, to });
  }

  /** Take in which symbol the desk is about now. */
  setActive(symbol) {
    if (symbol === this.active) return;
    this.active = symbol;
    this.#tell("active", symbol);
  }

  /** Begin to keep the bars of a chart; they begin empty. */
  openChart(symbol, interval) {
    const chart = new Chart(symbol, interval);
    this.charts.add(chart);
    return chart;
  }

  /** Keep the bars of a chart no longer. */
  closeChart(chart) {
    this.charts.delete(chart);
  }

  /** Take in bars of history for a chart, unless it was closed meanwhile. Return how many are new. */
  history(chart, candles) {
    if (!this.charts.has(chart)) return 0;
    const added = chart.series.history(candles);
    this.#tell("bars", chart);
    return added;
  }

  /** Forget what nobody looks at any more, so that memory stays flat, and trades that are not streamed any longer. */
  keepOnly(symbols) {
    for (const held of [this.quotes, this.trades, this.refused, this.unpainted, this.#decimals]) {
      for (const symbol of held.keys()) if (!symbols.has(symbol)) held.delete(symbol);
    }
    for (const symbol of this.trades.keys()) if (symbol !== this.active) this.trades.delete(symbol);
  }

  /** Return {price, time} of the newest price of a symbol, of its quote or its newest trade; null for none. */
  newest(symbol) {
    const quote = this.quotes.get(symbol);
    const trade = this.trades.get(symbol)?.find((each) => !each.recap);
    if (trade && trade.time > (quote?.time ?? 0)) return { price: trade.price, time: trade.time };
    return Number.isFinite(quote?.last) ? { price: quote.last, time: quote.time ?? quote.received } : null;
  }

  /** Return the decimals to show the prices of a symbol with; without ticks they follow `price`, unhurriedly. */
  decimals(symbol, price) {
    const counted = !isFormula(symbol) || isSum(symbol);
    const ticks = counted ? legsOf(symbol).map((leg) => this.instruments.get(leg)?.tick_size) : [];
    const decimals = decimalsFor(ticks, price, this.#decimals.get(symbol));
    this.#decimals.set(symbol, decimals);
    return decimals;
  }

  /** Return how our server's line to a symbol's venue is. A formula that nobody watched until now is on its way. */
  venueState(symbol) {
    const state = this.statuses.get(venueOf(symbol))?.state ?? "connecting";
    return state === "off" && isFormula(symbol) ? "connecting" : state;
  }

  /** Return by how many minutes a delayed price of a symbol is late, as its venue says; of a formula any of its legs'. */
  delay(symbol) {
    return Math.max(0, ...legsOf(symbol).map((leg) => this.venues.get(venueOf(leg))?.delay_minutes ?? 0));
  }

  /** Return how far the price of a symbol may be trusted. */
  freshness(symbol) {
    const state = this.venueState(symbol);
    return freshness(this.quotes.get(symbol), this.connection, state, this.refused.has(symbol));
  }
}
