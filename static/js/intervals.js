/** View floor. The interval buttons. */

import { make } from "./dom.js";

export class Intervals {
  /** @param {HTMLElement} root @param {{intervals: string[], onChoose: (interval: string) => void}} parts */
  constructor(root, { intervals, onChoose }) {
    this.buttons = intervals.map((interval) => make("button", { type: "button", "aria-pressed": "false" }, interval));
    for (const button of this.buttons) button.addEventListener("click", () => onChoose(button.textContent));
    root.append(...this.buttons);
  }

  /** Mark the interval that the chart shows. */
  show(interval) {
    for (const button of this.buttons) button.setAttribute("aria-pressed", String(button.textContent === interval));
  }
}
