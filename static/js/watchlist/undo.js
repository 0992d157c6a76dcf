/** View floor. What was just taken away can be had back for some seconds. */

import { make } from "../dom.js";

const SHOWN = 8000;

export class Undo {
  #timer = null;
  #back = null;

  constructor() {
    this.text = make("span", { role: "status" });
    this.button = make("button", { type: "button", "aria-label": "Undo: put it back" }, "Undo");
    this.element = make("div", { class: "undo", hidden: "" }, this.text, this.button);
    this.button.addEventListener("click", () => {
      const back = this.#back;
      this.#over();
      back?.();
    });
  }

  /** Say what was done; `back` undoes it. */
  offer(text, back) {
    clearTimeout(this.#timer);
    this.#back = back;
    this.element.hidden = false;
    this.text.textContent = text;
    this.#timer = setTimeout(() => this.#over(), SHOWN);
  }

  #over() {
    clearTimeout(this.#timer);
    this.#back = null;
    this.element.hidden = true;
  }
}
