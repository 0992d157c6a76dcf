/** View floor. The details of the active symbol: bid and ask, the day, the venue, and how old all that is. */

import { make, setAttribute, setText } from "../dom.js";
import { changePercent, formatDifference, formatPercent, formatPrice, formatVolume } from "../format.js";
import { stateText } from "../legend.js";
import { isFormula, nameOf, originOf, venueOf } from "../symbols.js";
import { apartDecimals, formatPoints, formatSize, shownSpread, sizeDecimals } from "./figures.js";
import { HopBar } from "./hopbar.js";
import { Poll } from "./poll.js";
import { RangeBar } from "./rangebar.js";
import { whenSeen } from "./seen.js";
import { nameFor } from "./venues.js";

const CLOCKS_EVERY = 60_000;
const ROUND_THE_CLOCK = new Set(["crypto"]);
const span = (name) => make("span", { class: name });

function sizeText(size) {
  return Number.isFinite(size) ? ` × ${formatSize(size, sizeDecimals(size))}` : "";
}

/** Return the words for a spread: in money, the difference of the prices as they are shown, and as a part of the price. */
export function spreadText(bid, ask, decimals) {
  if (!Number.isFinite(bid) || !Number.isFinite(ask)) return "–";
  const part = bid > 0 && ask > 0 ? formatPoints((ask - bid) / ((ask + bid) / 2)) : "";
  return [formatPrice(shownSpread(bid, ask, decimals), decimals), part].filter(Boolean).join(" · ");
}

export class Details {
  /** Decimals of the bid and the ask; they stay, for figures that jump can't be read. */
  #sides = { symbol: null, decimals: 0 };

  /**
   * @param {{store: import("../store.js").Store, painter: import("../painter.js").Painter,
   *   clock: import("../clock.js").Clock, venues: Map<string, any>, session: import("../session.js").Session,
   *   fetchVenues: () => Promise<any[]>}} parts
   */
  constructor({ store, painter, clock, venues, session, fetchVenues }) {
    Object.assign(this, { store, clock, venues, session });
    /** Have it painted: ages and latencies at least. */
    this.ask = painter.job(() => this.#paint());
    this.element = this.#build();
    for (const topic of ["quote", "instrument", "snapshot", "refused"]) store.on(topic, (symbol) => { if (symbol === store.active) this.ask(); });
    for (const topic of ["active", "renamed", "status", "connection"]) store.on(topic, this.ask);
    const clocks = new Poll({ fetch: fetchVenues, every: CLOCKS_EVERY, take: (statuses) => session.hops.clocks(statuses) });
    whenSeen(this.element, (seen) => clocks.look(seen), { hidden: true });
    this.ask();
  }

  #build() {
    [this.name, this.volume, this.venue, this.state, this.origin] = ["details-name", "details-volume", "details-venue", "pill", "pill origin"].map(span);
    this.bid = this.#box("bid", "Bid");
    this.ask_ = this.#box("ask", "Ask");
    this.range = new RangeBar();
    this.figures = Object.fromEntries(["Spread", "Open"].map((name) => [name, make("dd")]));
    [this.percent, this.change, this.open] = ["details-percent", "details-change", "value"].map(span);
    this.figures.Open.append(this.open, this.change);
    this.hops = new HopBar();
    this.note = make("p", { class: "panel-note" });
    this.body = make("div", { class: "details-body" },
      make("div", { class: "details-head" }, this.name, this.volume),
      make("div", { class: "details-where" }, this.venue, this.state, this.origin, this.percent),
      make("div", { class: "details-sides" }, this.bid.element, this.ask_.element),
      make("dl", { class: "details-figures" }, ...Object.entries(this.figures).map(([name, value]) => make("div", {}, make("dt", {}, name), value))),
      this.range.element, this.hops.element);
    return make("section", { class: "details-panel", "aria-label": "Details" }, this.body, this.note);
  }

