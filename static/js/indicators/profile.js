/** Wire floor. Volume profile: what was traded at which price in the bars in view. */

import { isHole } from "../rolling.js";

const NONE = { low: null, high: null, rows: [], control: -1 };

const clamp = (value, most) => Math.min(most, Math.max(0, value));

/** Spread a bar's volume evenly from its low to its high; one without a height goes to the row it lies in. */
function spread(bar, rows, low, height) {
  const rowOf = (price) => (height > 0 ? clamp(Math.floor((price - low) / height), rows.length - 1) : 0);
  const side = bar.close >= bar.open ? "up" : "down";
  const [first, last] = [rowOf(bar.low), rowOf(bar.high)];
  if (first === last) {
    rows[first][side] += bar.volume;
    return;
  }
  for (let place = first; place <= last; place += 1) {
    const shared = Math.min(bar.high, rows[place].high) - Math.max(bar.low, rows[place].low);
    rows[place][side] += (bar.volume * Math.max(0, shared)) / (bar.high - bar.low);
  }
}

export default {
  kind: "profile",
  title: "Volume profile",
  long: "Volume by price of the bars in view",
  place: "profile",
  params: [
    { key: "rows", label: "Rows", value: 48, least: 4, most: 200, step: 1, unnamed: true },
    { key: "width", label: "Width %", value: 25, least: 5, most: 100, step: 5, unnamed: true },
  ],
  colours: [{ key: "control", label: "Most traded", value: "#e6b450" }],
  lines: [],

  /**
   * Return the rows from the lowest price to the highest, and the place of the one with the most volume (-1: none).
   * @param {import("../rolling.js").Bar[]} bars @param {number} count of rows; one where all prices are the same
   */
  profile(bars, count) {
    const known = bars.filter((bar) => !isHole(bar));
    if (!known.length) return NONE;
    const low = known.reduce((least, bar) => Math.min(least, bar.low), Infinity);
    const high = known.reduce((most, bar) => Math.max(most, bar.high), -Infinity);
    const many = high > low ? count : 1;
    const edge = (place) => (place === many ? high : low + ((high - low) * place) / many);
    const rows = Array.from({ length: many }, (_, place) => ({ low: edge(place), high: edge(place + 1), up: 0, down: 0 }));
    for (const bar of known) if (bar.volume > 0) spread(bar, rows, low, (high - low) / many);
    const total = (place) => (place < 0 ? 0 : rows[place].up + rows[place].down);
    return { low, high, rows, control: rows.reduce((most, _, place) => (total(place) > total(most) ? place : most), -1) };
  },
};
