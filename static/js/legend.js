/** View floor. The legend over the plot: what is shown, how fresh it is, and one bar in figures. */

import { make, setAttribute, setText } from "./dom.js";
import { changePercent, formatAge, formatDifference, formatPercent, formatPrice, formatVolume } from "./format.js";
import { nameOf, venueOf } from "./store.js";

const FIGURES = ["O", "H", "L", "C", "V"];
const SOURCES = { hole: "not seen: our line was down", mixed: "partly from the venue's history" };

/** Return the words of the state: LIVE 0.2 s, DELAYED 15 min, STALE 41 s, CLOSED. */
export function stateText(state, age, delay) {
  if (state === "delayed") return delay ? `DELAYED ${delay} min` : "DELAYED";
  if (state === "closed" || state === "off") return state.toUpperCase();
  return age === null ? "no price yet" : `${state.toUpperCase()} ${formatAge(age)}`;
}

export class Legend {
  #figures = {};

  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
    this.name = make("b", { class: "legend-name" });
    this.where = make("span", { class: "legend-where" });
    this.state = make("span", { class: "pill" });
    this.simulated = make("span", { class: "pill simulated", hidden: "" }, "SIMULATED");
    this.why = make("span", { class: "legend-why" });
    this.bar = make("div", { class: "legend-bar" });
    for (const key of FIGURES) this.#figures[key] = this.#figure(key);
    this.change = make("span", { class: "value" });
    this.source = make("span", { class: "legend-source" });
    this.bar.append(this.change, this.source);
    root.append(make("div", { class: "legend-head" }, this.name, this.where, this.state, this.simulated, this.why), this.bar);
  }

  #figure(key) {
    const value = make("span", { class: "value" });
    this.bar.append(make("span", { class: "figure" }, key, value));
    return value;
  }

  /**
   * Show whose chart it is and how fresh its price.
   * @param {{symbol: string, interval: string, state: string, age: number|null, venue: any, reason: string}} head
   */
  paintHead({ symbol, interval, state, age, venue, reason }) {
    setText(this.name, nameOf(symbol));
    setText(this.where, `${venue?.title ?? venueOf(symbol)} · ${interval}`);
    setText(this.state, stateText(state, age, venue?.delay_minutes));
    setAttribute(this.state, "data-state", state);
    this.simulated.hidden = !venue?.simulated;
    setText(this.why, reason);
  }

  /** Show one bar; undefined empties the line. */
  paintBar(bar, decimals) {
    this.bar.hidden = !bar;
    if (!bar) return;
    const { open, high, low, close, volume } = bar;
    const values = { O: open, H: high, L: low, C: close };
    for (const key of Object.keys(values)) setText(this.#figures[key], formatPrice(values[key], decimals));
    setText(this.#figures.V, formatVolume(volume));
    setText(this.change, `${formatDifference(close - open, decimals)} ${formatPercent(changePercent(close, open))}`);
    setAttribute(this.bar, "data-sign", close >= open ? "1" : "-1");
    setAttribute(this.source, "data-source", bar.source);
    setText(this.source, SOURCES[bar.source] ?? "");
  }
}
