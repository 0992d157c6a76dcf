/**
 * Wire floor. The bars of one chart: history and stream merged, oldest first.
 *
 * Every bar keeps a whole number as its place on the x axis. Bars that arrive before it or after it never
 * move it, so that loading older ones leaves the view where it is, to the pixel.
 */

/**
 * @typedef {{time: number, open: number, high: number, low: number, close: number, volume: number,
 *   source: string, closed: boolean, streamed: boolean}} Candle
 */

export const LIMIT = 5000;
const SLACK = 250;

/** Return the position of the first bar at or after `time` in a list ordered by time. */
export function lowerBound(bars, time) {
  let [low, high] = [0, bars.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (bars[middle].time < time) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Return the bars in an answer of /api/bars: rows, and the times of those that are not whole by their source. */
export function fromAnswer({ bars, sources }, length, now) {
  const told = new Map(Object.entries(sources).flatMap(([source, times]) => times.map((time) => [time, source])));
  return bars.map((row) => fromRow(row, told.get(row[0]) ?? "backfill", length, now));
}

function fromRow([time, open, high, low, close, volume], source, length, now) {
  return { time, open, high, low, close, volume, source, closed: time + length <= now, streamed: false };
}

/** Return the bar in a message of the stream. */
export function fromStream(bar) {
  const { time, open, high, low, close, volume, source = "live", closed = false } = bar;
  return { time, open, high, low, close, volume, source, closed, streamed: true };
}

export class Series {
  /** @type {Candle[]} */
  bars = [];
  /** Place of bars[0] on the x axis. */
  base = 0;
  /** Rises with every change to a bar that is not the newest; the newest alone is drawn apart. */
  revision = 0;
  /** Time of the bar that must not move when bars are put in between; null: the newest one. */
  anchor = null;

  /** @param {number} length ms of one bar */
  constructor(length = 60_000) {
    this.length = length;
  }

  /** Return the newest bar, or undefined. */
  get newest() {
    return this.bars[this.bars.length - 1];
  }

  /** Return the place of the newest bar; base - 1 when there is none. */
  get last() {
    return this.base + this.bars.length - 1;
  }

  /** Return the bar at a place, or undefined. */
  at(place) {
    return this.bars[place - this.base];
  }

  /** Return the place of a time, between two bars where it falls between them, and beyond them by `length` ms a bar. */
  placeOf(time, length = this.length) {
    const { bars, base } = this;
    if (!bars.length) return base;
    const position = lowerBound(bars, time);
    if (position === bars.length) return this.last + (time - bars[bars.length - 1].time) / length;
    if (bars[position].time === time) return base + position;
    if (position === 0) return base - (bars[0].time - time) / length;
    const [before, after] = [bars[position - 1].time, bars[position].time];
    return base + position - 1 + (time - before) / (after - before);
  }

  /** Return the time (ms UTC) of a place, the other way round. */
  timeOf(place, length = this.length) {
    const { bars, base } = this;
    if (!bars.length) return 0;
    const position = Math.floor(place - base);
    if (position < 0) return bars[0].time + (place - base) * length;
    if (position >= bars.length - 1) return bars[bars.length - 1].time + (place - this.last) * length;
    return bars[position].time + (place - base - position) * (bars[position + 1].time - bars[position].time);
  }

  /** Take in a bar of the stream: it replaces the one of its time. */
  stream(candle) {
    const newest = this.newest;
    if (newest && candle.time === newest.time) {
      this.bars[this.bars.length - 1] = candle;
    } else if (!newest || candle.time > newest.time) {
      this.bars.push(candle);
      this.#trim();
      this.revision += 1;
    } else {
      this.#merge([candle], true);
    }
  }

  /** Take in history, oldest first; bars that came by the stream stay. Return how many are new. */
  history(candles) {
    return this.#merge(candles, false);
  }

  /** After a loss on the line: what the stream said before may be incomplete, so history may replace it. */
  loosen() {
    for (const candle of this.bars) candle.streamed = false;
  }

  #merge(candles, wins) {
    const held = new Map(this.bars.map((candle) => [candle.time, candle]));
    const before = held.size;
    const anchor = this.#anchorTime();
    const place = anchor === null ? null : this.base + lowerBound(this.bars, anchor);
    for (const candle of candles) {
      if (wins || !held.get(candle.time)?.streamed) held.set(candle.time, candle);
    }
    this.bars = [...held.values()].sort((a, b) => a.time - b.time);
    this.base = place === null ? 0 : place - lowerBound(this.bars, anchor);
    this.revision += 1;
    return held.size - before;
  }

  #anchorTime() {
    if (!this.bars.length) return null;
    return this.anchor === null ? this.newest.time : this.anchor;
  }

  /** The oldest bars go; while somebody looks at what was, four times as many stay. */
  #trim() {
    const kept = this.anchor === null ? LIMIT : 4 * LIMIT;
    if (this.bars.length <= kept + SLACK) return;
    const surplus = this.bars.length - kept;
    this.bars.splice(0, surplus);
    this.base += surplus;
  }
}
