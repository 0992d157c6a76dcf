/** View floor. On a phone one part of the desk is shown at a time: the row of tabs at the bottom. */

import { draw, make, setText } from "../dom.js";

const PARTS = {
  chart: ["Chart", "M5 3v14M3 6h4v7H3zM14 2v14M12 5h4v6h-4z"],
  watchlist: ["Watchlist", "M2 4.5h16M2 10h16M2 15.5h16"],
  trades: ["Trades", "M3 7h13l-4-4M17 13H4l4 4"],
  details: ["Details", "M3 16V9M8 16V4M13 16v-5M18 16V7"],
};

const outline = (path) => draw("svg", { viewBox: "0 0 20 20", width: 20, height: 20 }, draw("path", { d: path }));

export class Turns {
  /**
   * @param {HTMLElement} root
   * @param {{store: import("../store.js").Store, desk: () => any, onAgain: () => void}} parts `desk` gives the one that
   *   is open; `onAgain` is told when the chart is asked for while it is shown. A symbol that is opened brings the
   *   chart to the front
   */
  constructor(root, { store, desk, onAgain }) {
    Object.assign(this, { desk, onAgain });
    this.buttons = new Map(Object.entries(PARTS).map(([part, [name, path]]) => [part, this.#button(part, name, path)]));
    root.append(...this.buttons.values());
    store.on("active", () => this.show("chart"));
    this.show("chart");
  }

  #button(part, name, path) {
    const icon = make("i", { class: "turn-icon", "aria-hidden": "true" }, outline(path));
    const button = make("button", { type: "button", class: "turn" }, icon, make("span", {}, name));
    button.addEventListener("click", () => (part === "chart" && this.part === part ? this.onAgain() : this.show(part)));
    return button;
  }

  /** Say which of its charts a desk of several shows. */
  paint() {
    const { grid, active } = this.desk();
    setText(this.buttons.get("chart").lastChild, grid > 1 ? `Chart ${active + 1} of ${grid}` : "Chart");
  }

  /** Bring a part to the front; where there is room for all of them, nothing is to be seen of it. */
  show(part) {
    this.part = document.documentElement.dataset.part = part;
    for (const [each, button] of this.buttons) {
      if (each === part) button.setAttribute("aria-current", "true");
      else button.removeAttribute("aria-current");
    }
  }
}
