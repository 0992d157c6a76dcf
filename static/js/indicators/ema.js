/** Wire floor. EMA: an average of closes that forgets slowly; begins as the SMA of the first ones. */

import { Smoothed, perBar } from "../rolling.js";

export default {
  kind: "ema",
  title: "EMA",
  long: "Exponential moving average",
  place: "over",
  params: [{ key: "length", label: "Length", value: 20, least: 1, most: 500, step: 1 }],
  colours: [{ key: "line", label: "Line", value: "#e6b450" }],
  lines: [{ key: "line", colour: "line", style: "line" }],

  create({ length }) {
    const average = new Smoothed(length);
    return perBar(["line"], (bar, how) => ({ line: average[how](bar.close) }));
  },
};
