/** Wire floor. The server's clock as seen from here, corrected by ping; and how far prices travel. */

const KEPT = 8;

/** The server's time: this machine's, shifted by the offset of the ping that travelled fastest. */
export class Clock {
  #now;
  #samples = [];

  /** @param {() => number} now this machine's time in ms UTC, never running back */
  constructor(now = () => performance.timeOrigin + performance.now()) {
    this.#now = now;
  }

  /** Return this machine's time in ms UTC. */
  local() {
    return this.#now();
  }

  /** Return the server's time in ms UTC, as well as it is known. */
  time() {
    return this.#now() + this.offset();
  }

  /** Return the milliseconds that the server's clock is ahead of this machine's. */
  offset() {
    if (!this.#samples.length) return 0;
    return this.#samples.reduce((best, sample) => (sample.trip < best.trip ? sample : best)).offset;
  }

  /** Go from now on by a clock that runs as it likes (a recording's): it stands at `server`. */
  set(server) {
    this.#samples = [{ trip: 0, offset: server - this.#now() }];
  }

  /** Take in one answer: sent and received by this clock, `server` the server's time between them. */
  sample(sent, received, server) {
    const trip = received - sent;
    if (!(trip >= 0)) return;
    this.#samples.push({ trip, offset: server - (sent + received) / 2 });
    if (this.#samples.length > KEPT) this.#samples.shift();
  }
}

/** Return the value below which `part` of the values lie; NaN where there is none. */
export function quantile(values, part) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? NaN;
}

/** The last `size` latencies, and the two figures people ask for. */
export class Latency {
  #values = [];
  #next = 0;

  constructor(size = 256) {
    this.size = size;
  }

  /** Take in one latency in ms; below zero (a clock that runs ahead) counts as zero. */
  add(milliseconds) {
    this.#values[this.#next] = Math.max(0, milliseconds);
    this.#next = (this.#next + 1) % this.size;
  }

  /** Forget all of them. */
  clear() {
    this.#values = [];
    this.#next = 0;
  }

  /** Return {count, p50, p95} in ms; NaN for both while there is none. */
  figures() {
    const values = this.#values;
    return { count: values.length, p50: quantile(values, 0.5), p95: quantile(values, 0.95) };
  }
}
