/** Wire floor. What of a chart the plot draws, and what is left to be drawn over it. */

import { drawn, inSight } from "../view.js";
import { PRICE, VOLUME } from "./layout.js";
import { FILLS, priceSpecs, studySpecs, volumeSpec } from "./specs.js";

const LEAST = 500;
const PROFILE_ROWS = 40;
const STYLES = { line: "line", dots: "line", histogram: "histogram" };

/**
 * Return {specs, from, to, last}: what to draw, between which places of bars, and the place of the last bar drawn.
 * The newest bar isn't: it moves.
 */
export function sceneOf({ model, view, box, scales, colours }) {
  const { series, bars, state } = model;
  const closed = bars.length - 1;
  const [from, to] = drawn(view, series.base, closed, LEAST);
  const floor = scales.get(PRICE).low - (scales.get(PRICE).high - scales.get(PRICE).low);
  const specs = priceSpecs(state.type, PRICE, bars, series.base, from, to, colours.accent, floor);
  if (box.panes.has(VOLUME)) specs.push(volumeSpec(series.bars, series.base, from, to, colours));
  for (const each of model.studies) if (each.study) specs.push(...studySpecs(each, each.pane ?? PRICE, series.base, from, to, colours));
  for (const part of model.comparisons) specs.push(...comparison(part, series, from, to, view));
  return { specs, ...reach(series, from, to, closed), last: series.base + closed - 1 };
}

/** Where there is nothing more to draw, a view may reach beyond what is drawn. */
function reach({ base }, from, to, closed) {
  return { from: from > 0 ? base + from : -Infinity, to: to < closed ? base + to : Infinity };
}

function comparison(part, { base, bars }, from, to, view) {
  const factor = part.factor(bars, ...inSight(view, base, bars.length));
  if (factor === null) return [];
  const y = part.closes.slice(from, to).map((close) => (close === null ? null : close * factor));
  return [{ kind: "line", pane: PRICE, x: y.map((_, each) => base + from + each), y, colour: part.colour }];
}

/** Return {tail, volumes, first, lines}: the bars after the place `last`, and the ends of all lines from it on. */
export function tailOf(model, last, colours, view) {
  const { series, bars, state } = model;
  const position = Math.max(0, last + 1 - series.base);
  const places = Array.from({ length: bars.length - Math.max(0, position - 1) }, (_, each) => Math.max(0, position - 1) + each);
  const points = (value) => places.map((each) => [series.base + each, value(each)]);
  const lines = [];
  if (state.type === "line" || state.type === "area") lines.push(priceEnd(state.type, points((each) => bars[each].close), colours));
  for (const each of model.studies) if (each.study) lines.push(...studyEnds(each, points, colours));
  for (const part of model.comparisons) lines.push(...comparisonEnd(part, series, view, points));
  return { tail: bars.slice(position), volumes: series.bars.slice(position), first: series.base + position, lines };
}

function priceEnd(type, points, { accent }) {
  return { pane: PRICE, style: "line", colour: accent, points, fill: type === "area" ? { part: FILLS.area, to: null } : null };
}

function studyEnds(each, points, { up, down }) {
  const pointsOf = (key) => points((place) => each.values(key)[place] ?? null);
  return each.definition.lines.map(({ key, colour, style, signed, fillTo }) => {
    const values = each.values(key);
    const newest = values[values.length - 1];
    const fill = fillTo ? { part: FILLS.band, to: pointsOf(fillTo) } : null;
    return { pane: each.pane ?? PRICE, style: STYLES[style], colour: signed ? (newest >= 0 ? up : down) : each.colours[colour], points: pointsOf(key), fill };
  });
}

function comparisonEnd(part, { base, bars }, view, points) {
  const factor = part.factor(bars, ...inSight(view, base, bars.length));
  if (factor === null) return [];
  return [{ pane: PRICE, style: "line", colour: part.colour, points: points((each) => (part.closes[each] ?? null) === null ? null : part.closes[each] * factor) }];
}

/**
 * Return [{at, price, high}]: the places of the highest and the lowest price of the bars whose middle is in sight, none
 * where there are too few.
 */
export function extremesOf({ bars, series }, view) {
  const [from, to] = [Math.max(0, Math.ceil(view.start - series.base)), Math.min(bars.length, Math.floor(view.end - series.base) + 1)];
  if (to - from < 2) return [];
  let [high, low] = [from, from];
  for (let each = from; each < to; each += 1) {
    if (bars[each].high >= bars[high].high) high = each;
    if (bars[each].low <= bars[low].low) low = each;
  }
  return [{ at: series.base + high, price: bars[high].high, high: true }, { at: series.base + low, price: bars[low].low, high: false }];
}

/** Return the volume by price of what is in sight, where the chart has such a study; else null. */
export function profileOf({ studies, series }, view) {
  const chosen = studies.find((each) => each.definition.place === "profile");
  if (!chosen) return null;
  const seen = series.bars.slice(...inSight(view, series.base, series.bars.length));
  const { width, rows = PROFILE_ROWS } = chosen.params;
  return { ...chosen.definition.profile(seen, rows, chosen.params), part: (width ?? 22) / 100 };
}
