/** Store floor. All that one chart shows: bars, studies and comparisons, kept in step; knows nothing of the screen. */

import { READ, legible } from "../colour.js";
import { History } from "../history.js";
import { Study } from "../study.js";
import { cleaned, label } from "../studies.js";
import { Comparison } from "./compare.js";
import { Heikin } from "./heikin.js";

const COMPARED = ["#c58fff", "#5cc8d7", "#f28e2b", "#b8c24a"];

export class Model {
  /** @type {import("../store.js").Chart|null} */
  chart = null;
  /** @type {History|null} */
  history = null;
  /** @type {{id: string, title: string, definition: any, study: Study|null, params: any, colours: any, pane: string|null, values: any}[]} */
  studies = [];
  /** @type {Comparison[]} */
  comparisons = [];
  /** Rises when anything but the newest bar has changed. */
  revision = 0;
  #heikin = new Heikin();
  #key = "";
  #studied = "";
  #ground = "#000000";

  /** @param {{store: any, clock: any, fetchBars: any, definitions: Map<string, any>, onState: () => void}} parts */
  constructor(parts) {
    Object.assign(this, parts);
  }

  /** Show what the state says; what of it is shown already stays. @param {any} state a chart of deskdoc.js */
  open(state) {
    this.state = state;
    this.#openChart(`${state.symbol} ${state.interval}`);
    this.#openComparisons();
    this.#openStudies();
    this.#ink();
    this.revision += 1;
  }

  close() {
    for (const part of this.comparisons) part.close();
    this.comparisons = [];
    this.#closeChart();
  }

  #closeChart() {
    this.history?.close();
    if (this.chart) this.store.closeChart(this.chart);
    this.chart = this.history = null;
    this.#key = "";
  }

  #openChart(key) {
    if (key === this.#key) return;
    const { symbol, interval } = this.state;
    this.#closeChart();
    if (!symbol) return;
    this.#key = key;
    this.chart = this.store.openChart(symbol, interval);
    this.#heikin = new Heikin();
    this.#studied = "";
    this.history = new History({ ...this, chart: this.chart });
    for (const part of this.comparisons) part.close();
    this.comparisons = [];
  }

  /** Each keeps its colour; a new one gets one that is free. */
  #openComparisons() {
    const { compare, interval, symbol } = this.state;
    const wanted = compare.filter((each) => each !== symbol);
    const kept = this.comparisons.filter((part) => wanted.includes(part.symbol));
    for (const part of this.comparisons) if (!kept.includes(part)) part.close();
    const free = COMPARED.filter((colour) => !kept.some((part) => part.own === colour));
    const laid = (each) => kept.find((part) => part.symbol === each) ?? new Comparison({ ...this, symbol: each, interval, colour: free.shift() });
    this.comparisons = this.chart ? wanted.map(laid) : [];
  }

  #openStudies() {
    const key = JSON.stringify([this.#key, this.state.studies, [...this.definitions.keys()]]);
    if (key === this.#studied) return;
    this.#studied = key;
    const before = this.studies;
    this.studies = this.state.studies.flatMap((kept, place) => this.#study(cleaned(kept, this.definitions), place, before));
  }

  /** A study whose colours alone have changed needn't count again. */
  #study(chosen, place, before) {
    if (!chosen) return [];
    const definition = this.definitions.get(chosen.kind);
    const counted = JSON.stringify([this.#key, chosen.kind, chosen.params]);
    const held = before.find((each) => each.counted === counted);
    const study = definition.create ? held?.study ?? new Study(definition, chosen.params) : null;
    const pane = definition.place === "pane" ? `study ${place}` : null;
    const values = (line) => study.values(line);
    return [{ ...chosen, chosen: chosen.colours, id: `study ${place}`, counted, title: label(chosen, definition), definition, study, pane, values }];
  }

  /** Be seen on another ground. @param {string} ground #rrggbb */
  seenOn(ground) {
    this.#ground = ground;
    this.#ink();
    this.revision += 1;
  }

  /** Lines and letters have the colours that were chosen, or like ones where those can't be seen or read on the ground. */
  #ink() {
    const inked = (colours, enough) => Object.fromEntries(Object.entries(colours).map(([key, colour]) => [key, legible(colour, this.#ground, enough)]));
    for (const each of this.studies) Object.assign(each, { colours: inked(each.chosen), letters: inked(each.chosen, READ) });
    for (const part of this.comparisons) Object.assign(part, { colour: legible(part.own, this.#ground), letter: legible(part.own, this.#ground, READ) });
  }

  /** The symbol is called otherwise; the bars stay. */
  rename(from, to) {
    if (this.state?.symbol !== from) return;
    this.state.symbol = to;
    this.#key = `${to} ${this.state.interval}`;
  }

  get series() {
    return this.chart?.series ?? null;
  }

  /** The bars as they are drawn: as they are, or as Heikin-Ashi. */
  get bars() {
    if (!this.series) return [];
    return this.state.type === "heikin" ? this.#heikin.follow(this.series) : this.series.bars;
  }

  /** Bring studies and comparisons up to date with the bars. */
  follow() {
    for (const { study } of this.studies) study?.update(this.series);
    for (const part of this.comparisons) part.follow(this.series);
  }

  /** The studies that have a pane of their own. */
  get panes() {
    return this.studies.filter((each) => each.pane);
  }

  /** Return a number that changes when there is something new to draw: not with the newest bar. */
  get drawing() {
    const parts = this.comparisons.map((part) => part.chart.series.revision);
    return [this.revision, this.series?.revision ?? 0, ...parts].join(" ");
  }
}
