/** Wire floor. Bollinger bands: the mean of the newest closes, and so many population deviations around it. */

import { Window, joinMoments, moment, perBar } from "../rolling.js";

const KEYS = ["upper", "middle", "lower"];
const NONE = { upper: null, middle: null, lower: null };

export default {
  kind: "bollinger",
  title: "Bollinger",
  long: "Bollinger bands",
  place: "over",
  params: [
    { key: "length", label: "Length", value: 20, least: 2, most: 500, step: 1 },
    { key: "width", label: "Deviations", value: 2, least: 0.1, most: 10, step: 0.1 },
  ],
  colours: [
    { key: "band", label: "Bands", value: "#5aa7c7" },
    { key: "middle", label: "Middle", value: "#8a95a8" },
  ],
  lines: [
    { key: "upper", colour: "band", style: "line", fillTo: "lower" },
    { key: "middle", colour: "middle", style: "line" },
    { key: "lower", colour: "band", style: "line" },
  ],

  create({ length, width }) {
    const window = new Window(length, joinMoments);
    return perBar(KEYS, (bar, how) => {
      const all = window[how](moment(bar.close));
      if (!all) return NONE;
      const reach = width * Math.sqrt(all.squares / all.count);
      return { upper: all.mean + reach, middle: all.mean, lower: all.mean - reach };
    });
  },
};
