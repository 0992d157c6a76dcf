/** View floor. The field in which a note is written, at its place in the chart. */

import { make } from "../dom.js";
import { LONGEST } from "./shapes.js";

export class Writing {
  #shape = null;

  /** @param {HTMLElement} stage @param {(shape: any, text: string) => void} written what to do with the text */
  constructor(stage, written) {
    this.written = written;
    this.field = make("input", { class: "draw-field gone", type: "text", maxlength: LONGEST, "aria-label": "Text of the note", autocomplete: "off" });
    stage.append(this.field);
    this.field.addEventListener("keydown", (event) => this.#key(event));
    this.field.addEventListener("blur", () => this.#end(this.field.value));
  }

  /** Ask for the text of a note that is at a pixel. */
  open(shape, { x, y }) {
    this.#shape = shape;
    this.field.value = shape.text;
    this.field.style.transform = `translate(${x}px, ${y}px)`;
    this.field.classList.remove("gone");
    this.field.focus({ preventScroll: true });
    this.field.select();
  }

  /** Leave, and keep the text as it was. */
  close() {
    this.#end(this.#shape?.text ?? "");
  }

  #key(event) {
    event.stopPropagation();
    if (event.isComposing) return;
    if (event.key === "Enter") this.#end(this.field.value);
    else if (event.key === "Escape") this.close();
  }

  #end(text) {
    const shape = this.#shape;
    if (!shape) return;
    this.#shape = null;
    const focused = document.activeElement === this.field;
    this.field.classList.add("gone");
    if (focused) this.field.closest("[tabindex]")?.focus({ preventScroll: true });
    this.written(shape, text);
  }
}
