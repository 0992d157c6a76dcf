/** Wire floor. OBV: the volume of bars that closed higher less that of those that closed lower, summed up. */

import { Before, Total, perBar } from "../rolling.js";

export default {
  kind: "obv",
  title: "OBV",
  long: "On-balance volume",
  place: "pane",
  params: [],
  colours: [{ key: "line", label: "Line", value: "#3aa99f" }],
  lines: [{ key: "line", colour: "line", style: "line" }],
  decimals: 2,

  create() {
    const [closes, total] = [new Before(), new Total()];
    return perBar(["line"], (bar, how) => {
      const before = closes[how](bar.close);
      const way = before === null ? 1 : Math.sign(bar.close - before);
      return { line: total[how](way * (bar.volume ?? 0)) };
    });
  },
};
