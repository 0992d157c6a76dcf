/** View floor. The interval buttons. */

import { make } from "./dom.js";

export class Intervals {
  /** @param {HTMLElement} root @param {{intervals: string[], onChoose: (interval: string) => void}} parts */
  constructor(root, { intervals, onChoose }) {
    this.root = root;
    this.buttons = intervals.map((interval) => make("button", { type: "button", "aria-pressed": "false" }, interval));
    for (const button of this.buttons) button.addEventListener("click", () => onChoose(button.textContent));
    root.append(...this.buttons);
  }

  /** Mark the interval that the chart shows. */
  show(interval) {
    const before = this.chosen;
    this.chosen = this.buttons.find((button) => button.textContent === interval);
    if (this.chosen === before) return;
    for (const button of this.buttons) button.setAttribute("aria-pressed", String(button === this.chosen));
    if (this.chosen) this.#reveal(this.chosen);
  }

  /** Where the buttons have no room they are scrolled: the chosen one is seen. */
  #reveal({ offsetLeft, offsetWidth }) {
    const { root } = this;
    root.scrollLeft = offsetLeft - root.offsetLeft - (root.clientWidth - offsetWidth) / 2;
  }
}
