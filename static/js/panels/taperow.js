/** View floor. One row of the tape: a trade, or that trades are missing. */

import { make, setAttribute, setText } from "../dom.js";
import { formatAge, formatPrice } from "../format.js";
import { formatMoment, formatSize } from "./figures.js";
import { isNote } from "./trades.js";

/** The columns in their order: field → its head. */
export const COLUMNS = { time: "Time", price: "Price", size: "Size", side: "Side", age: "Age" };

/** Return the words for trades that aren't there. */
export function noteText({ missed }) {
  if (!missed) return "trades may be missing here";
  return missed === 1 ? "1 trade not shown" : `${missed} trades not shown`;
}

export class TapeRow {
  #cells = {};
  #shown = null;
  #decimals = "";

  constructor() {
    for (const field of Object.keys(COLUMNS)) this.#cells[field] = make("span", { role: "cell", "data-cell": field });
    this.element = make("div", { class: "tape-row" }, ...Object.values(this.#cells));
  }

  /** Show an entry. @param {{price: number, size: number}} decimals @param {number} now ms of the server's clock */
  paint(entry, decimals, now) {
    const key = `${decimals.price} ${decimals.size} ${entry.missed}`;
    if (entry !== this.#shown || key !== this.#decimals) this.#fill(entry, decimals);
    [this.#shown, this.#decimals] = [entry, key];
    setText(this.#cells.age, isNote(entry) ? "" : formatAge(now - entry.time));
  }

  #fill(entry, decimals) {
    const note = isNote(entry);
    setAttribute(this.element, "data-side", note ? "note" : entry.side ?? "none");
    setAttribute(this.element, "data-recap", entry.recap ? "" : null);
    setAttribute(this.element, "title", entry.recap ? "From before: told again by the venue" : null);
    setText(this.#cells.time, note ? noteText(entry) : formatMoment(entry.time));
    setText(this.#cells.price, note ? "" : formatPrice(entry.price, decimals.price));
    setText(this.#cells.size, note ? "" : formatSize(entry.size, decimals.size));
    setText(this.#cells.side, note ? "" : entry.side ?? "–");
  }
}
