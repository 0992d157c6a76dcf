/** View floor. The way of a price from the venue to the screen, as one bar of hops. */

import { make, setAttribute, setText } from "../dom.js";
import { formatLatency } from "../format.js";

const NAMES = { venue: "venue", worker: "wk", web: "web", screen: "screen" };
const SAID = {
  venue: "from the venue to our worker",
  worker: "through the worker to the web",
  web: "from the web to this page",
  screen: "from this page onto the screen",
};

/** Return a latency without its unit as long as that is ms: 38, 1.2 s. */
function brief(milliseconds) {
  return formatLatency(milliseconds).replace(/ ms$/, "");
}

export class HopBar {
  #parts = {};

  constructor() {
    for (const hop of Object.keys(NAMES)) this.#parts[hop] = make("span", { class: "hop", "data-hop": hop });
    this.bar = make("div", { class: "hops-bar", role: "img" }, ...Object.values(this.#parts));
    this.way = make("span", {}, "venue → screen");
    this.whole = make("span", { class: "hops-whole" });
    this.element = make("div", { class: "hops" }, this.bar, make("div", { class: "hops-words" }, this.way, this.whole));
  }

  /**
   * Show the figures of a symbol, or why there are none.
   * @param {ReturnType<import("../hops.js").Hops["figures"]>} figures @param {number} ahead ms of the venue's clock
   */
  paint(figures, ahead, why) {
    this.bar.hidden = !figures;
    setText(this.whole, figures ? `${formatLatency(figures.p50)} p50 · ${formatLatency(figures.p95)} p95` : why);
    if (!figures) return;
    for (const [hop, part] of Object.entries(this.#parts)) this.#paintHop(part, hop, figures.hops[hop]);
    const said = Object.keys(SAID).map((hop) => `${SAID[hop]} ${formatLatency(figures.hops[hop])}`);
    setAttribute(this.bar, "aria-label", `Latency by hop: ${said.join(", ")}`);
    setAttribute(this.way, "title", ahead ? `The venue's clock is ahead of ours by at least ${formatLatency(ahead)}; that is taken off.` : null);
  }

  #paintHop(part, hop, milliseconds) {
    setText(part, `${NAMES[hop]} ${brief(milliseconds)}`);
    setAttribute(part, "title", `${SAID[hop]}: ${formatLatency(milliseconds)}`);
    part.style.flexGrow = String(Math.max(1, Math.round(milliseconds)));
  }
}
