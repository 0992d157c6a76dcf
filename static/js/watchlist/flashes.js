/** View floor. Tints that go by themselves: one timer for all of them, and no frame drawn between. */

const LONG = 300;
const SWEEP = 60;

export class Flashes {
  /** @type {Map<HTMLElement, number>} element → when its tint goes */
  #until = new Map();
  #timer = null;

  /** @param {() => boolean} calm whether nothing may flash */
  constructor(calm) {
    this.calm = calm;
  }

  /** Tint an element for 300 ms: up or down. */
  flash(element, up) {
    if (this.calm()) return;
    element.className = up ? "tail up" : "tail down";
    this.#until.set(element, performance.now() + LONG);
    this.#timer ??= setTimeout(() => this.#sweep(), SWEEP);
  }

  #sweep() {
    const now = performance.now();
    for (const [element, until] of this.#until) {
      if (until > now) continue;
      element.className = "tail";
      this.#until.delete(element);
    }
    this.#timer = this.#until.size ? setTimeout(() => this.#sweep(), SWEEP) : null;
  }
}
