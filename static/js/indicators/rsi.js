/** Wire floor. RSI: Wilder's share of rises in all moves of the close, 0 to 100. */

import { Before, Smoothed, perBar } from "../rolling.js";

const NONE = { line: null };

/** Where nothing has moved neither side leads: 50. */
const shareOf = (rise, fall) => (rise + fall === 0 ? 50 : (100 * rise) / (rise + fall));

export default {
  kind: "rsi",
  title: "RSI",
  long: "Relative strength index",
  place: "pane",
  params: [{ key: "length", label: "Length", value: 14, least: 2, most: 500, step: 1 }],
  colours: [{ key: "line", label: "Line", value: "#b48ead" }],
  lines: [{ key: "line", colour: "line", style: "line" }],
  levels: [30, 70],
  range: [0, 100],
  decimals: 2,

  create({ length }) {
    const closes = new Before();
    const rises = new Smoothed(length, 1 / length);
    const falls = new Smoothed(length, 1 / length);
    return perBar(["line"], (bar, how) => {
      const before = closes[how](bar.close);
      if (before === null) return NONE;
      const rise = rises[how](Math.max(0, bar.close - before));
      const fall = falls[how](Math.max(0, before - bar.close));
      return { line: rise === null ? null : shareOf(rise, fall) };
    });
  },
};
