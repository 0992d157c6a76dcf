/** View floor. The command line: what is typed, what may come next, and in words what Enter will do. */

import { make, setText, standOn } from "../dom.js";
import { suggestions, sought } from "./complete.js";
import { closeBeside, show } from "./dialog.js";
import { meant, parse } from "./grammar.js";
import { phrase } from "./phrase.js";
import { Recalled } from "./recalled.js";
import { lookUp, resolve } from "./resolve.js";
import { LONGEST } from "./tokens.js";

const PAUSE = 80;
const SHOWN = 12;
const KEYS = "Tab takes the first · ↑ lines of before · Esc leaves";
const NOTHING = "Type a command, or choose one.";
const SYMBOLS = ["open", "compare"];

export class Palette {
  #offers = [];
  #chosen = -1;
  #found = new Map(); // searched text → instruments
  #meant = new Map(); // text of a line → instrument, or null where nothing is called so
  #timer = null;
  #running = null;
  #recalled = new Recalled();

  /**
   * @param {{facts: () => import("./values.js").Facts, act: (action: any) => void,
   *   search?: (query: {q: string, limit: number, signal: AbortSignal}) => Promise<any[]>}} parts
   */
  constructor({ facts, act, search = null }) {
    Object.assign(this, { facts, act, search });
  }

  /** Show the command line with a text in it; the key that opened it closes it. */
  open(text = "") {
    this.dialog ??= this.#make();
    if (this.dialog.open && !text) return this.dialog.close();
    if (!this.dialog.open) this.#forget();
    show(this.dialog);
    this.#write(text);
    return this.input.focus();
  }

