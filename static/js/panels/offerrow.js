/** View floor. What one venue bids and asks for an asset that others have as well. */

import { make, setAttribute, setText } from "../dom.js";
import { venueOf } from "../symbols.js";
import { kindWord, nameInFull } from "./venues.js";

/** Return what stands under "vs best": how far the bid and the ask are from the best, or why that isn't compared. */
export function bestText({ state, origin, bid, ask }, { counted, bid: below, ask: above }, distance) {
  if (state === "stale" && bid == null && ask == null) return "";
  if (state !== "live" && state !== "delayed") return state;
  if (bid == null && ask == null) return "no book";
  if (!counted && (origin || state === "delayed")) return "not counted";
  const word = (far) => (far === null ? "–" : far === 0 && counted ? "best" : distance(far));
  return below === 0 && above === 0 && counted ? "best" : `${word(below)} / ${word(above)}`;
}

export class OfferRow {
  #cells = {};

  /** @param {{symbol: string, title: string, facts: any, open: () => void}} parts */
  constructor({ symbol, title, facts, open }) {
    this.token = make("span", { class: "token" });
    for (const field of ["bid", "ask", "best", "age"]) this.#cells[field] = make("span", { role: "cell", "data-cell": field });
    const button = make("button", { type: "button", title: `Open ${symbol}` }, title);
    const name = make("span", { role: "rowheader", "data-cell": "venue" }, button, this.token, make("span", { class: "word" }, kindWord(facts)));
    name.title = nameInFull(venueOf(symbol), facts);
    this.element = make("div", { class: "offer-row", role: "row", "data-offer": symbol }, name, ...Object.values(this.#cells));
    this.element.addEventListener("click", open);
  }

  /**
   * Show its newest prices; `token` is its quote where that is another.
   * @param {{offer: import("./best.js").Offer, place: {counted: boolean, bid: number|null, ask: number|null},
   *   token: string, active: boolean, refused: string|undefined, age: string, price: (value: any) => string, distance: (value: number) => string}} now
   */
  paint({ offer, place, token, active, refused, age, price, distance }) {
    setText(this.token, token);
    setAttribute(this.element, "data-state", offer.state);
    setAttribute(this.element, "data-counted", String(place.counted));
    setAttribute(this.element, "aria-current", active ? "true" : null);
    setAttribute(this.element, "title", refused ?? null);
    for (const side of ["bid", "ask"]) {
      setText(this.#cells[side], price(offer[side]));
      setAttribute(this.#cells[side], "data-none", offer[side] == null ? "" : null);
      setAttribute(this.#cells[side], "data-best", place.counted && place[side] === 0 ? "" : null);
    }
    setText(this.#cells.best, bestText(offer, place, distance));
    setText(this.#cells.age, age);
  }
}
