/** View floor. What was just taken away can be had back for some seconds: with its button, or as everything else is. */

import { TYPED_INTO } from "../commands/keyboard.js";
import { make } from "../dom.js";

const SHOWN = 8000;
const TAKEN = `${TYPED_INTO}, dialog[open]`;

/** Tell whether a key takes back what was done last; where something is typed it is the field's. */
export function isUndo({ key, ctrlKey, metaKey, altKey, shiftKey, target }) {
  return key.toLowerCase() === "z" && (ctrlKey || metaKey) && !altKey && !shiftKey && !target?.closest?.(TAKEN);
}

export class Undo {
  #timer = null;
  #back = null;
  /** The key that took it back is still down: it takes back nothing else. */
  #down = false;

  constructor() {
    this.text = make("span", { role: "status" });
    this.button = make("button", { type: "button", "aria-label": "Undo: put it back", title: "Put it back (Ctrl Z)" }, "Undo");
    this.element = make("div", { class: "undo", hidden: "" }, this.text, this.button);
    this.button.addEventListener("click", () => this.#undo());
    document.addEventListener("keydown", (event) => this.#key(event), true);
  }

  /** Say what was done; `back` undoes it. */
  offer(text, back) {
    clearTimeout(this.#timer);
    this.#back = back;
    this.element.hidden = false;
    this.text.textContent = text;
    this.#timer = setTimeout(() => this.#over(), SHOWN);
  }

  /** Nobody else hears the key, so that it takes back one thing only. */
  #key(event) {
    if (!event.repeat) this.#down = false;
    if (!isUndo(event) || !(this.#down || (this.#back && !event.repeat))) return;
    event.preventDefault();
    event.stopPropagation();
    if (this.#down) return;
    this.#down = true;
    this.#undo();
  }

  #undo() {
    const back = this.#back;
    this.#over();
    back?.();
  }

  #over() {
    clearTimeout(this.#timer);
    this.#back = null;
    this.element.hidden = true;
  }
}
