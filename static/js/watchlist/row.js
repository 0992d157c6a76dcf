/** View floor. One row of the watchlist. */

import { make, setAttribute, setText } from "../dom.js";
import { formatAge } from "../format.js";
import { isFormula, nameOf, venueOf } from "../symbols.js";
import { SHOW, newCell } from "./cells.js";

/** The states of a price that moves. */
export const FLOWS = new Set(["live", "delayed"]);

/** Return the word a price needs beside it: REPLAY, SIMULATED, DELAYED, CLOSED, STALE, OFF, or none when it is live. */
export function wordFor(state, origin, priced) {
  if (origin) return origin;
  if (state === "live" || (state === "stale" && !priced)) return "";
  return state.toUpperCase();
}

/** Return why a symbol was refused, without its name at the beginning: the row says that already. */
export function shortReason(symbol, reason) {
  const name = `unknown symbol ${symbol}: `;
  return reason.startsWith(name) ? reason.slice(name.length) : reason;
}

export class Row {
  /** @type {Map<string, any>} column → its cell */
  #cells = new Map();
  #state = "stale";
  #time = null;
  #word = "";
  #refused = "";
  #place = null;
  #current = false;
  #reached = false;

  /**
   * @param {{symbol: string, origin: string, venue: string, columns: string[],
   *   flashes: import("./flashes.js").Flashes}} parts `venue` is the venue's title
   */
  constructor({ symbol, origin, venue, columns, flashes }) {
    Object.assign(this, { symbol, origin, venue, flashes });
    for (const column of columns) this.#cells.set(column, newCell(column));
    this.word = make("span", { class: "word" });
    this.reason = make("div", { role: "cell", class: "reason", "data-field": "reason", hidden: "" });
    this.remove = make("button", { type: "button", class: "remove", "aria-label": `Remove ${symbol}`, tabindex: "-1" }, "×");
    this.element = this.#build();
  }

  #build() {
    const where = make("span", { class: "where" }, make("span", { class: "venue" }, venueOf(this.symbol)), this.word);
    const name = make("div", { role: "rowheader", class: "name" }, this.#name(), where);
    const cells = [...this.#cells.values()].map((cell) => cell.element);
    return make("div", { role: "row", class: isFormula(this.symbol) ? "row formula" : "row", "data-symbol": this.symbol,
      "data-state": "stale", tabindex: "-1" }, name, ...cells, this.reason, make("div", { role: "cell", class: "taking" }, this.remove));
  }

  /** A formula's name is broken between its parts, never inside one. */
  #name() {
    if (!isFormula(this.symbol)) return make("b", { title: this.symbol }, nameOf(this.symbol));
    const parts = nameOf(this.symbol).split(" ").map((part) => make("span", {}, part));
    return make("b", { title: this.symbol }, ...parts.flatMap((part) => [part, " "]));
  }

  /** Put the row where the row `place` of all (from 0) stands. */
  at(place, height) {
    const key = `${place}/${height}`;
    if (key === this.#place) return;
    this.#place = key;
    this.element.style.transform = `translateY(${place * height}px)`;
    this.element.setAttribute("aria-rowindex", place + 2);
  }

  /** Say whether this is the row of the active chart, and whether Tab reaches it. */
  mark(current, reached) {
    if (current !== this.#current) setAttribute(this.element, "aria-current", (this.#current = current) ? "true" : null);
    if (reached !== this.#reached) this.element.tabIndex = this.remove.tabIndex = (this.#reached = reached) ? 0 : -1;
  }

  /**
   * Show the newest state.
   * @param {{quote: import("../wire.js").Quote|undefined, state: string, decimals: number, refused: string|undefined}} now
   */
  paint({ quote, state, decimals, refused = "" }) {
    const [element, time, word] = [this.element, quote?.time ?? null, wordFor(state, this.origin, quote?.last != null)];
    if (state !== this.#state) element.setAttribute("data-state", this.#state = state);
    if (time !== this.#time) this.#stamp(time);
    if (word !== this.#word) this.word.textContent = this.#word = word;
    const shown = { quote, decimals, venue: this.venue, flashes: FLOWS.has(state) ? this.flashes : null };
    for (const [column, cell] of this.#cells) SHOW[column]?.(cell, shown);
    if (refused !== this.#refused) this.#refuse(refused);
  }

  #stamp(time) {
    this.#time = time;
    if (time === null) this.element.removeAttribute("data-time");
    else this.element.setAttribute("data-time", time);
  }

  /** Show how old the price is at `now` (ms of the server's clock). */
  age(quote, now) {
    const time = quote?.time ?? quote?.received;
    this.#cells.get("age")?.show(time ? formatAge(now - time) : "–");
  }

  /** Show the line of the day. */
  trend(line) {
    this.#cells.get("trend")?.show(line);
  }

  #refuse(refused) {
    this.#refused = refused;
    this.reason.hidden = !refused;
    this.element.classList.toggle("refused", Boolean(refused));
    setText(this.reason, shortReason(this.symbol, refused));
    this.reason.title = refused;
  }
}
