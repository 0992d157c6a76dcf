/**
 * Wire floor. Times on an axis of places: each bar has a whole number, what lies between two bars (or where some are
 * missing) is shared out evenly, and beyond the first and the last one the bar's length counts.
 */

import { lowerBound } from "../bars.js";

/** Return the place of a time. @param {import("../bars.js").Series} series @param {number} length ms of a bar */
export function placeOf({ bars, base }, length, time) {
  if (!bars.length) return base;
  const next = lowerBound(bars, time);
  const before = Math.max(0, next - 1);
  if (next === 0 || next === bars.length) return base + before + (time - bars[before].time) / length;
  return base + before + (time - bars[before].time) / (bars[next].time - bars[before].time);
}

/** Return the time of a place; the inverse of placeOf. */
export function timeOf({ bars, base }, length, place) {
  if (!bars.length) return 0;
  const before = Math.min(bars.length - 1, Math.max(0, Math.floor(place - base)));
  const part = place - base - before;
  const step = part > 0 && before + 1 < bars.length ? bars[before + 1].time - bars[before].time : length;
  return bars[before].time + part * step;
}

/** Return the open, high, low or close that is nearest to a pixel, of the bar under it; null where there is none. */
export function snapped(series, { placeAt, y }, across, down) {
  const bar = series.at(Math.round(placeAt(across)));
  if (!bar || bar.source === "hole") return null;
  const far = (price) => Math.abs(y(price) - down);
  return [bar.open, bar.high, bar.low, bar.close].reduce((best, price) => (far(price) < far(best) ? price : best));
}

/**
 * Return a frame for drawings: `screen` has x, placeAt, y, priceAt, width, height, top, decimals and epoch; times
 * and snapping follow from the bars.
 * @returns {import("./shapes.js").Frame}
 */
export function framed(screen, series, length) {
  return {
    ...screen,
    length,
    placeOf: (time) => placeOf(series, length, time),
    timeOf: (place) => timeOf(series, length, place),
    snap: (across, down) => snapped(series, screen, across, down),
  };
}