  #box(side, title) {
    const size = span("details-size");
    const price = make("span", { class: "details-price", "data-details": side });
    return { size, price, title, element: make("div", { class: "details-side", "data-side": side }, size, price) };
  }

  #paint() {
    const symbol = this.store.active;
    this.body.hidden = !symbol;
    this.note.hidden = Boolean(symbol);
    setText(this.note, symbol ? "" : "Open a symbol to see its details.");
    if (symbol) this.#paintSymbol(symbol);
  }

  #paintSymbol(symbol) {
    const quote = this.store.quotes.get(symbol) ?? {};
    const newest = this.store.newest(symbol);
    const last = newest?.price ?? NaN;
    const decimals = Number.isFinite(last) ? this.store.decimals(symbol, last) : 2;
    const { base, kind } = this.store.instruments.get(symbol) ?? {};
    const day = !kind || ROUND_THE_CLOCK.has(kind) ? "24 h" : "day";
    setText(this.name, nameOf(symbol));
    setText(this.volume, Number.isFinite(quote.volume) ? `${day === "day" ? "day's" : day} volume ${formatVolume(quote.volume)} ${kind === "crypto" ? base : ""}`.trim() : "");
    this.#paintState(symbol, newest);
    this.#paintSides(symbol, quote, decimals);
    this.#paintFigures(quote, last, decimals);
    this.range.paint({ last, low: quote.low, high: quote.high, decimals, name: `${day} range` });
    this.#paintHops(symbol);
  }

  #paintState(symbol, newest) {
    const facts = this.venues.get(venueOf(symbol));
    const state = this.store.freshness(symbol);
    const origin = originOf(symbol, this.venues);
    setAttribute(this.element, "data-state", state);
    setText(this.venue, isFormula(symbol) ? "Formula" : nameFor(venueOf(symbol), facts));
    setText(this.state, stateText(state, newest ? this.clock.time() - newest.time : null, this.store.delay(symbol)));
    setAttribute(this.state, "data-state", state);
    this.origin.hidden = !origin;
    setText(this.origin, origin);
  }

  /** The bid, the ask, and how far they are apart. */
  #paintSides(symbol, { bid, bid_size: bidSize, ask, ask_size: askSize }, decimals) {
    const before = this.#sides.symbol === symbol ? this.#sides.decimals : 0;
    const shown = Math.max(before, apartDecimals(bid, ask, decimals));
    this.#sides = { symbol, decimals: shown };
    this.#paintSide(this.bid, bid, bidSize, shown);
    this.#paintSide(this.ask_, ask, askSize, shown);
    setText(this.figures.Spread, spreadText(bid, ask, shown));
  }

  #paintSide({ size, price, title }, value, amount, decimals) {
    setText(size, Number.isFinite(value) ? `${title}${sizeText(amount)}` : title);
    setText(price, formatPrice(value ?? NaN, decimals));
    setAttribute(price, "data-none", Number.isFinite(value) ? null : "");
  }

  #paintFigures({ open }, last, decimals) {
    const percent = changePercent(last, open);
    setText(this.open, formatPrice(open ?? NaN, decimals));
    setText(this.change, percent === null ? "" : formatDifference(last - open, decimals));
    setText(this.percent, percent === null ? "" : formatPercent(percent));
    const sign = percent === null ? null : String(Math.sign(Number(percent.toFixed(2))));
    for (const each of [this.percent, this.change]) setAttribute(each, "data-sign", sign);
  }

  #paintHops(symbol) {
    const { hops } = this.session;
    this.hops.paint(hops.figures(symbol), hops.ahead(symbol), this.#unmeasured(symbol));
  }

  /** Only what a venue streams says how long prices are under way. */
  #unmeasured(symbol) {
    if (this.session.replay) return "not measured: a recording plays";
    if (isFormula(symbol)) return "not measured: made here, of its legs";
    if (this.store.freshness(symbol) === "delayed") return "not measured: told late";
    return this.store.venueState(symbol) === "polling" ? "not measured: asked for from time to time" : "no live price yet";
  }
}
