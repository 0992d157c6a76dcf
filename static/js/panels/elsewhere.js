/** View floor. The same asset elsewhere: what each venue that has it bids and asks, and the best of all. */

import { make, setAttribute, setText } from "../dom.js";
import { formatAge, formatDifference, formatPrice } from "../format.js";
import { isFormula, nameOf, originOf, venueOf } from "../symbols.js";
import { compare } from "./best.js";
import { formatPoints } from "./figures.js";
import { OfferRow } from "./offerrow.js";
import { whenSeen } from "./seen.js";
import { nameFor } from "./venues.js";

const HEADS = { venue: "Venue", bid: "Bid", ask: "Ask", best: "vs best", age: "Age" };
const BEST_TITLE = "How far its bid and its ask are from the best bid and the best ask";

/** Return the sentence for a symbol that can't be looked for, or none. @param {string|null} symbol */
export function hopeless(symbol) {
  if (!symbol) return "Open a symbol to see where else it has a price.";
  return isFormula(symbol) ? "A formula is priced here alone. Open one of the symbols it is made of to see it elsewhere." : "";
}

/** Return the sentence for what was found, or none where there is something to compare. */
export function foundText(symbol, found, instrument) {
  if (found.length > 1) return "";
  if (found.length === 1) return `Of the venues that are on, only this one has ${nameOf(symbol)}.`;
  const known = instrument?.base && instrument?.quote;
  return known ? `No venue that is on lists ${nameOf(symbol)}.` : `Nobody said what ${nameOf(symbol)} is made of, so it can't be found on other venues. Open a symbol of a venue's list.`;
}

/**
 * Return the headline: how far the best bid and the best ask are apart, in brief and in full.
 * @param {ReturnType<typeof compare>} found @param {(symbol: string) => string} nameIt
 */
export function headline({ bid, ask, spread, part, crossed, origin }, decimals, nameIt) {
  if (spread === null) return { brief: "nothing live to compare", full: "There is no live bid and ask to compare now." };
  const side = (name, best) => `${name} ${formatPrice(best.price, decimals)} at ${nameIt(best.symbol)}`;
  const width = `${formatPrice(Math.abs(spread), decimals)} · ${formatPoints(Math.abs(part))}`;
  const brief = [origin, crossed ? `CROSSED by ${width}` : `spread ${width}`].filter(Boolean).join(" ");
  return { brief, full: [side("Best bid", bid), side("best ask", ask), brief].join(", ") };
}

export class Elsewhere {
  /** @type {Set<string>} the symbols that are to be streamed, for they are seen */
  wanted = new Set();
  /** @type {any[]} */
  #found = [];
  #symbol = null;
  #state = "idle";
  #reason = "";
  #seen = false;
  #asking = new AbortController();
  /** @type {Map<string, OfferRow>} */
  #rows = new Map();

