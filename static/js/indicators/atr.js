/** Wire floor. ATR: Wilder's average of how far price went in a bar, a jump from the close before it included. */

import { Before, Smoothed, perBar } from "../rolling.js";

const NONE = { line: null };

export default {
  kind: "atr",
  title: "ATR",
  long: "Average true range",
  place: "pane",
  params: [{ key: "length", label: "Length", value: 14, least: 1, most: 500, step: 1 }],
  colours: [{ key: "line", label: "Line", value: "#d08770" }],
  lines: [{ key: "line", colour: "line", style: "line" }],

  create({ length }) {
    const closes = new Before();
    const ranges = new Smoothed(length, 1 / length);
    return perBar(["line"], (bar, how) => {
      const before = closes[how](bar.close);
      if (before === null) return NONE;
      return { line: ranges[how](Math.max(bar.high, before) - Math.min(bar.low, before)) };
    });
  },
};
