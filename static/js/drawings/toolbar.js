/** View floor. The tools for drawing: a column of buttons at the chart's left edge. */

import { draw, make, setAttribute } from "../dom.js";
import { NAMES } from "./shapes.js";

/** Pictures of 18 by 18, in lines. */
const PICTURES = {
  none: "M4 3l9.5 5.2-4.2 1.3-1.6 4.2z",
  level: "M2 9h14M7.5 9a1.5 1.5 0 1 0 3 0 1.5 1.5 0 1 0-3 0",
  trend: "M4.2 13.8l9.6-9.6M2 15a1.5 1.5 0 1 0 3 0 1.5 1.5 0 1 0-3 0M13 3a1.5 1.5 0 1 0 3 0 1.5 1.5 0 1 0-3 0",
  ray: "M4.2 13.8L16 2M2 15a1.5 1.5 0 1 0 3 0 1.5 1.5 0 1 0-3 0M8 10a1.5 1.5 0 1 0 3 0 1.5 1.5 0 1 0-3 0",
  box: "M3 4.5h12v9H3z",
  fib: "M2.5 3.5h13M2.5 7h13M2.5 10.5h8M2.5 14.5h13",
  note: "M4 5.5V4h10v1.5M9 4v10.5M7 14.5h4",
  measure: "M2.5 11.5l9-9 4 4-9 9zM6 8l1.5 1.5M8.5 5.5L10 7",
  undo: "M7 4L3.5 7.5 7 11M3.5 7.5H11a3.5 3.5 0 0 1 0 7H8",
  redo: "M11 4l3.5 3.5L11 11M14.5 7.5H7a3.5 3.5 0 0 0 0 7h3",
  next: "M3 3h8v8H3zM7 13.5v1.5h8V7h-1.5",
  colour: "M9 2.5c3 3.6 4.5 5.7 4.5 7.8a4.5 4.5 0 0 1-9 0C4.5 8.2 6 6.1 9 2.5z",
  remove: "M4 4l10 10M14 4L4 14",
  clear: "M3 5h12M7 5V3h4v2M4.5 5l.8 10h7.4l.8-10M7.5 8v4.5M10.5 8v4.5",
};

const TOOLS = { none: "Select", ...NAMES, measure: "Measure (Shift and drag)" };
const ACTS = {
  next: "Next drawing", colour: "Colour of the drawing", remove: "Delete the drawing", undo: "Undo", redo: "Redo",
  clear: "Delete all drawings",
};
const SURE = "Delete all drawings: press again to do it";
const DOUBT = 4000;
const WAYS = { ArrowDown: 1, ArrowUp: -1 };

export class Toolbar {
  #buttons = new Map();
  #doubt = null;

  /**
   * @param {HTMLElement} root
   * @param {{onTool: (tool: string|null) => void, next: () => void, colour: () => void, remove: () => void,
   *   undo: () => void, redo: () => void, clear: () => void}} act what the buttons do to the active chart
   */
  constructor(root, act) {
    Object.assign(this, { root, act });
    for (const [name, value] of [["role", "toolbar"], ["aria-label", "Drawing"], ["aria-orientation", "vertical"]]) root.setAttribute(name, value);
    for (const [tool, name] of Object.entries(TOOLS)) this.#add(tool, name, () => act.onTool(tool === "none" ? null : tool));
    root.append(make("span", { class: "draw-gap", role: "separator" }));
    for (const [name, title] of Object.entries(ACTS)) this.#add(name, title, () => (name === "clear" ? this.#clear() : act[name]()));
    root.addEventListener("keydown", (event) => this.#key(event));
    root.addEventListener("focusout", () => this.#sure(false));
    this.#rove([...this.#buttons.values()][0]);
    this.show({ tool: null, chosen: false, any: false, canUndo: false, canRedo: false });
  }

  /** Show which tool is held and what can be done. @param {{tool: string|null, chosen: boolean, any: boolean, canUndo: boolean, canRedo: boolean}} state */
  show({ tool, chosen, any, canUndo, canRedo }) {
    for (const name of Object.keys(TOOLS)) setAttribute(this.#buttons.get(name), "aria-pressed", String(name === (tool ?? "none")));
    const able = { next: any, colour: chosen, remove: chosen, undo: canUndo, redo: canRedo, clear: any };
    for (const [name, can] of Object.entries(able)) setAttribute(this.#buttons.get(name), "aria-disabled", can ? null : "true");
  }

  #add(name, title, run) {
    const picture = draw("svg", { viewBox: "0 0 18 18", width: 18, height: 18, "aria-hidden": "true" }, draw("path", { d: PICTURES[name] }));
    const button = make("button", { type: "button", "data-act": name, "aria-label": title, title, tabindex: "-1" }, picture);
    button.addEventListener("click", () => {
      this.#rove(button);
      if (button.getAttribute("aria-disabled") !== "true") run();
    });
    this.#buttons.set(name, button);
    this.root.append(button);
  }

  /** One button is in the way of Tab; the arrows go between them. */
  #rove(button) {
    for (const each of this.#buttons.values()) setAttribute(each, "tabindex", each === button ? "0" : "-1");
  }

  #key(event) {
    const buttons = [...this.#buttons.values()];
    const now = buttons.indexOf(event.target);
    const to = { Home: 0, End: buttons.length - 1 }[event.key] ?? (event.key in WAYS ? now + WAYS[event.key] : null);
    if (to === null || now < 0) return;
    event.preventDefault();
    event.stopPropagation();
    const button = buttons[(to + buttons.length) % buttons.length];
    this.#rove(button);
    button.focus();
  }

  /** Only a second press within a while deletes everything. */
  #clear() {
    if (this.#doubt === null) return this.#sure(true);
    this.#sure(false);
    return this.act.clear();
  }

  #sure(asked) {
    clearTimeout(this.#doubt);
    this.#doubt = asked ? setTimeout(() => this.#sure(false), DOUBT) : null;
    const button = this.#buttons.get("clear");
    button.classList.toggle("sure", asked);
    for (const name of ["aria-label", "title"]) setAttribute(button, name, asked ? SURE : ACTS.clear);
  }
}
