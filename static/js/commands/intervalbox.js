/** View floor. A digit opens a small box over the chart; what is typed there becomes its interval. */

import { make, setText } from "../dom.js";
import { closeBeside, show } from "./dialog.js";
import { intervalOf, isNone, spoken } from "./duration.js";

const LONGEST = 8;

export class IntervalBox {
  /**
   * @param {{intervals: string[], onChoose: (interval: string) => void, over?: () => Element|null}} parts
   * `over` is the chart in whose middle it stands; without one, the page's
   */
  constructor({ intervals, onChoose, over = () => null }) {
    Object.assign(this, { intervals, onChoose, over });
  }

  /** Show the box with the text in it that was typed already. */
  open(text = "") {
    this.dialog ??= this.#make();
    this.input.value = text;
    this.#say();
    show(this.dialog);
    this.#middle();
    this.input.focus();
    this.input.setSelectionRange(text.length, text.length);
  }

  /** Choose what the text means, or say that it means none. */
  enter() {
    this.#choose(this.#chosen());
  }

  #make() {
    this.input = make("input", { type: "text", "aria-label": "Interval", "aria-describedby": "interval-says", maxlength: LONGEST,
      autocomplete: "off", autocapitalize: "none", spellcheck: "false", enterkeyhint: "go" });
    this.note = make("p", { id: "interval-says", "aria-live": "polite" });
    this.known = this.intervals.map((interval) => make("button", { type: "button", tabindex: "-1" }, interval));
    const form = make("form", { method: "dialog" }, this.input, this.note, make("div", { class: "known" }, ...this.known));
    const dialog = make("dialog", { class: "sheet digits", "aria-label": "Interval" }, form);
    this.input.addEventListener("input", () => this.#say());
    form.addEventListener("submit", (event) => { event.preventDefault(); this.enter(); });
    this.known.forEach((button) => button.addEventListener("click", () => this.#choose(button.textContent)));
    closeBeside(dialog);
    document.body.append(dialog);
    return dialog;
  }

  #chosen() {
    return intervalOf(this.input.value, this.intervals);
  }

  /** Say what the text means, or which intervals there are. */
  #say() {
    const text = this.input.value.trim();
    const interval = this.#chosen();
    const begun = this.intervals.some((each) => each.startsWith(text.toLowerCase()));
    this.#note(interval || begun ? "" : text, interval ? `Enter: ${spoken(interval)}` : "Minutes, or a number with s m h d");
    for (const button of this.known) button.toggleAttribute("data-chosen", button.textContent === interval);
  }

  #note(wrong, otherwise) {
    setText(this.note, wrong ? `${isNone(wrong)} There are:` : otherwise);
    this.dialog.classList.toggle("wrong", Boolean(wrong));
  }

  #choose(interval) {
    if (!interval) return this.#note(this.input.value.trim(), "Type a number, or choose one.");
    this.dialog.close();
    return this.onChoose(interval);
  }

  /** Stand in the middle of the chart, as far as the page has room. */
  #middle() {
    const box = this.over()?.getBoundingClientRect();
    const { width, height } = this.dialog.getBoundingClientRect();
    const [x, y] = box ? [box.left + box.width / 2, box.top + box.height / 2] : [innerWidth / 2, innerHeight / 2];
    this.dialog.style.left = `${Math.max(8, Math.min(innerWidth - width - 8, x - width / 2))}px`;
    this.dialog.style.top = `${Math.max(8, Math.min(innerHeight - height - 8, y - height / 2))}px`;
  }
}
