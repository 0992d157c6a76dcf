/** Wire floor. The vertical scales of a chart's panes, made to fit what is seen. */

import { Scale } from "../scale.js";
import { fitted, inSight } from "../view.js";
import { PRICE, VOLUME } from "./layout.js";

const ROOM = 0.08;
/** How much wider than it must be a scale may stay, and by how much more than needed it grows. */
const LOOSE = 1.2;
const SPARE = 0.06;

/** @typedef {{low: number, high: number}} Range */

/** Return {low, high} of what the bars and comparisons in sight need, or null where there are none. */
function priceRange(model, bars, from, to, head, log) {
  const fit = fitted(bars, from, to, 0);
  if (!fit) return null;
  let { low, high } = fit;
  for (const part of model.comparisons) {
    const factor = part.factor(bars, from, to);
    for (let each = from; factor !== null && each < to; each += 1) {
      const value = part.closes[each] * factor;
      if (value > 0) [low, high] = [Math.min(low, value), Math.max(high, value)];
    }
  }
  return withHead(low, high, head, log, model.state.inverted);
}

/** Return a range with room at the upper end for what covers `head` of the height. Of a logarithm the room is a factor. */
function withHead(low, high, head, log, inverted) {
  const part = head / (1 - head);
  const times = log && low > 0 ? (high / low) ** part : null;
  const room = (high - low) * part;
  if (inverted) return { low: times ? low / times : low - room, high };
  return { low, high: times ? high * times : high + room };
}

/** Return the range of a study's values for the bars [from, to), with its levels. */
function studyRange({ definition, study }, from, to) {
  if (definition.range) return { low: definition.range[0], high: definition.range[1] };
  let [low, high] = [Infinity, -Infinity];
  const take = (value) => { if (Number.isFinite(value)) [low, high] = [Math.min(low, value), Math.max(high, value)]; };
  for (const { key, style } of definition.lines) {
    const values = study.values(key);
    for (let each = from; each < to; each += 1) take(values[each] ?? NaN);
    if (style === "histogram" && high >= low) take(0);
  }
  for (const level of high >= low ? definition.levels ?? [] : []) take(level);
  if (!(high >= low)) return { low: 0, high: 1 };
  const room = high > low ? (high - low) * ROOM : Math.abs(high) * 0.01 || 1;
  return { low: low - room, high: high + room };
}

/**
 * Return the scale of each pane, pane → Scale; null while there is nothing to fit.
 * @param {import("./model.js").Model} model @param {import("./camera.js").Camera} camera
 * @param {import("./layout.js").Box} box @param {number} head the part of the price's height that the legend covers
 * @param {(pane: string, wanted: Range) => Range} held what a pane is given in the place of the range that fits it
 */
export function scalesOf(model, camera, box, head, held = (_, wanted) => wanted) {
  const { series, bars } = model;
  const [from, to] = inSight(camera.view, series.base, bars.length);
  const log = model.state.scale === "log" && bars.slice(from, to).every((bar) => bar.low > 0);
  const fit = priceRange(model, bars, from, to, head, log);
  if (!fit) return null;
  const scales = new Map();
  for (const [pane, { top, bottom }] of box.panes) {
    if (pane === PRICE) {
      const { low, high } = camera.price ?? held(pane, fit);
      scales.set(pane, new Scale(low, high, top, bottom, log && low > 0, model.state.inverted));
    } else {
      const { low, high } = held(pane, pane === VOLUME ? volumeRange(series.bars, from, to) : paneRange(model, pane, from, to));
      scales.set(pane, new Scale(low, high, top, bottom));
    }
  }
  return scales;
}

function volumeRange(bars, from, to) {
  return { low: 0, high: fitted(bars, from, to, 0)?.volume ?? 1 };
}

function paneRange(model, pane, from, to) {
  const each = model.panes.find((study) => study.pane === pane);
  return each ? studyRange(each, from, to) : { low: 0, high: 1 };
}

/**
 * Return the range to show where another was shown before: that one while it fits, with some room where it must grow;
 * what is wanted where it would be much too wide. So a scale moves now and then, and not with each price.
 * @param {Range} before @param {Range} wanted
 */
export function steady(before, wanted) {
  const needed = wanted.high - wanted.low;
  const spare = needed * SPARE;
  const low = wanted.low >= before.low ? before.low : lowered(wanted.low, spare);
  const high = wanted.high <= before.high ? before.high : wanted.high + spare;
  return high - low > needed * LOOSE ? wanted : { low, high };
}

/** What is over zero stays over it: a logarithm has nothing else. */
function lowered(low, by) {
  return low > 0 ? Math.max(low - by, low * 0.9) : low - by;
}

/**
 * The scales of one chart, which hold still while only prices change, or a study is added that lies over them; a view
 * that a hand moves is fitted exactly.
 */
export class Fit {
  #seen = "";
  #revision = -1;
  #ranges = new Map();

  /** See `scalesOf`. */
  scales(model, camera, box, head) {
    const { symbol, interval, type, scale, inverted, compare } = model.state;
    const { top, bottom } = box.panes.get(PRICE);
    const seen = [camera.view.start, camera.view.end, head, box.width, top, bottom, symbol, interval, type, scale, inverted, compare].join(" ");
    if (seen !== this.#seen) this.#ranges.clear();
    else if (model.revision !== this.#revision) this.#forgetStudies();
    this.#seen = seen;
    this.#revision = model.revision;
    return scalesOf(model, camera, box, head, (pane, wanted) => this.#held(pane, wanted));
  }

  #forgetStudies() {
    for (const pane of this.#ranges.keys()) if (pane !== PRICE) this.#ranges.delete(pane);
  }

  #held(pane, wanted) {
    const before = this.#ranges.get(pane);
    const range = before ? steady(before, wanted) : wanted;
    this.#ranges.set(pane, range);
    return range;
  }
}
