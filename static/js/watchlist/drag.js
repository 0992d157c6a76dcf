/** View floor. Rows dragged to another place: with a mouse at once, with a finger after a long press. */

import { make } from "../dom.js";

const FAR = 5;
const PRESS = 400;
const EDGE = 24;

export class Drag {
  #row = null;
  #start = 0;
  #going = false;
  #press = null;
  #ended = -Infinity;

  /**
   * @param {HTMLElement} body what holds the rows
   * @param {{scroller: HTMLElement, height: () => number, count: () => number, allowed: () => boolean,
   *   onDrop: (symbol: string, place: number) => void}} parts `allowed` is asked when a row begins to move
   */
  constructor(body, parts) {
    Object.assign(this, parts, { body });
    this.line = make("div", { class: "drop", hidden: "", "aria-hidden": "true" });
    body.addEventListener("pointerdown", (event) => this.#down(event));
    body.addEventListener("pointermove", (event) => this.#move(event));
    for (const end of ["pointerup", "pointercancel", "lostpointercapture"]) body.addEventListener(end, (event) => this.#end(event));
    body.addEventListener("touchmove", (event) => this.#going && event.preventDefault(), { passive: false });
    body.addEventListener("keydown", (event) => event.key === "Escape" && this.#end(null));
  }

  /** Tell whether a drag is under way or ended just now, so that what follows is no click. */
  get busy() {
    return this.#going || performance.now() - this.#ended < 50;
  }

  #down(event) {
    const row = event.target.closest("[data-symbol]");
    if (!row || event.button !== 0 || event.target.closest("button")) return;
    [this.#row, this.#start] = [row, event.clientY];
    if (event.pointerType === "touch") this.#press = setTimeout(() => this.#begin(event), PRESS);
  }

  #begin(event) {
    if (!this.allowed()) return this.#end(null);
    this.#going = true;
    this.body.setPointerCapture(event.pointerId);
    this.#row.classList.add("dragged");
    this.body.append(this.line);
    this.#show(event);
  }

  #move(event) {
    if (!this.#row) return;
    const far = Math.abs(event.clientY - this.#start) > FAR;
    if (this.#going) this.#show(event);
    else if (far && event.pointerType === "touch") this.#end(null);
    else if (far) this.#begin(event);
  }

  /** Return the gap between rows that is nearest, counted from 0 above the first. */
  #gap(event) {
    const inside = event.clientY - this.body.getBoundingClientRect().top;
    return Math.max(0, Math.min(this.count(), Math.round(inside / this.height())));
  }

  #show(event) {
    const box = this.scroller.getBoundingClientRect();
    if (event.clientY > box.bottom - EDGE) this.scroller.scrollTop += 8;
    if (event.clientY < box.top + 2 * EDGE) this.scroller.scrollTop -= 8;
    this.line.hidden = false;
    this.line.style.transform = `translateY(${this.#gap(event) * this.height()}px)`;
  }

  #end(event) {
    clearTimeout(this.#press);
    const [row, going] = [this.#row, this.#going];
    this.#row = null;
    this.#going = false;
    this.line.remove();
    row?.classList.remove("dragged");
    if (!going) return;
    this.#ended = performance.now();
    if (event?.type === "pointerup") this.onDrop(row.dataset.symbol, this.#gap(event));
  }
}
