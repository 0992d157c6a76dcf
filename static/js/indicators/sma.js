/** Wire floor. SMA: the mean of the newest closes. */

import { Window, joinMoments, moment, perBar } from "../rolling.js";

export default {
  kind: "sma",
  title: "SMA",
  long: "Simple moving average",
  place: "over",
  params: [{ key: "length", label: "Length", value: 50, least: 1, most: 500, step: 1 }],
  colours: [{ key: "line", label: "Line", value: "#6ea8fe" }],
  lines: [{ key: "line", colour: "line", style: "line" }],

  create({ length }) {
    const window = new Window(length, joinMoments);
    return perBar(["line"], (bar, how) => ({ line: window[how](moment(bar.close))?.mean ?? null }));
  },
};
