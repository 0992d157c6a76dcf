/** Wire floor. Donchian channel: the highest high and the lowest low of the newest bars, this one with them. */

import { Window, perBar } from "../rolling.js";

const NONE = { upper: null, middle: null, lower: null };

export default {
  kind: "donchian",
  title: "Donchian",
  long: "Donchian channel",
  place: "over",
  params: [{ key: "length", label: "Length", value: 20, least: 1, most: 500, step: 1 }],
  colours: [
    { key: "band", label: "Channel", value: "#3aa99f" },
    { key: "middle", label: "Middle", value: "#8a95a8" },
  ],
  lines: [
    { key: "upper", colour: "band", style: "line", fillTo: "lower" },
    { key: "middle", colour: "middle", style: "line" },
    { key: "lower", colour: "band", style: "line" },
  ],

  create({ length }) {
    const highs = new Window(length, Math.max);
    const lows = new Window(length, Math.min);
    return perBar(Object.keys(NONE), (bar, how) => {
      const [upper, lower] = [highs[how](bar.high), lows[how](bar.low)];
      return upper === null ? NONE : { upper, middle: (upper + lower) / 2, lower };
    });
  },
};
