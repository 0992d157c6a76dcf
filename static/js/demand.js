/** Wire floor. What the page wants of the stream, against what it has asked for. */

/** @typedef {Map<string, Set<string>>} Wants symbol → streams */

/** Return the streams of `wanted` that `held` lacks, grouped: [[streams, symbols]…], symbols in order. */
function missing(wanted, held) {
  const groups = new Map();
  for (const [symbol, streams] of wanted) {
    const lacks = [...streams].filter((stream) => !held.get(symbol)?.has(stream));
    if (!lacks.length) continue;
    const key = lacks.join(" ");
    if (!groups.has(key)) groups.set(key, [lacks, []]);
    groups.get(key)[1].push(symbol);
  }
  return [...groups.values()];
}

export class Demand {
  /** @type {Wants} */
  #wanted = new Map();
  /** @type {Wants} */
  #held = new Map();

  /** Say what the page wants from now on. @param {Wants} wants */
  want(wants) {
    this.#wanted = wants;
  }

  /** The server calls a symbol otherwise: what was asked of the one is held of the other. */
  rename(from, to) {
    for (const table of [this.#wanted, this.#held]) {
      const streams = table.get(from);
      if (!streams) continue;
      table.delete(from);
      table.set(to, new Set([...(table.get(to) ?? []), ...streams]));
    }
  }

  /** A new connection holds nothing. */
  reset() {
    this.#held = new Map();
  }

  /** Return {add, drop}, each [[streams, symbols]…], that make the line hold what is wanted; counts as sent. */
  changes() {
    const result = { add: missing(this.#wanted, this.#held), drop: missing(this.#held, this.#wanted) };
    this.#held = new Map([...this.#wanted].map(([symbol, streams]) => [symbol, new Set(streams)]));
    return result;
  }
}
