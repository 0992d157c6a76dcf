/** Wire floor. The vertical scales of a chart's panes, made to fit what is seen. */

import { Scale } from "../scale.js";
import { fitted, inSight } from "../view.js";
import { PRICE, VOLUME } from "./layout.js";

const ROOM = 0.08;

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
  return withHead(low, high, head, log);
}

/** Return a range with room above for what covers `head` of the height. Of a logarithm the room is a factor. */
function withHead(low, high, head, log) {
  const part = head / (1 - head);
  if (log && low > 0) return { low, high: high * (high / low) ** part };
  return { low, high: high + (high - low) * part };
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
 */
export function scalesOf(model, camera, box, head) {
  const { series, bars } = model;
  const [from, to] = inSight(camera.view, series.base, bars.length);
  const log = model.state.scale === "log" && bars.slice(from, to).every((bar) => bar.low > 0);
  const range = camera.price ?? priceRange(model, bars, from, to, head, log);
  if (!range) return null;
  const scales = new Map();
  for (const [pane, { top, bottom }] of box.panes) {
    if (pane === PRICE) scales.set(pane, new Scale(range.low, range.high, top, bottom, log && range.low > 0, model.state.inverted));
    else if (pane === VOLUME) scales.set(pane, new Scale(0, fitted(series.bars, from, to, 0)?.volume ?? 1, top, bottom));
    else scales.set(pane, studyScale(model.panes.find((each) => each.pane === pane), from, to, top, bottom));
  }
  return scales;
}

function studyScale(each, from, to, top, bottom) {
  const { low, high } = each ? studyRange(each, from, to) : { low: 0, high: 1 };
  return new Scale(low, high, top, bottom);
}
