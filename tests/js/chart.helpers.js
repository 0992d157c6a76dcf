/** A chart's model as the tests of its parts need it: plain columns where the desk has stores and lines. */

import { Series } from "../../static/js/bars.js";
import { Comparison } from "../../static/js/chart/compare.js";
import { newChart } from "../../static/js/deskdoc.js";

export const COLOURS = { up: "#00ff00", down: "#ff0000", accent: "#0000ff", soft: "#888888" };

/** Return a series of bars that starts at a place. */
export function seriesOf(bars, base = 0, length = 60_000) {
  const series = new Series(length);
  series.history(bars);
  series.base = base;
  return series;
}

/** Return a comparison whose own bars are these, with nobody to ask for older ones. */
export function comparisonOf(bars) {
  const chart = { series: seriesOf(bars) };
  const store = { openChart: () => chart, closeChart() {}, on: () => () => {}, history: () => 0 };
  const clock = { time: () => 0 };
  const part = new Comparison({ symbol: "SIM:ETH-USD", interval: "1m", colour: "#123456", store, clock, fetchBars: () => new Promise(() => {}), onState() {} });
  return Object.assign(part, { chart });
}

/** Return a model over a series, as canvas.js and fit.js read it. @param {Object<string, any>} more of the chart's state */
export function modelOf(series, more = {}, { studies = [], comparisons = [], bars = series.bars } = {}) {
  const panes = studies.filter((each) => each.pane);
  return { series, bars, state: { ...newChart("SIM:BTC-USD"), ...more }, studies, comparisons, panes };
}

/** Return a study whose lines have these values. */
export function studyOf(columns, { pane = null, definition = {}, colours = { line: "#abcdef" } } = {}) {
  const lines = Object.keys(columns).map((key) => ({ key, colour: "line", style: "line" }));
  const values = (key) => columns[key];
  return { pane, colours, definition: { lines, ...definition }, study: { values }, values };
}
