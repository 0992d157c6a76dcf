/** View floor. A long list of rows of one height, of which only those in sight are in the page. */

import { make, setAttribute } from "../dom.js";

/** What a row is high until it has been measured. */
const USUAL = 23;

export class Rows {
  /** @type {{element: HTMLElement}[]} */
  #pool = [];
  #height = USUAL;
  #inSight = 0;

  /**
   * @param {{label: string, makeRow: () => {element: HTMLElement}, onMove: () => void}} parts `onMove`: it was scrolled,
   *   or has another size
   */
  constructor({ label, makeRow, onMove }) {
    Object.assign(this, { makeRow, onMove, top: 0 });
    this.window = make("div", { class: "rows-window", role: "presentation" });
    this.space = make("div", { class: "rows-space", role: "presentation" }, this.window);
    this.element = make("div", { class: "rows-list", role: "rowgroup", tabindex: "0", "aria-label": label }, this.space);
    this.element.addEventListener("scroll", () => this.#scrolled());
    this.#grow(1);
    const observer = new ResizeObserver(() => this.#measure());
    for (const each of [this.element, this.#pool[0].element]) observer.observe(each);
  }

  /** Scroll back to the top. */
  toTop() {
    this.element.scrollTop = 0;
  }

  #scrolled() {
    this.top = this.element.scrollTop;
    this.onMove();
  }

  /** Sizes are read here alone, so that painting never has to lay out. */
  #measure() {
    this.#inSight = this.element.clientHeight;
    this.#height = this.#pool[0].element.offsetHeight || this.#height;
    this.onMove();
  }

  #grow(count) {
    while (this.#pool.length < count) {
      const row = this.makeRow();
      setAttribute(row.element, "role", "row");
      this.#pool.push(row);
      this.window.append(row.element);
    }
    while (this.#pool.length > Math.max(1, count)) this.#pool.pop().element.remove();
  }

  /** Draw the rows in sight of `length`: `paint(row, place)` is called for each. */
  paint(length, paint) {
    const first = Math.max(0, Math.min(Math.floor(this.top / this.#height), length - 1));
    const count = Math.min(length - first, Math.ceil(this.#inSight / this.#height) + 1);
    this.#grow(count);
    this.#pool[0].element.hidden = length === 0;
    this.space.style.height = `${length * this.#height}px`;
    this.window.style.transform = first ? `translateY(${first * this.#height}px)` : "";
    for (let place = 0; place < count; place += 1) {
      setAttribute(this.#pool[place].element, "aria-rowindex", first + place + 2);
      paint(this.#pool[place], first + place);
    }
  }
}
