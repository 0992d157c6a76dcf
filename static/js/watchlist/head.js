/** View floor. The heads of the columns: a click sorts, and from there the arrows walk over the rows. */

import { make, setAttribute } from "../dom.js";
import { COLUMNS } from "./columns.js";

const STEPS = { ArrowDown: 1, ArrowUp: -1 };
const WAYS = { up: "ascending", down: "descending" };

export class Head {
  /** @param {{onSort: (column: string) => void, onWalk: (by: number) => void}} parts */
  constructor({ onSort, onWalk }) {
    this.onSort = onSort;
    this.row = make("div", { role: "row", class: "row", "aria-rowindex": "1" });
    this.element = make("div", { role: "rowgroup", class: "head" }, this.row);
    this.element.addEventListener("click", (event) => {
      const head = event.target.closest("button")?.parentElement;
      if (head) onSort(head.dataset.head);
    });
    this.element.addEventListener("keydown", (event) => {
      const by = STEPS[event.key];
      if (!by || event.ctrlKey || event.altKey || event.metaKey) return;
      event.preventDefault();
      onWalk(by);
    });
  }

  /** Show these columns. */
  columns(columns) {
    const tools = make("div", { role: "columnheader", class: "taking" }, make("span", { class: "unseen" }, "Remove"));
    this.row.replaceChildren(this.#head("symbol", { label: "Symbol", title: "Symbol" }), ...columns.map((column) => this.#head(column, COLUMNS[column])), tools);
  }

  #head(column, { label, title, sorts }) {
    const text = sorts === false ? make("span", { title }, label) : make("button", { type: "button", title: `${title}: sort` }, label);
    return make("div", { role: "columnheader", "data-head": column, class: column === "symbol" ? "name" : null }, text);
  }

  /** Show what the rows are sorted by, null for nothing. */
  sorted(sort) {
    for (const head of this.row.children) {
      setAttribute(head, "aria-sort", sort?.column === (head.dataset.head ?? null) ? WAYS[sort.way] : null);
    }
  }
}
