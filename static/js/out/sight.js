/** Wire floor. What of a chart is in sight, as plain values that no later price changes. */

import { profileOf } from "../chart/scene.js";
import { inSight } from "../view.js";

const HEIKIN = ["open", "high", "low", "close"];

/**
 * @typedef {{key: string, name: string, values: (number|null)[], colour: string, style: string, fillTo: string|null}} Line
 * @typedef {{symbol: string, interval: string, length: number, bars: any[],
 *   studies: {kind: string, params: any, title: string, pane: string|null, levels: number[],
 *     range: [number, number]|null, lines: Line[]}[],
 *   compare: {symbol: string, closes: (number|null)[]}[],
 *   profile: {rows: {low: number, high: number, up: number, down: number}[], part: number}|null}} Sight `fillTo`: the key
 *   of the line that a line is filled to
 */

const known = (value) => (Number.isFinite(value) ? value : null);

/** Return a bar with what is known of it: of one without data nothing but its time. */
function plain({ time, open, high, low, close, volume, source, closed }) {
  const hole = source === "hole";
  const [o, h, l, c, v] = [open, high, low, close, volume].map((value) => (hole ? null : known(value)));
  return { time, open: o, high: h, low: l, close: c, volume: v, source, closed: Boolean(closed) };
}

/** Return a study's lines; one alone is called as the study is. */
function linesOf({ title, definition, colours, values }, part) {
  const { lines } = definition;
  return lines.map(({ key, colour, style, fillTo }) => ({
    key, name: lines.length > 1 ? `${title} ${key}` : title, values: part(values(key)), colour: colours[colour], style, fillTo: fillTo ?? null,
  }));
}

/** The bars of Heikin-Ashi aren't what was traded: they stand beside it, as a study does. */
function heikin(bars, part) {
  const lines = HEIKIN.map((key) => ({ key, name: `Heikin-Ashi ${key}`, values: part(bars.map((bar) => (bar.source === "hole" ? null : bar[key]))) }));
  return { kind: "heikin", params: {}, title: "Heikin-Ashi", pane: null, levels: [], range: null, lines };
}

/**
 * Return what a chart shows of its bars, studies and comparisons.
 * @param {{model: import("../chart/model.js").Model, camera: import("../chart/camera.js").Camera}} panel
 * @returns {Sight}
 */
export function sightOf({ model, camera }) {
  const { state: { symbol, interval, type }, series } = model;
  const [from, to] = camera.view && series ? inSight(camera.view, series.base, series.bars.length) : [0, 0];
  const part = (values) => Array.from({ length: to - from }, (_, each) => known(values[from + each]));
  const studies = model.studies.filter(({ study }) => study).map((each) => ({
    kind: each.kind, params: each.params, title: each.title, pane: each.pane, levels: each.definition.levels ?? [], range: each.definition.range ?? null, lines: linesOf(each, part),
  }));
  if (type === "heikin" && to > from) studies.unshift(heikin(model.bars, part));
  const compare = model.comparisons.map((each) => ({ symbol: each.symbol, closes: part(each.closes) }));
  return { symbol, interval, length: series?.length ?? 0, bars: series ? series.bars.slice(from, to).map(plain) : [], studies, compare, profile: to > from ? profileOf(model, camera.view) : null };
}
