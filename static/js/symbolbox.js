/** View floor. The symbol box: a combobox over /api/symbols that any letter opens. */

import { make, standOn } from "./dom.js";
import { asTyped, best, suggest, used } from "./suggest.js";
import { isFormula, nameOf, originOf, venueOf } from "./symbols.js";

const PAUSE = 80;
const SHOWN = 12;
const LONG = 24;
const EMPTY = "Type a part of a name, or VENUE:NAME. What you open is listed here.";
const RULES = "Formula: + - * / with spaces around them, brackets, numbers, up to 8 symbols. Enter opens it.";

/** Tell whether a key pressed on the page is meant for the symbol box: a letter, or the = of a formula. */
export function isLetter(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return false;
  return /^[\p{L}=]$/u.test(event.key) && !event.target.closest?.("input, textarea, select, [contenteditable]");
}

export class SymbolBox {
  #shown = null;
  #offers = [];
  #chosen = -1;
  #timer = null;
  #running = null;
  #entered = false;

  /**
   * @param {HTMLElement} root
   * @param {{search: (query: {q: string, limit: number, signal: AbortSignal}) => Promise<any[]>, venues: Map<string, any>,
   *   recent: any[], onRecent: (recent: any[]) => void, onOpen: (instrument: {symbol: string}) => void}} parts
   */
  constructor(root, parts) {
    Object.assign(this, parts, { root });
    this.input = root.querySelector("input");
    this.offers = root.querySelector("[data-offers]");
    this.list = root.querySelector("[role=listbox]");
    this.note = root.querySelector("[data-note]");
    this.input.addEventListener("input", () => this.#typed());
    this.input.addEventListener("focus", () => this.#typed());
    this.input.addEventListener("keydown", (event) => this.#key(event));
    this.input.addEventListener("blur", () => this.#leave());
    this.list.addEventListener("mousedown", (event) => this.#click(event));
    document.addEventListener("keydown", (event) => this.#anywhere(event));
  }

  /** Show which symbol is open, wherever it was chosen: what was open before is offered in an empty box. */
  show(symbol) {
    this.#shown = symbol;
    this.#remember(symbol);
    this.input.placeholder = symbol;
    this.input.title = symbol.length > LONG ? symbol : "";
    this.root.classList.toggle("long", symbol.length > LONG);
  }

  /** A symbol is called otherwise: that is how it was used. */
  rename(from, to) {
    const old = this.recent.find((each) => each.symbol === from);
    if (!old) return;
    this.recent = used({ ...old, symbol: to, name: nameOf(to) }, this.recent.filter((each) => each !== old));
    this.onRecent(this.recent);
  }

  #remember(symbol) {
    if (this.recent[0]?.symbol === symbol) return;
    const known = this.recent.find((each) => each.symbol === symbol);
    this.recent = used(known ?? { symbol, venue: venueOf(symbol), name: nameOf(symbol) }, this.recent);
    this.onRecent(this.recent);
  }

  /** What was used before, but for what is open now. */
  get #others() {
    return this.recent.filter(({ symbol }) => symbol !== this.#shown);
  }

  /** Put the focus into the box with a text in it. */
  type(text) {
    this.input.focus();
    this.input.value = text;
    this.#typed();
  }

  #anywhere(event) {
    if (event.defaultPrevented || !isLetter(event) || document.querySelector("dialog[open]")) return;
    event.preventDefault();
    this.type(event.key);
  }

  #forget() {
    clearTimeout(this.#timer);
    this.#running?.abort();
    this.#timer = this.#running = null;
    this.#entered = false;
  }

  #typed() {
    this.#forget();
    const text = this.#text();
    if (!text) return this.#show(this.#others.slice(0, SHOWN), this.#others.length ? "" : EMPTY);
    if (isFormula(text)) return this.#show([asTyped(text)], RULES);
    this.#timer = setTimeout(() => this.#search(), PAUSE);
    return undefined;
  }

  async #search() {
    this.#timer = null;
    const running = new AbortController();
    this.#running = running;
    const text = this.#text();
    try {
      const offers = suggest(text, await this.search({ q: text, limit: SHOWN, signal: running.signal }), this.#others);
      if (running.signal.aborted) return;
      this.#show(offers, offers.length ? "" : `Nothing is called ${text}. Any symbol can be typed in full: VENUE:NAME.`);
    } catch (error) {
      if (running.signal.aborted) return;
      this.#show(suggest(text, [], this.#others), `No search now: ${error.message}.`);
    }
    this.#running = null;
    if (this.#entered) this.#enter();
  }

  #text() {
    return this.input.value.trim().toUpperCase();
  }

  #show(offers, note) {
    this.#offers = offers;
    this.list.replaceChildren(...offers.map((offer, place) => this.#option(offer, place)));
    this.note.textContent = note;
    this.note.hidden = !note;
    this.list.hidden = !offers.length;
    this.offers.hidden = !offers.length && !note;
    this.input.setAttribute("aria-expanded", String(offers.length > 0));
    this.#choose(best(this.#text(), offers));
  }

  #option({ symbol, name, title, kind }, place) {
    const venue = venueOf(symbol);
    const word = originOf(symbol, this.venues) || (this.venues.get(venue)?.delay_minutes ? "DELAYED" : "");
    return make("li", { role: "option", id: `symbol-option-${place}`, "data-place": place },
      make("b", {}, name ?? nameOf(symbol)), make("span", { class: "title" }, title ?? ""), make("span", { class: "kind" }, kind ?? ""),
      make("span", { class: "venue" }, venue, make("span", { class: "word" }, word)));
  }

  #choose(place) {
    this.#chosen = place;
    standOn(this.input, this.list, place);
  }

  #key(event) {
    const many = this.#offers.length;
    if (event.key === "ArrowDown" && many) this.#choose((this.#chosen + 1) % many);
    else if (event.key === "ArrowUp" && many) this.#choose(this.#chosen > 0 ? this.#chosen - 1 : many - 1);
    else if (event.key === "Enter") this.#enter();
    else if (event.key === "Escape") this.input.blur();
    else return;
    event.preventDefault();
  }

  #click(event) {
    event.preventDefault();
    const option = event.target.closest("[data-place]");
    if (option) this.#open(this.#offers[Number(option.dataset.place)]);
  }

  /** Enter before the answer is there waits for it. */
  #enter() {
    this.#entered = this.#timer !== null || this.#running !== null;
    const offer = this.#offers[this.#chosen];
    if (!this.#entered && offer) this.#open(offer);
  }

  #open(offer) {
    this.recent = used(offer, this.recent);
    this.onRecent(this.recent);
    this.input.blur();
    this.onOpen(offer);
  }

  #leave() {
    this.input.value = "";
    this.#forget();
    this.#show([], "");
  }
}
