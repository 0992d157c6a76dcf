/** View floor. The charts of a desk in their grid: as many as it says, their sizes, and which is used. */

import { shapeOf } from "../deskdoc.js";
import { Splitter } from "./splitter.js";

/** The least part of a chart's column or row, and the least of it in px: below that nothing can be read. */
const LEAST = 0.15;
const READABLE = { column: 170, row: 110 };

export class Grid {
  /** @type {import("../chart/panel.js").Panel[]} */
  #panels = [];
  #splitters = [];
  #alone = false;
  /** Which desk of how many charts is shown: another one begins with all of its charts. */
  #shown = "";

  /**
   * @param {HTMLElement} root
   * @param {{create: () => import("../chart/panel.js").Panel, save: () => void, onActive: (panel: any) => void}} parts
   */
  constructor(root, parts) {
    Object.assign(this, parts, { root });
  }

  /** The charts that are shown, in their order. */
  get panels() {
    return this.#panels.slice(0, this.desk?.grid ?? 0);
  }

  /** Every chart that there is, also those that are not shown now. */
  get all() {
    return [...this.#panels];
  }

  /** The chart that is used. */
  get active() {
    return this.#panels[this.desk?.active ?? 0];
  }

  /** Show a desk. @param {any} desk of deskdoc.js */
  show(desk) {
    const shown = `${desk.grid} ${desk.name}`;
    if (shown !== this.#shown) this.#alone = false;
    this.#shown = shown;
    this.desk = desk;
    while (this.#panels.length < desk.grid) this.#add();
    this.#panels.forEach((panel, place) => (place < desk.grid ? panel.open(desk.charts[place]) : panel.close()));
    this.#splitters.forEach((splitter) => splitter.element.remove());
    this.#splitters = this.#split(shapeOf(desk.grid));
    this.#lay();
    this.#mark();
  }

  #add() {
    const panel = this.create();
    this.#panels.push(panel);
    this.root.append(panel.root);
  }

  /** Use another chart. */
  use(panel) {
    const place = this.#panels.indexOf(panel);
    if (place < 0 || place === this.desk.active) return;
    this.desk.active = place;
    this.#lay();
    this.#mark();
    this.save();
    this.onActive(panel);
  }

  /** Show the used chart alone, or all of them again. */
  maximise(panel = this.active) {
    this.use(panel);
    this.#alone = !this.#alone && this.desk.grid > 1;
    this.#lay();
  }

  #mark() {
    this.#panels.forEach((panel, place) => {
      panel.root.classList.toggle("used", place === this.desk.active && this.desk.grid > 1);
      if (place === this.desk.active) panel.root.setAttribute("aria-current", "true");
      else panel.root.removeAttribute("aria-current");
    });
  }

  /** One splitter between each two columns, and each two rows. */
  #split([columns, rows]) {
    const between = (count, sizes, vertical) => Array.from({ length: count - 1 }, (_, place) => new Splitter({
      vertical, label: vertical ? `Width of column ${place + 1}` : `Height of row ${place + 1}`,
      onMove: (part) => this.#resize(sizes, place, part, vertical), onEnd: this.save,
    }));
    const all = [...between(columns, this.desk.columns, true), ...between(rows, this.desk.rows, false)];
    for (const { element } of all) this.root.append(element);
    return all;
  }

  /** Move the border after a column or row by `part` of the whole. */
  #resize(sizes, place, part, vertical) {
    const whole = sizes.reduce((sum, size) => sum + size, 0);
    const unit = whole / (vertical ? this.root.clientWidth : this.root.clientHeight);
    const readable = Math.min((sizes[place] + sizes[place + 1]) / 2, READABLE[vertical ? "column" : "row"] * unit);
    const least = Math.max(LEAST, readable);
    const by = Math.max(least - sizes[place], Math.min(sizes[place + 1] - least, part * unit));
    sizes[place] += by;
    sizes[place + 1] -= by;
    this.#lay();
  }

  #lay() {
    const { grid, columns, rows, active } = this.desk;
    const [across] = shapeOf(grid);
    const tracks = (sizes) => sizes.map((size) => `minmax(0, ${size}fr)`).join(" 5px ");
    this.root.style.gridTemplateColumns = this.#alone ? "minmax(0, 1fr)" : tracks(columns);
    this.root.style.gridTemplateRows = this.#alone ? "minmax(0, 1fr)" : tracks(rows);
    this.#panels.forEach(({ root }, place) => {
      root.hidden = place >= grid || (this.#alone && place !== active);
      root.style.gridColumn = this.#alone ? "1" : String((place % across) * 2 + 1);
      root.style.gridRow = this.#alone ? "1" : String(Math.floor(place / across) * 2 + 1);
    });
    this.#placeSplitters(columns.length);
  }

  #placeSplitters(columns) {
    this.#splitters.forEach(({ element }, each) => {
      const vertical = each < columns - 1;
      element.hidden = this.#alone;
      element.style.gridColumn = vertical ? String(each * 2 + 2) : "1 / -1";
      element.style.gridRow = vertical ? "1 / -1" : String((each - columns + 1) * 2 + 2);
    });
  }
}

