/** Wire floor. VWAP: the mean typical price by volume since the UTC day began; null until something was traded. */

import { Before, Total, perBar } from "../rolling.js";

const DAY = 86_400_000;

export default {
  kind: "vwap",
  title: "VWAP",
  long: "Volume-weighted average price of the UTC day",
  place: "over",
  params: [],
  colours: [{ key: "line", label: "Line", value: "#a78bfa" }],
  lines: [{ key: "line", colour: "line", style: "line" }],

  create() {
    const [days, paid, traded] = [new Before(), new Total(), new Total()];
    return perBar(["line"], (bar, how) => {
      const day = Math.floor(bar.time / DAY);
      const afresh = days[how](day) !== day;
      const volume = bar.volume ?? 0;
      const price = (bar.high + bar.low + bar.close) / 3;
      const [sum, size] = [paid[how](price * volume, afresh), traded[how](volume, afresh)];
      return { line: size > 0 ? sum / size : null };
    });
  },
};
