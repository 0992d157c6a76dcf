/** View floor. Where there is no room for the toolbar: a chip on the chart says which tool is held, and puts it down. */

import { make, setAttribute, setHidden, setText } from "../dom.js";
import { NAMES } from "./shapes.js";

/** What a tool is called where there is room for a name only. */
export const TOOL_NAMES = { ...NAMES, measure: "Measure" };

export class Chip {
  /** @param {() => void} onDrop the tool is to be put down */
  constructor(onDrop) {
    this.name = make("span");
    this.button = make("button", { type: "button", class: "draw-chip", hidden: "" }, this.name, make("span", { "aria-hidden": "true" }, "×"));
    this.button.addEventListener("click", onDrop);
  }

  /** Show the tool that is held on a chart; null: none is. @param {string|null} tool @param {HTMLElement} chart */
  show(tool, chart) {
    setHidden(this.button, !tool);
    if (!tool) return;
    if (this.button.parentElement !== chart) chart.append(this.button);
    setText(this.name, TOOL_NAMES[tool]);
    setAttribute(this.button, "aria-label", `${TOOL_NAMES[tool]}: put it down`);
  }
}
