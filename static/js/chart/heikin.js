/** Wire floor. Heikin-Ashi bars: each begins in the middle of the one before, and closes at its own mean. */

function next(before, bar) {
  const close = (bar.open + bar.high + bar.low + bar.close) / 4;
  const open = before ? (before.open + before.close) / 2 : (bar.open + bar.close) / 2;
  return { ...bar, open, close, high: Math.max(bar.high, open, close), low: Math.min(bar.low, open, close) };
}

/** The Heikin-Ashi bars of a series, kept up to date: a bar at its end costs no more than itself. */
export class Heikin {
  /** As many as the series has, in the same places. */
  bars = [];
  #revision = -1;
  #base = 0;

  /** Return the bars of a series made anew where it has changed. @param {import("../bars.js").Series} series */
  follow(series) {
    const { bars, base, revision } = series;
    const known = this.#knows(series) ? this.bars.length - 1 : 0;
    for (let each = known; each < bars.length; each += 1) this.bars[each] = next(this.bars[each - 1], bars[each]);
    this.bars.length = bars.length;
    this.#revision = revision;
    this.#base = base;
    return this.bars;
  }

  #knows({ bars, base, revision }) {
    if (!this.bars.length || base !== this.#base || this.bars.length > bars.length) return false;
    if (revision === this.#revision) return true;
    return revision === this.#revision + 1 && bars.length === this.bars.length + 1 && bars[bars.length - 2].time === this.bars[this.bars.length - 1].time;
  }
}
