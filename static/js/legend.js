/** View floor. The legend over the plot: what is shown, how fresh it is, one bar in figures, a line for each study. */

import { Pool } from "./chart/pool.js";
import { make, setAttribute, setHidden, setText } from "./dom.js";
import { changePercent, formatAge, formatDifference, formatPercent, formatPrice, formatVolume } from "./format.js";
import { isFormula, nameOf } from "./symbols.js";

const FIGURES = ["O", "H", "L", "C", "V"];

/** Return the word for a bar that was not heard whole, or none; of one that still forms nobody knows yet. */
export function sourceText({ source, closed }) {
  if (source === "hole") return "no data";
  if (source === "backfill") return "from the venue's history";
  return source === "mixed" && closed ? "perhaps incomplete" : "";
}

/** Return the words of the state: LIVE 0.2 s, DELAYED 15 min, STALE 41 s, CLOSED. */
export function stateText(state, age, delay) {
  if (state === "delayed") return delay ? `DELAYED ${delay} min` : "DELAYED";
  if (state === "closed" || state === "off") return state.toUpperCase();
  return age === null ? "no price yet" : `${state.toUpperCase()} ${formatAge(age)}`;
}

/** Give an element a colour, touching the page only when it is another. */
function ink(element, colour) {
  if (element.ink === colour) return;
  element.ink = element.style.color = colour;
}

export class Legend {
  #figures = {};

  /** @param {HTMLElement} root @param {{onRemove: (line: any) => void, onEdit: (line: any) => void}} act of a line's buttons */
  constructor(root, act) {
    Object.assign(this, { root, act });
    this.name = make("b", { class: "legend-name" });
    this.link = make("i", { class: "swatch", "aria-hidden": "true" });
    this.where = Object.fromEntries(["title", "interval", "zone"].map((part) => [part, make("span", { class: `legend-${part}` })]));
    this.state = make("span", { class: "pill" });
    this.origin = make("span", { class: "pill origin", hidden: "" });
    this.why = make("span", { class: "legend-why" });
    this.bar = make("div", { class: "legend-bar" });
    for (const key of FIGURES) this.#figures[key] = this.#figure(key);
    this.difference = make("span", { class: "value difference" });
    this.percent = make("span", { class: "value percent" });
    this.source = make("span", { class: "legend-source" });
    this.bar.append(this.difference, this.percent, this.source);
    this.head = make("div", { class: "legend-head" }, this.link, this.name, make("span", { class: "legend-where" }, ...Object.values(this.where)), this.state, this.origin, this.why);
    this.lines = make("div", { class: "legend-lines" });
    this.pool = new Pool(this.lines, () => this.#line());
    root.append(this.head, this.bar, this.lines);
  }

  #figure(key) {
    const value = make("span", { class: "value" });
    this.bar.append(make("span", { class: "figure", "data-figure": key }, key, value));
    return value;
  }

  /**
   * Show whose chart it is and how fresh its price.
   * @param {{symbol: string, interval: string, state: string, age: number|null, title: string, delay: number,
   *   origin: string, reason: string, zone: string, link: string|null}} head `link`: the colour that it shares its symbol by
   */
  paintHead({ symbol, interval, state, age, title, delay, origin, reason, zone, link }) {
    setText(this.name, nameOf(symbol));
    setHidden(this.link, !link);
    setAttribute(this.link, "class", `swatch link-${link}`);
    setAttribute(this.root, "data-state", state);
    setHidden(this.#figures.V.parentElement, isFormula(symbol));
    for (const [part, text] of Object.entries({ title, interval, zone })) setText(this.where[part], text ?? "");
    setText(this.state, stateText(state, age, delay));
    setAttribute(this.state, "data-state", state);
    setHidden(this.origin, !origin);
    setText(this.origin, origin);
    setText(this.why, reason);
  }

  #line() {
    const parts = { name: make("button", { type: "button", class: "line-name" }), values: make("span", { class: "line-values" }), remove: make("button", { type: "button", class: "line-remove" }, "×") };
    const element = Object.assign(make("div", { class: "legend-line" }, parts.name, parts.values, parts.remove), { parts });
    parts.name.addEventListener("click", () => this.act.onEdit(element.line));
    parts.remove.addEventListener("click", () => this.act.onRemove(element.line));
    element.pool = new Pool(parts.values, () => make("span", {}));
    return element;
  }

  /**
   * Show a line for each study and comparison.
   * @param {{key: string, title: string, colour: string, values: {text: string, colour: string}[]}[]} lines
   */
  paintLines(lines) {
    this.pool.show(lines, (element, line) => {
      element.line = line;
      setText(element.parts.name, line.title);
      ink(element.parts.name, line.colour);
      setAttribute(element.parts.remove, "aria-label", `Remove ${line.title}`);
      element.pool.show(line.values, (span, { text, colour }) => {
        setText(span, text);
        ink(span, colour);
      });
    });
  }

  /** Show one bar; undefined empties the line. */
  paintBar(bar, decimals) {
    setHidden(this.bar, !bar);
    if (!bar) return;
    const { open, high, low, close, volume } = bar;
    const percent = changePercent(close, open);
    const values = { O: open, H: high, L: low, C: close };
    for (const key of Object.keys(values)) setText(this.#figures[key], formatPrice(values[key], decimals));
    setText(this.#figures.V, formatVolume(volume));
    setText(this.difference, formatDifference(close - open, decimals));
    setText(this.percent, percent === null ? "" : formatPercent(percent));
    setAttribute(this.bar, "data-sign", bar.source === "hole" ? "0" : close >= open ? "1" : "-1");
    setText(this.source, sourceText(bar));
    this.source.classList.toggle("wrong", bar.source !== "backfill");
  }
}
