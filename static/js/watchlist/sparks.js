/** Store floor. The day lines of the symbols that are looked at: fetched in batches, kept up by live prices. */

import { DayLine } from "./dayline.js";

const AT_ONCE = 50;
const FRESH = 900_000;
const RETRY = 60_000;

export class Sparks {
  /** @type {Map<string, DayLine>} */
  #lines = new Map();
  /** symbol → when it is to be asked for again */
  #due = new Map();
  #asking = false;

  /**
   * @param {{fetchSparks: (symbols: string[]) => Promise<{symbol: string, start: number|null, closes: (number|null)[]}[]>,
   *   now?: () => number}} parts
   */
  constructor({ fetchSparks, now = () => performance.now() }) {
    Object.assign(this, { fetchSparks, now });
  }

  /** Return the line of a symbol. */
  line(symbol) {
    if (!this.#lines.has(symbol)) this.#lines.set(symbol, new DayLine());
    return this.#lines.get(symbol);
  }

  /** Fetch those of these symbols that were not fetched in the last 15 minutes, 50 at a time, one batch after another. */
  async want(symbols) {
    const due = symbols.filter((symbol) => !(this.#due.get(symbol) > this.now())).slice(0, AT_ONCE);
    if (this.#asking || !due.length) return;
    this.#asking = true;
    const found = await this.fetchSparks(due).catch(() => null);
    this.#asking = false;
    for (const symbol of due) this.#due.set(symbol, this.now() + (found ? FRESH : RETRY));
    for (const each of found ?? []) this.line(each.symbol).stored(each);
  }

  /** Forget all lines but those of these symbols. */
  keepOnly(symbols) {
    for (const held of [this.#lines, this.#due]) {
      for (const symbol of held.keys()) if (!symbols.has(symbol)) held.delete(symbol);
    }
  }
}
