/** View floor. A border that can be dragged, or moved with the arrow keys. */

import { make, setAttribute } from "../dom.js";

const STEP = 24;

export class Splitter {
  /** @param {{vertical: boolean, label: string, onMove: (pixels: number) => void, onEnd: () => void}} parts pixels to the right or downwards */
  constructor({ vertical, label, onMove, onEnd }) {
    Object.assign(this, { vertical, onMove, onEnd });
    this.element = make("div", { class: `splitter ${vertical ? "upright" : "level"}`, role: "separator", tabindex: "0",
      "aria-orientation": vertical ? "vertical" : "horizontal", "aria-label": label, "aria-valuenow": "50" });
    this.element.addEventListener("pointerdown", (event) => this.#press(event));
    this.element.addEventListener("keydown", (event) => this.#key(event));
    this.element.addEventListener("focus", () => this.#say());
  }

  /** Its value for those who hear the page: where it is, in percent of the window. */
  #say() {
    const { left, top } = this.element.getBoundingClientRect();
    const { clientWidth, clientHeight } = document.documentElement;
    setAttribute(this.element, "aria-valuenow", Math.round((this.vertical ? left / clientWidth : top / clientHeight) * 100));
  }

  #press(event) {
    event.preventDefault();
    this.element.setPointerCapture(event.pointerId);
    let at = this.#at(event);
    const move = (moved) => {
      this.onMove(this.#at(moved) - at);
      at = this.#at(moved);
    };
    const end = () => {
      this.element.removeEventListener("pointermove", move);
      this.onEnd();
    };
    this.element.addEventListener("pointermove", move);
    this.element.addEventListener("lostpointercapture", end, { once: true });
  }

  #at(event) {
    return this.vertical ? event.clientX : event.clientY;
  }

  #key(event) {
    const by = { ArrowLeft: -STEP, ArrowUp: -STEP, ArrowRight: STEP, ArrowDown: STEP }[event.key];
    if (!by) return;
    event.preventDefault();
    this.onMove(by);
    this.onEnd();
    this.#say();
  }
}
