/**
 * Wire floor. Arithmetic over the newest values, for indicators: a constant cost a value, and nothing drifts.
 *
 * Every part has push(value), which commits, and peek(value), which returns what push would and commits nothing.
 */

/** @typedef {{time: number, open: number, high: number, low: number, close: number, volume: number|null, source?: string}} Bar */
/** @typedef {Object<string, number|null>} Values */

/**
 * Return the state of an indicator from its step; bars that carry no information are null and change nothing.
 * @param {string[]} keys of the lines
 * @param {(bar: Bar, how: "push"|"peek") => Values} step hands `how` on to its parts
 */
export function perBar(keys, step) {
  const none = Object.freeze(Object.fromEntries(keys.map((key) => [key, null])));
  const read = (bar, how) => (isHole(bar) ? none : step(bar, how));
  return { push: (bar) => read(bar, "push"), peek: (bar) => read(bar, "peek") };
}

/** Tell whether nothing is known of a bar's time. */
export function isHole(bar) {
  return bar.source === "hole" || !Number.isFinite(bar.close);
}

/**
 * The newest `length` values, joined: null until there are as many.
 *
 * Values are kept in blocks of `length`: the window is the rest of the block before and the start of this one. Both
 * are joined ahead, so nothing is ever taken out of a sum again, which is where rounding errors would pile up.
 */
export class Window {
  #block = [];
  #joined = null;
  /** Of the block before: what the values from each position on come to. */
  #rests = null;

  /** @param {number} length @param {(older: any, newer: any) => any} join */
  constructor(length, join) {
    Object.assign(this, { length, join });
  }

  peek(value) {
    const joined = this.#with(value);
    const filled = this.#block.length + 1;
    if (filled === this.length) return joined;
    return this.#rests && this.join(this.#rests[filled], joined);
  }

  push(value) {
    const result = this.peek(value);
    this.#joined = this.#with(value);
    this.#block.push(value);
    if (this.#block.length === this.length) this.#turn();
    return result;
  }

  #with(value) {
    return this.#block.length ? this.join(this.#joined, value) : value;
  }

  #turn() {
    this.#rests = this.#block;
    for (let position = this.length - 2; position >= 0; position -= 1) {
      this.#rests[position] = this.join(this.#rests[position], this.#rests[position + 1]);
    }
    this.#block = [];
  }
}

/** Return one value as moments: how many, their mean, and the sum of squared distances from it. */
export const moment = (value) => ({ count: 1, mean: value, squares: 0 });

/** Return the moments of two sets together; exact too where prices are large and moves are tiny. */
export function joinMoments(one, other) {
  const count = one.count + other.count;
  const apart = other.mean - one.mean;
  const mean = one.mean + (apart * other.count) / count;
  return { count, mean, squares: one.squares + other.squares + (apart * apart * one.count * other.count) / count };
}

/** An average that forgets slowly: begins as the mean of the first `length` values; null until there are as many. */
export class Smoothed {
  #count = 0;
  #sum = 0;
  #value = null;

  /** @param {number} length @param {number} weight of each new value: as in an EMA, or 1 / length as Wilder's */
  constructor(length, weight = 2 / (length + 1)) {
    Object.assign(this, { length, weight });
  }

  peek(value) {
    if (this.#value !== null) return this.#value + this.weight * (value - this.#value);
    return this.#count + 1 < this.length ? null : (this.#sum + value) / this.length;
  }

  push(value) {
    this.#value = this.peek(value);
    this.#count += 1;
    this.#sum += value;
    return this.#value;
  }
}

/** The value before this one; null for the first. */
export class Before {
  #value = null;

  peek() {
    return this.#value;
  }

  push(value) {
    const before = this.#value;
    this.#value = value;
    return before;
  }
}

/** The sum of all values since the last one that began afresh. */
export class Total {
  #sum = 0;

  peek(value, afresh = false) {
    return (afresh ? 0 : this.#sum) + value;
  }

  push(value, afresh = false) {
    this.#sum = this.peek(value, afresh);
    return this.#sum;
  }
}
