/** View floor. What is done to charts: each change goes into the desk's document, and on to the charts it is linked with. */

import { MOST, cleanDesk, isSameName, nameFrom, newChart, newDesk, openDesk } from "../deskdoc.js";
import { beside, cleaned } from "../studies.js";

export class Charts {
  /**
   * @param {{state: any, grid: import("./grid.js").Grid, links: import("./links.js").Links,
   *   definitions: Map<string, any>, listed: () => string[], onOpened: (symbol: string) => void, onChanged: () => void, onDesk: () => void}} parts
   *   `onDesk` puts the open desk on the screen
   */
  constructor(parts) {
    Object.assign(this, parts);
  }

  get document() {
    return this.state.document;
  }

  get desk() {
    return openDesk(this.document);
  }

  get panel() {
    return this.grid.active;
  }

  /** The state of the chart that is used. */
  get chart() {
    return this.panel.state;
  }

  /** Put what was changed on the screen and into the document. */
  changed(panels = [this.panel]) {
    for (const panel of panels) panel.open(panel.state);
    this.state.save();
    this.onChanged();
  }

  /** Show a symbol in the chart that is used, and in those of its colour. */
  open(symbol) {
    const panels = this.links.withSymbol(this.panel);
    for (const { state } of panels) Object.assign(state, { symbol, compare: state.compare.filter((each) => each !== symbol) });
    this.changed(panels);
    this.onOpened(symbol);
  }

  /** Take what an address asks for into the chart that is used; those of its colour take the symbol. */
  ask(asked) {
    const { charts, active } = this.desk;
    const { symbol, link } = Object.assign(charts[active], asked);
    for (const chart of charts) if (link && chart.link === link) chart.symbol = symbol;
  }

  /** Show another interval. */
  interval(interval) {
    const panels = this.links.withInterval(this.panel);
    for (const { state } of panels) state.interval = interval;
    this.changed(panels);
  }

  /** Change one thing of the chart: type, scale, zone, volume, inverted. */
  set(values) {
    Object.assign(this.chart, values);
    this.changed();
  }

  /** Give the chart a colour, null for none; it takes the symbol of the charts that have it already. */
  link(link) {
    const other = this.grid.panels.find((each) => each !== this.panel && link && each.state.link === link);
    this.chart.link = link;
    if (other && other.state.symbol !== this.chart.symbol) this.open(other.state.symbol ?? this.chart.symbol);
    else this.changed();
  }

  /** Have the linked charts share their interval or range, or no longer. */
  follow(what) {
    this.chart.follow[what] = !this.chart.follow[what];
    this.changed();
  }

  /** Lay a symbol over the chart; null takes all of them off. Return why not, or "". */
  compare(symbol) {
    const { compare } = this.chart;
    if (symbol === this.chart.symbol) return "A chart can't be compared with itself.";
    if (compare.length >= MOST.compare && !compare.includes(symbol)) return `A chart is compared with ${MOST.compare} symbols at most.`;
    if (!compare.includes(symbol)) this.set({ compare: [...compare, symbol] });
    return "";
  }

  /** Take one comparison off, or (null) all. */
  uncompare(symbol) {
    this.set({ compare: symbol ? this.chart.compare.filter((each) => each !== symbol) : [] });
  }

  /** Add a study. Return why not, or "". */
  study(kind, params = {}) {
    const definition = this.definitions.get(kind);
    if (!definition) return `There is no indicator ${kind}.`;
    if (this.chart.studies.length >= MOST.studies) return `A chart has ${MOST.studies} indicators at most.`;
    const first = beside(this.chart.studies, definition);
    this.studies([...this.chart.studies, cleaned({ ...first, params: { ...first.params, ...params } }, this.definitions)]);
    return "";
  }

  /** Take a kind of study off: those with these parameters, or all. */
  unstudy(kind, params) {
    const same = (study) => study.kind === kind && Object.entries(params ?? {}).every(([key, value]) => study.params[key] === value);
    this.studies(this.chart.studies.filter((study) => !same(study)));
  }

  /** Show these studies. */
  studies(studies) {
    this.set({ studies });
  }

  /** Show so many charts; new ones show the next symbols of the list. */
  count(count) {
    const { desk } = this;
    const { symbol, interval } = this.chart;
    const next = this.listed().filter((each) => !desk.charts.some((chart) => chart.symbol === each));
    while (desk.charts.length < count) desk.charts.push(newChart(next.shift() ?? symbol, interval));
    Object.assign(desk, cleanDesk({ ...desk, grid: count, columns: [], rows: [], charts: desk.charts, active: Math.min(desk.active, count - 1) }, desk.name));
    this.#unite(desk.charts.slice(0, count));
    this.showDesk();
  }

  /** A chart that was hidden takes the symbol that its colour has now. */
  #unite(charts) {
    for (const chart of charts) {
      const { symbol } = charts.find((each) => each === chart || (each.link && each.link === chart.link));
      Object.assign(chart, { symbol, compare: chart.compare.filter((each) => each !== symbol) });
    }
  }

  /** Put the open desk on the screen. */
  showDesk() {
    this.onDesk();
    this.state.save();
  }

  /** Open a desk by its name; `make`: a new one, like the one that is open. */
  openDesk(name, make = false) {
    const { desks } = this.document;
    const wanted = nameFrom(name);
    const known = desks.find((each) => isSameName(each.name, wanted));
    if (!known && !make) return `There is no desk ${name}; there are ${desks.map((each) => each.name).join(", ")}.`;
    if (!wanted) return "A desk needs a name.";
    if (!known && desks.length >= MOST.desks) return `There are ${MOST.desks} desks at most.`;
    if (!known) desks.push({ ...structuredClone(this.desk), name: wanted });
    this.document.desk = known?.name ?? wanted;
    this.showDesk();
    return "";
  }

  /** Call the open desk otherwise. Return why not, or "". */
  renameDesk(name) {
    const { document, desk } = this;
    const wanted = nameFrom(name);
    if (!wanted) return "A desk needs a name.";
    if (document.desks.some((each) => each !== desk && isSameName(each.name, wanted))) return `There is a desk ${wanted} already.`;
    desk.name = document.desk = wanted;
    this.state.save();
    this.onChanged();
    return "";
  }

  /** Delete the open desk; another one is opened. */
  dropDesk() {
    const { document, desk } = this;
    document.desks = document.desks.filter((each) => each !== desk);
    if (!document.desks.length) document.desks.push(newDesk("Main"));
    document.desk = document.desks[0].name;
    this.showDesk();
  }
}
