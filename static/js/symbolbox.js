/** View floor. The symbol box: a combobox over /api/symbols that any letter opens. */

import { make } from "./dom.js";

const PAUSE = 80;
const SHOWN = 12;
const WHOLE = /^[A-Z0-9_.]{1,24}:[A-Z0-9._\-^=/]{1,32}$/;

/** Tell whether a key pressed on the page is a letter meant for the symbol box. */
export function isLetter(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return false;
  return /^\p{L}$/u.test(event.key) && !event.target.closest?.("input, textarea, select, [contenteditable]");
}

export class SymbolBox {
  #found = [];
  #chosen = -1;
  #timer = null;
  #running = null;
  #entered = false;

  /**
   * @param {HTMLElement} root
   * @param {{search: (query: {q: string, limit: number, signal: AbortSignal}) => Promise<any[]>,
   *   venues: Map<string, any>, onOpen: (instrument: {symbol: string}) => void}} parts
   */
  constructor(root, parts) {
    Object.assign(this, parts);
    this.input = root.querySelector("input");
    this.list = root.querySelector("[role=listbox]");
    this.note = root.querySelector("[data-note]");
    this.input.addEventListener("input", () => this.#typed());
    this.input.addEventListener("keydown", (event) => this.#key(event));
    this.input.addEventListener("blur", () => this.#leave());
    this.list.addEventListener("mousedown", (event) => this.#click(event));
    document.addEventListener("keydown", (event) => this.#anywhere(event));
  }

  /** Show which symbol is open. */
  show(symbol) {
    this.input.placeholder = symbol;
  }

  #anywhere(event) {
    if (!isLetter(event)) return;
    event.preventDefault();
    this.input.focus();
    this.input.value = event.key;
    this.#typed();
  }

  #typed() {
    clearTimeout(this.#timer);
    this.#running?.abort();
    this.#running = null;
    this.#entered = false;
    if (!this.input.value.trim()) return this.#show([], "");
    this.#timer = setTimeout(() => this.#search(), PAUSE);
    return undefined;
  }

  async #search() {
    this.#timer = null;
    const running = new AbortController();
    this.#running = running;
    try {
      const found = await this.search({ q: this.#text(), limit: SHOWN, signal: running.signal });
      if (running.signal.aborted) return;
      this.#show(found, found.length ? "" : `Nothing is called ${this.#text()}.`);
    } catch (error) {
      if (running.signal.aborted) return;
      this.#show([], `No search now: ${error.message}.`);
    }
    this.#running = null;
    if (this.#entered) this.#enter();
  }

  #text() {
    return this.input.value.trim().toUpperCase();
  }

  #show(found, note) {
    this.#found = found;
    this.list.replaceChildren(...found.map((instrument, place) => this.#option(instrument, place)));
    this.note.textContent = note;
    this.note.hidden = !note;
    this.list.hidden = !found.length;
    this.input.setAttribute("aria-expanded", String(found.length > 0));
    this.#choose(this.#best(found));
  }

  /** The symbol that was typed in full comes before the order of the answer. */
  #best(found) {
    const exact = found.findIndex((instrument) => instrument.symbol === this.#text());
    return exact >= 0 ? exact : Math.min(0, found.length - 1);
  }

  #option(instrument, place) {
    const facts = this.venues.get(instrument.venue);
    const word = facts?.simulated ? "SIMULATED" : facts?.delay_minutes ? "DELAYED" : "";
    return make("li", { role: "option", id: `symbol-option-${place}`, "data-place": place },
      make("b", {}, instrument.name ?? instrument.symbol), make("span", { class: "title" }, instrument.title ?? ""),
      make("span", { class: "venue" }, `${instrument.venue ?? ""}${word ? ` · ${word}` : ""}`));
  }

  #choose(place) {
    this.#chosen = place;
    [...this.list.children].forEach((option, each) => option.setAttribute("aria-selected", String(each === place)));
    const option = this.list.children[place];
    option?.scrollIntoView({ block: "nearest" });
    if (option) this.input.setAttribute("aria-activedescendant", option.id);
    else this.input.removeAttribute("aria-activedescendant");
  }

  #key(event) {
    const many = this.#found.length;
    if (event.key === "ArrowDown" && many) this.#choose((this.#chosen + 1) % many);
    else if (event.key === "ArrowUp" && many) this.#choose((this.#chosen - 1 + many) % many);
    else if (event.key === "Enter") this.#enter();
    else if (event.key === "Escape") this.input.blur();
    else return;
    event.preventDefault();
  }

  #click(event) {
    event.preventDefault();
    const option = event.target.closest("[data-place]");
    if (option) this.#open(this.#found[Number(option.dataset.place)]);
  }

  /** Enter before the answer is there waits for it; a whole symbol that is not listed is tried as it is. */
  #enter() {
    const text = this.#text();
    if (!text) return;
    this.#entered = this.#timer !== null || this.#running !== null;
    if (this.#entered) return;
    const found = this.#found[this.#chosen];
    if (found) this.#open(found);
    else if (WHOLE.test(text)) this.#open({ symbol: text });
  }

  #open(instrument) {
    this.input.blur();
    this.onOpen(instrument);
  }

  #leave() {
    this.input.value = "";
    this.#typed();
  }
}
