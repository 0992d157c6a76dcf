/** View floor. The room that the watchlist has: read when it or the density changes, never while prices are painted. */

import { layoutOf } from "./columns.js";

/** Left and right of a row (px), as its style has it. */
const PADDING = 18;

export class Room {
  /**
   * @param {HTMLElement} table what scrolls
   * @param {{head: HTMLElement, painter: import("../painter.js").Painter, columns: () => string[],
   *   onMeasured: (rowHeight: number, seen: number) => void}} parts `seen`: how many pixels of rows are seen
   */
  constructor(table, parts) {
    Object.assign(this, parts, { table });
    this.ask = this.painter.job(() => this.#measure());
    new ResizeObserver(this.ask).observe(table);
    new MutationObserver(this.ask).observe(document.documentElement, { attributeFilter: ["data-density"] });
  }

  #measure() {
    this.#layOut(this.table.clientWidth - PADDING);
    const rowHeight = parseFloat(getComputedStyle(this.table).getPropertyValue("--row-height"));
    if (rowHeight > 0) this.onMeasured(rowHeight, Math.max(0, this.table.clientHeight - this.head.offsetHeight));
  }

  #layOut(room) {
    const { lines, tight, least, template, areas } = layoutOf(this.columns(), room);
    const { dataset, style } = this.table;
    dataset.lines = lines;
    dataset.tight = tight;
    style.setProperty("--room", `${room}px`);
    style.setProperty("--template", template);
    style.setProperty("--least", `${least + PADDING}px`);
    for (const [column, area] of Object.entries(areas)) style.setProperty(`--at-${column}`, area);
  }
}
