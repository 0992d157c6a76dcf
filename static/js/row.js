/** View floor. One row of the watchlist. */

import { make, setAttribute, setText } from "./dom.js";
import { changePercent, formatAge, formatPercent, formatPrice, formatVolume } from "./format.js";
import { isFormula, nameOf, venueOf } from "./symbols.js";

const FIELDS = ["last", "change", "age", "bid", "ask", "volume"];
const FLASHING = ["last", "bid", "ask"];
const FLASH = 300;
const TINT = { up: "var(--up-tint)", down: "var(--down-tint)" };

/** Return the word a price needs beside it: REPLAY, SIMULATED, DELAYED, CLOSED, STALE, OFF, or none when it is live. */
export function wordFor(state, origin, priced) {
  if (origin) return origin;
  if (state === "live" || (state === "stale" && !priced)) return "";
  return state.toUpperCase();
}

export class Row {
  #cells = {};
  #shown = {};

  /** @param {{symbol: string, origin: string, onOpen: () => void, onRemove: () => void, calm: () => boolean}} parts */
  constructor({ symbol, origin, onOpen, onRemove, calm }) {
    Object.assign(this, { symbol, origin, calm });
    this.word = make("span", { class: "word" });
    this.reason = make("div", { role: "cell", class: "reason", "data-field": "reason", hidden: "" });
    for (const field of FIELDS) this.#cells[field] = make("div", { role: "cell", "data-field": field });
    this.element = this.#build(onOpen, onRemove);
  }

  #build(onOpen, onRemove) {
    const remove = make("button", { type: "button", class: "remove", "aria-label": `Remove ${this.symbol}` }, "×");
    remove.addEventListener("click", onRemove);
    const venue = make("span", { class: "venue" }, venueOf(this.symbol), this.word);
    const name = make("div", { role: "rowheader", class: "name" }, this.#name(), venue);
    const row = make("div", { role: "row", class: isFormula(this.symbol) ? "row formula" : "row", "data-symbol": this.symbol, "data-state": "stale", tabindex: "-1" },
      name, ...Object.values(this.#cells), this.reason, make("div", { role: "cell", class: "tools" }, remove));
    row.addEventListener("click", (event) => remove.contains(event.target) || onOpen());
    return row;
  }

  /** A formula's name is broken between its parts, never inside one. */
  #name() {
    if (!isFormula(this.symbol)) return make("b", {}, nameOf(this.symbol));
    const parts = nameOf(this.symbol).split(" ").map((part) => make("span", {}, part));
    return make("b", { title: this.symbol }, ...parts.flatMap((part) => [part, " "]));
  }

  /**
   * Show the newest state.
   * @param {{quote: import("./wire.js").Quote|undefined, state: string, decimals: number, refused: string|undefined}} now
   */
  paint({ quote, state, decimals, refused }) {
    const change = changePercent(quote?.last, quote?.open);
    setAttribute(this.element, "data-state", state);
    setAttribute(this.element, "data-time", quote?.time ?? null);
    setText(this.word, wordFor(state, this.origin, quote?.last != null));
    for (const field of FLASHING) this.#price(field, quote?.[field], decimals, state);
    setText(this.#cells.change, formatPercent(change));
    setAttribute(this.#cells.change, "data-sign", change === null ? null : String(Math.sign(Number(change.toFixed(2)))));
    setText(this.#cells.volume, formatVolume(quote?.volume ?? NaN));
    this.#refuse(refused);
  }

  /** Show how old the price is at `now` (ms of the server's clock). */
  age(quote, now) {
    const time = quote?.time ?? quote?.received;
    setText(this.#cells.age, time ? formatAge(now - time) : "–");
  }

  #price(field, value, decimals, state) {
    const before = this.#shown[field];
    this.#shown[field] = value;
    const text = formatPrice(value ?? NaN, decimals);
    if (this.#cells[field].textContent === text) return;
    this.#cells[field].textContent = text;
    if (before != null && value != null && (state === "live" || state === "delayed")) this.#flash(field, value > before);
  }

  #flash(field, up) {
    if (this.calm()) return;
    const tint = up ? TINT.up : TINT.down;
    const cell = this.#cells[field];
    for (const running of cell.getAnimations()) running.cancel();
    cell.animate([{ backgroundColor: tint }, { backgroundColor: tint, offset: 0.5 }, { backgroundColor: "transparent" }], FLASH);
  }

  #refuse(refused) {
    this.reason.hidden = !refused;
    this.element.classList.toggle("refused", Boolean(refused));
    setText(this.reason, refused ?? "");
    setAttribute(this.reason, "title", refused);
  }
}
