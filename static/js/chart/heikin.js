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
  /** What they were made of. */
  #made = [];
  #revision = -1;

  /** Return the bars of a series made anew from where it has changed. @param {import("../bars.js").Series} series */
  follow(series) {
    const { bars, revision } = series;
    for (let each = this.#known(series); each < bars.length; each += 1) {
      this.bars[each] = next(this.bars[each - 1], bars[each]);
      this.#made[each] = bars[each];
    }
    this.bars.length = this.#made.length = bars.length;
    this.#revision = revision;
    return this.bars;
  }

  /** How many of the first bars are as they were: one page of history may add bars and replace others. */
  #known({ bars, revision }) {
    if (revision === this.#revision) return Math.max(0, bars.length - 1);
    const changed = bars.findIndex((bar, each) => bar !== this.#made[each]);
    return changed < 0 ? bars.length : changed;
  }
}
