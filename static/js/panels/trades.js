/** Wire floor. The last trades of a symbol that are large enough, bounded; what is missing between them is noted. */

/** Rows that are kept. */
export const KEPT = 1000;
const SLACK = 250;

/**
 * @typedef {import("../wire.js").Trade} Trade
 * @typedef {{missed: number, time: number}} Note trades that were not shown, 0 when nobody knows how many
 */

const keyOf = ({ id, time, price, size }) => `${id}|${time}|${price}|${size}`;

/** Tell whether an entry says that trades are missing. */
export function isNote(entry) {
  return "missed" in entry;
}

/** Keep the newest of a list that is oldest first; a little more may stand, so that it is rarely cut. */
function cut(list) {
  if (list.length > KEPT + SLACK) list.splice(0, list.length - KEPT);
}

/** Put a trade where its time is in a list that is oldest first. */
function insert(list, trade) {
  let place = list.length;
  while (place > 0 && list[place - 1].time > trade.time) place -= 1;
  list.splice(place, 0, trade);
}

export class Trades {
  /** Everything that was heard, oldest first; and what of it is large enough. */
  #all = [];
  #large = [];
  /** The least size that is shown. */
  least = 0;
  /** Trades that came live and are large enough, ever. */
  told = 0;

  #passes = (entry) => isNote(entry) || entry.size >= this.least;

  /** Return the number of rows there are. */
  get length() {
    return Math.min(KEPT, this.#large.length);
  }

  /** Return the row at a place, the newest at 0. @returns {Trade|Note|undefined} */
  at(place) {
    return this.#large[this.#large.length - 1 - place];
  }

  /** Return all rows as they are now, the newest first. */
  copy() {
    return this.#large.slice(-KEPT).reverse();
  }

  /** Take in a trade of the stream; one that is told again stands where its time is. @param {Trade} trade */
  add(trade) {
    if (trade.recap) this.#retell(trade);
    else this.#push(trade);
  }

  #push(trade) {
    this.#all.push(trade);
    cut(this.#all);
    if (!this.#passes(trade)) return;
    this.told += 1;
    this.#large.push(trade);
    cut(this.#large);
  }

  #retell(trade) {
    if (this.#all.some((entry) => entry.id === trade.id && keyOf(entry) === keyOf(trade))) return;
    insert(this.#all, trade);
    if (this.#passes(trade)) insert(this.#large, trade);
  }

  /** Note that so many trades were left out. */
  miss(missed) {
    const last = this.#all.at(-1);
    if (last && isNote(last)) last.missed += missed;
    else this.#note({ missed, time: last?.time ?? 0 });
  }

  #note(note) {
    for (const list of [this.#all, this.#large]) list.push(note);
  }

  /**
   * Take in what a snapshot holds, the newest trades without a gap; where its oldest is new and something older is
   * known, trades may be missing between.
   */
  merge(trades) {
    const known = new Set(this.#all.map(keyOf));
    const told = [...trades].sort((a, b) => a.time - b.time);
    if (told.length && !known.has(keyOf(told[0]))) this.#noteBefore(told[0].time);
    for (const trade of told) if (!known.has(keyOf(trade))) insert(this.#all, trade);
    cut(this.#all);
    this.#sift();
  }

  #noteBefore(time) {
    const before = this.#all.filter((entry) => entry.time < time).at(-1);
    if (before && !isNote(before)) insert(this.#all, { missed: 0, time: before.time });
  }

  /** Show trades of this size at least. Large ones that are older than all the rest stay. */
  setLeast(least) {
    this.least = least;
    this.#sift();
  }

  #sift() {
    const begin = this.#all[0]?.time ?? 0;
    const older = this.#large.filter((entry) => !isNote(entry) && entry.time < begin);
    this.#large = [...older, ...this.#all].filter(this.#passes);
    cut(this.#large);
  }

  /** Forget all of them. */
  clear() {
    this.#all = [];
    this.#large = [];
  }
}
