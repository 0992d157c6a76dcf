/** Wire floor. MACD: a fast EMA less a slow one, its own EMA as the signal, and the distance of the two. */

import { Smoothed, perBar } from "../rolling.js";

const NONE = { line: null, signal: null, histogram: null };

/** An EMA that leaves out the first `late` values, so that both begin with the same bar (as TA-Lib has it). */
class LateEma extends Smoothed {
  #late;

  constructor(length, late) {
    super(length);
    this.#late = late;
  }

  push(value) {
    if (this.#late === 0) return super.push(value);
    this.#late -= 1;
    return null;
  }

  peek(value) {
    return this.#late === 0 ? super.peek(value) : null;
  }
}

export default {
  kind: "macd",
  title: "MACD",
  long: "Moving average convergence divergence",
  place: "pane",
  params: [
    { key: "fast", label: "Fast", value: 12, least: 1, most: 500, step: 1 },
    { key: "slow", label: "Slow", value: 26, least: 1, most: 500, step: 1 },
    { key: "signal", label: "Signal", value: 9, least: 1, most: 500, step: 1 },
  ],
  colours: [
    { key: "line", label: "MACD", value: "#6ea8fe" },
    { key: "signal", label: "Signal", value: "#e6b450" },
  ],
  lines: [
    { key: "histogram", colour: "line", style: "histogram", signed: true },
    { key: "line", colour: "line", style: "line" },
    { key: "signal", colour: "signal", style: "line" },
  ],
  levels: [0],

  create({ fast, slow, signal }) {
    const [short, long] = [Math.min(fast, slow), Math.max(fast, slow)];
    const quick = new LateEma(short, long - short);
    const calm = new Smoothed(long);
    const signals = new Smoothed(signal);
    return perBar(Object.keys(NONE), (bar, how) => {
      const [near, far] = [quick[how](bar.close), calm[how](bar.close)];
      if (far === null) return NONE;
      const line = near - far;
      const mean = signals[how](line);
      return { line, signal: mean, histogram: mean === null ? null : line - mean };
    });
  },
};