  /** What was found may be otherwise by now. */
  #forget() {
    this.#found.clear();
    this.#meant.clear();
    this.#recalled.rest();
  }

  #make() {
    this.input = make("input", { type: "text", role: "combobox", "aria-label": "Command", "aria-expanded": "false", "aria-autocomplete": "list",
      "aria-controls": "command-offers", "aria-describedby": "command-will", placeholder: "btc-usd 5m ema 20", maxlength: LONGEST,
      autocomplete: "off", autocapitalize: "none", spellcheck: "false", enterkeyhint: "go" });
    this.will = make("p", { class: "will", id: "command-will", "aria-live": "polite" });
    this.list = make("ul", { role: "listbox", id: "command-offers", "aria-label": "What may come next" });
    const dialog = make("dialog", { class: "sheet palette", "aria-label": "Command line" }, this.input, this.will, this.list,
      make("p", { class: "foot-note" }, KEYS));
    this.input.addEventListener("input", () => this.#typed());
    this.input.addEventListener("keydown", (event) => this.#key(event));
    this.list.addEventListener("click", (event) => this.#click(event));
    this.list.addEventListener("pointerdown", (event) => event.preventDefault()); // the focus stays in the line
    dialog.addEventListener("close", () => this.#stop());
    closeBeside(dialog);
    document.body.append(dialog);
    return dialog;
  }

  /** Put a text into the line, the caret at its end. */
  #write(text) {
    this.input.value = text;
    this.input.setSelectionRange(text.length, text.length);
    this.#show();
    this.#ask();
  }

  #typed() {
    this.#recalled.rest();
    this.#show();
    this.#ask();
  }

  // -------------------------------------------------------------- what is shown
  #show() {
    const line = this.input.value;
    const facts = this.facts();
    this.#offers = suggestions(line, facts, this.#found.get(sought(line, facts)));
    this.list.replaceChildren(...this.#offers.map((offer, place) => this.#option(offer, place)));
    this.list.hidden = !this.#offers.length;
    this.input.setAttribute("aria-expanded", String(this.#offers.length > 0));
    this.#choose(-1);
    this.#tell();
  }

  #option({ shown, says }, place) {
    return make("li", { role: "option", id: `command-offer-${place}`, "data-place": place, "aria-selected": "false" },
      make("b", {}, shown), make("span", {}, says));
  }

  /** Say what Enter does, or why it does nothing. */
  #tell() {
    const { actions, error } = this.#read();
    const half = error && this.#offers.length > 0; // while a word is half there, its offers say more
    this.dialog.classList.toggle("wrong", Boolean(error) && !half);
    setText(this.will, half ? this.#sofar() : error ?? (actions.length ? `Enter: ${phrase(actions, this.facts())}` : NOTHING));
  }

  /** Return what the line says without the word that is being typed. */
  #sofar() {
    const { actions } = parse(this.input.value.replace(/\S*$/, ""), this.facts());
    return actions.length ? `${phrase(actions, this.facts())} · …` : NOTHING;
  }

  /** Return what the line asks for, with the instruments that its symbols were found to be. */
  #read() {
    const facts = this.facts();
    const read = parse(this.input.value, facts);
    const unknown = read.actions.find((action) => SYMBOLS.includes(action.do) && this.#meant.get(action.text) === null);
    if (unknown) return { actions: [], error: this.#nothing(unknown.text, facts) };
    const known = (action) => (SYMBOLS.includes(action.do) ? this.#meant.get(action.text) : undefined);
    return { ...read, actions: read.actions.map((action) => (known(action) ? { ...action, instrument: known(action) } : action)) };
  }

  #nothing(text, facts) {
    const near = meant(text, facts);
    return `Nothing is called ${text}.${near ? ` Did you mean ${near}?` : " Any symbol can be typed in full: VENUE:NAME."}`;
  }

  #choose(place) {
    this.#chosen = place;
    standOn(this.input, this.list, place);
  }

  // -------------------------------------------------------------- what is found
  #stop() {
    clearTimeout(this.#timer);
    this.#running?.abort();
    this.#timer = this.#running = null;
  }

  #ask() {
    this.#stop();
    if (this.search) this.#timer = setTimeout(() => this.#search(), PAUSE);
  }

  /** Search for the word that is typed, and for what the symbols of the line are; a failed search says nothing here. */
  async #search() {
    const running = new AbortController();
    this.#running = running;
    const line = this.input.value;
    const facts = this.facts();
    const q = sought(line, facts);
    try {
      if (q && !this.#found.has(q)) this.#found.set(q, await this.search({ q, limit: SHOWN, signal: running.signal }));
      await this.#find(this.#symbols(line), facts.symbolNow, running.signal);
    } catch {
      return; // what is typed can be run anyway: whoever does it searches again, and says what is wrong
    }
    if (running.signal.aborted) return;
    const chosen = this.#chosen;
    this.#show();
    if (chosen < this.#offers.length) this.#choose(chosen);
  }

  /** Return the symbols of a line as they are typed. */
  #symbols(line) {
    return parse(line, this.facts()).actions.filter((action) => SYMBOLS.includes(action.do)).map(({ text }) => text);
  }

  async #find(texts, now, signal) {
    for (const text of texts.filter((each) => !this.#meant.has(each))) {
      const found = this.#found.get(text);
      this.#meant.set(text, found?.length ? resolve(text, found, now) : await lookUp(text, this.search, now, signal));
    }
  }

  // -------------------------------------------------------------- what is pressed
  #key(event) {
    if (event.isComposing) return;
    const many = this.#offers.length;
    if (event.key === "ArrowDown") this.#down(many);
    else if (event.key === "ArrowUp") this.#up();
    else if (event.key === "Tab" && !event.shiftKey && many) this.#take(Math.max(0, this.#chosen));
    else if (event.key === "Enter") this.enter();
    else return;
    event.preventDefault();
  }

  #down(many) {
    if (this.#recalled.shown) this.#recall(1);
    else if (many) this.#choose((this.#chosen + 1) % many);
  }

  #up() {
    if (this.#chosen >= 0) this.#choose(this.#chosen - 1);
    else this.#recall(-1);
  }

  #recall(by) {
    const line = this.#recalled.move(by, this.input.value);
    if (line !== null) this.#write(line);
  }

  #click(event) {
    const option = event.target.closest("[data-place]");
    if (option) this.#take(Number(option.dataset.place));
  }

  #take(place) {
    this.#recalled.rest();
    this.#write(this.#offers[place].text);
  }

  /** Enter takes what was chosen, else does what the line says, all of it, once its symbols are known. */
  async enter() {
    if (this.#chosen >= 0) return this.#take(this.#chosen);
    const line = this.input.value;
    await this.#lookUp(line);
    if (!this.dialog.open || this.input.value !== line) return undefined;
    const { actions, error } = this.#read();
    if (error) return this.#refuse(error);
    return actions.length ? this.#run(actions) : undefined;
  }

  async #lookUp(line) {
    const texts = this.#symbols(line).filter((text) => !this.#meant.has(text));
    if (!this.search || !texts.length) return;
    this.#stop();
    this.#running = new AbortController();
    setText(this.will, `Looking up ${texts.join(", ")} …`);
    await this.#find(texts, this.facts().symbolNow, this.#running.signal).catch(() => {}); // the one who opens it says why
  }

  #refuse(error) {
    setText(this.will, error);
    this.dialog.classList.add("wrong");
  }

  #run(actions) {
    this.#recalled.add(this.input.value.trim());
    this.dialog.close();
    for (const action of actions) this.act(action);
  }
}