  /**
   * @param {{store: import("../store.js").Store, painter: import("../painter.js").Painter,
   *   clock: import("../clock.js").Clock, venues: Map<string, any>,
   *   fetchElsewhere: (asked: {symbol: string, signal: AbortSignal}) => Promise<any[]>,
   *   onOpen: (symbol: string) => void, onWant: () => void}} parts `onWant`: `wanted` has changed
   */
  constructor({ store, painter, clock, venues, fetchElsewhere, onOpen, onWant }) {
    Object.assign(this, { store, clock, venues, fetchElsewhere, onOpen, onWant });
    /** Have it painted: the ages at least. */
    this.ask = painter.job(() => this.#paint());
    this.#build();
    const mine = (symbol) => { if (this.wanted.has(symbol)) this.ask(); };
    for (const topic of ["quote", "refused", "instrument"]) store.on(topic, mine);
    for (const topic of ["status", "connection"]) store.on(topic, this.ask);
    for (const topic of ["active", "renamed"]) store.on(topic, () => this.#look());
    whenSeen(this.element, (seen) => { this.#seen = seen; this.#look(); });
  }

  #build() {
    const heads = Object.entries(HEADS).map(([field, text]) => make("span", { role: "columnheader", "data-cell": field, title: field === "best" ? BEST_TITLE : null }, text));
    this.head = make("div", { role: "rowgroup", class: "panel-head" }, make("div", { role: "row", class: "offer-row" }, ...heads));
    this.body = make("div", { role: "rowgroup", class: "panel-rows" });
    this.table = make("div", { class: "panel-table", role: "table", "aria-label": "Same asset elsewhere" }, this.head, this.body);
    this.tools = make("span", { class: "offer-spread" });
    this.text = make("span");
    this.again = make("button", { type: "button" }, "Try again");
    this.again.addEventListener("click", () => this.#load());
    this.note = make("p", { class: "panel-note" }, this.text, this.again);
    this.element = make("div", { class: "elsewhere" }, this.table, this.note);
  }

  /** Look at what is active now, if anybody looks here; one of those that were found has the same others. */
  #look() {
    const { active } = this.store;
    if (this.#found.some(({ symbol }) => symbol === active)) this.#symbol = active;
    if (this.#seen && active !== this.#symbol) this.#load();
    this.#want();
    this.ask();
  }

  async #load() {
    const symbol = this.store.active;
    this.#asking.abort();
    this.#asking = new AbortController();
    const { signal } = this.#asking;
    this.#set(symbol, [], hopeless(symbol) ? "hopeless" : "loading");
    if (hopeless(symbol)) return;
    try {
      const found = await this.fetchElsewhere({ symbol, signal });
      if (!signal.aborted) this.#set(symbol, found, "found");
    } catch (error) {
      if (!signal.aborted) this.#set(symbol, [], "failed", error.message);
    }
  }

  #set(symbol, found, state, reason = "") {
    [this.#symbol, this.#found, this.#state, this.#reason] = [symbol, found, state, reason];
    for (const each of found) if (!this.store.instruments.has(each.symbol)) this.store.setInstrument(each);
    this.#fill();
    this.#want();
    this.ask();
  }

  /** Nothing is streamed for a panel that nobody sees. */
  #want() {
    const wanted = new Set(this.#seen ? this.#found.map(({ symbol }) => symbol) : []);
    if (wanted.size === this.wanted.size && [...wanted].every((symbol) => this.wanted.has(symbol))) return;
    this.wanted = wanted;
    this.onWant();
  }

  #fill() {
    this.#rows = new Map(this.#found.map((each) => [each.symbol, new OfferRow({
      symbol: each.symbol, title: this.#title(each.symbol), facts: this.venues.get(each.venue), open: () => this.onOpen(each.symbol),
    })]));
    this.body.replaceChildren(...[...this.#rows.values()].map(({ element }) => element));
  }

  #title(symbol) {
    return nameFor(venueOf(symbol), this.venues.get(venueOf(symbol)));
  }

  #offer({ symbol, quote }) {
    const { bid, ask } = this.store.quotes.get(symbol) ?? {};
    return { symbol, quote, bid, ask, state: this.store.freshness(symbol), origin: originOf(symbol, this.venues) };
  }

  #words() {
    const name = nameOf(this.#symbol ?? "");
    if (this.#state === "loading") return `Looking for ${name} on other venues …`;
    if (this.#state === "failed") return `What else has ${name} isn't known: ${this.#reason}.`;
    return hopeless(this.#symbol) || foundText(this.#symbol, this.#found, this.store.instruments.get(this.#symbol));
  }

  #paint() {
    if (!this.#seen) return;
    const words = this.#words();
    this.note.hidden = !words;
    this.again.hidden = this.#state !== "failed";
    setText(this.text, words);
    this.table.hidden = this.#found.length === 0;
    if (this.#found.length === 0) setText(this.tools, "");
    else this.#paintOffers(this.#found.map((each) => this.#offer(each)));
  }

  #paintOffers(offers) {
    const found = compare(offers, this.#symbol);
    const counted = offers.filter(({ symbol }) => found.rows.get(symbol).counted);
    const decimals = Math.max(0, ...counted.map((offer) => this.#decimals(offer)));
    const own = offers.find(({ symbol }) => symbol === this.#symbol)?.quote;
    for (const offer of offers) this.#paintOffer(offer, found.rows.get(offer.symbol), decimals, own);
    const { brief, full } = headline(found, decimals, (symbol) => this.#title(symbol));
    setText(this.tools, brief);
    setAttribute(this.tools, "title", full);
    setAttribute(this.tools, "data-crossed", found.crossed ? "" : null);
  }

  #decimals({ symbol, bid, ask }) {
    return this.store.decimals(symbol, bid ?? ask ?? this.store.quotes.get(symbol)?.last ?? 0);
  }

  #paintOffer(offer, place, decimals, own) {
    const quote = this.store.quotes.get(offer.symbol);
    const shown = this.#decimals(offer);
    const time = quote?.time ?? quote?.received;
    this.#rows.get(offer.symbol).paint({
      offer, place, active: offer.symbol === this.store.active, refused: this.store.refused.get(offer.symbol),
      price: (value) => formatPrice(value ?? NaN, shown), token: offer.quote === own ? "" : offer.quote, distance: (value) => formatDifference(value, decimals),
      age: time ? formatAge(this.clock.time() - time) : "–",
    });
  }
}
