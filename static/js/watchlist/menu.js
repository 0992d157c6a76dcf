/** View floor. The menu of the watchlist: which columns are shown and in which order, and what can be done with the list. */

import { make } from "../dom.js";
import { COLUMNS, DEFAULT_COLUMNS, allColumns, toggled } from "./columns.js";
import { moved } from "./order.js";

export class Menu {
  #columns = [];

  /** @param {{onColumns: (columns: string[]) => void, actions: {text: string, run: () => void}[]}} parts */
  constructor({ onColumns, actions }) {
    Object.assign(this, { onColumns, actions });
    this.button = make("button", { type: "button", class: "more", "aria-label": "Columns and list", "aria-haspopup": "dialog", "aria-expanded": "false", title: "Columns and list" }, "⋯");
    this.panel = make("div", { role: "dialog", "aria-label": "Columns and list", class: "columns-menu", hidden: "" });
    this.element = make("div", { class: "list-menu" }, this.button, this.panel);
    this.button.addEventListener("click", () => this.#toggle(this.panel.hidden));
    this.element.addEventListener("keydown", (event) => this.#key(event));
    document.addEventListener("pointerdown", (event) => this.element.contains(event.target) || this.#toggle(false));
  }

  /** Show which columns are chosen. */
  show(columns) {
    this.#columns = columns;
    if (!this.panel.hidden) this.#fill();
  }

  #toggle(open) {
    if (open === !this.panel.hidden) return;
    this.panel.hidden = !open;
    this.button.setAttribute("aria-expanded", String(open));
    if (open) {
      this.#fill();
      this.panel.querySelector("input").focus();
    } else if (this.panel.contains(document.activeElement)) this.button.focus();
  }

  #key(event) {
    if (event.key !== "Escape" || this.panel.hidden) return;
    event.stopPropagation();
    this.button.focus();
    this.#toggle(false);
  }

  #fill() {
    const focused = document.activeElement?.dataset?.key;
    const items = allColumns(this.#columns).map((column) => this.#item(column));
    const reset = this.#action("Usual columns", () => this.onColumns([...DEFAULT_COLUMNS]));
    const actions = this.actions.map(({ text, run }) => this.#action(text, () => { this.#toggle(false); run(); }));
    this.panel.replaceChildren(make("ul", { "aria-label": "Columns" }, ...items), reset, make("hr", {}), ...actions);
    if (focused) this.panel.querySelector(`[data-key="${focused}"]`)?.focus();
  }

  #action(text, run) {
    const button = make("button", { type: "button", class: "action" }, text);
    button.addEventListener("click", run);
    return button;
  }

  #item(column) {
    const { title } = COLUMNS[column];
    const place = this.#columns.indexOf(column);
    const box = make("input", { type: "checkbox", "data-key": `${column} box` });
    box.checked = place >= 0;
    box.addEventListener("change", () => this.onColumns(toggled(this.#columns, column)));
    const arrows = place < 0 ? [] : [this.#arrow(column, place, -1, "↑", `${title} earlier`), this.#arrow(column, place, 1, "↓", `${title} later`)];
    return make("li", {}, make("label", {}, box, title), ...arrows);
  }

  #arrow(column, place, step, text, name) {
    const button = make("button", { type: "button", class: "arrow", "aria-label": name, title: name, "data-key": `${column} ${step}` }, text);
    button.disabled = place + step < 0 || place + step >= this.#columns.length;
    button.addEventListener("click", () => this.onColumns(moved(this.#columns, place, place + step)));
    return button;
  }
}
