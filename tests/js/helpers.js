/** Things the tests share: a clock that is moved by hand, and one bar. */

/** A clock with timers that run when it is moved. */
export class FakeTime {
  time = 0;
  #timers = new Map();
  #ids = 0;

  now = () => this.time;

  set = (run, wait) => {
    this.#ids += 1;
    this.#timers.set(this.#ids, { run, due: this.time + wait });
    return this.#ids;
  };

  clear = (id) => this.#timers.delete(id);

  /** Move on, running what falls due in its order. */
  pass(milliseconds) {
    const end = this.time + milliseconds;
    for (;;) {
      const next = [...this.#timers].filter(([, { due }]) => due <= end).sort((a, b) => a[1].due - b[1].due)[0];
      if (!next) break;
      this.#timers.delete(next[0]);
      this.time = Math.max(this.time, next[1].due);
      next[1].run();
    }
    this.time = end;
  }
}

/** A WebSocket that does what the test says. */
export class FakeSocket {
  sent = [];
  closed = false;

  send(frame) {
    this.sent.push(JSON.parse(frame));
  }

  close() {
    this.closed = true;
  }

  says(message) {
    this.onmessage({ data: JSON.stringify(message) });
  }
}

export const HELLO = { type: "hello", v: 1, server_time: 0, window: 16, heartbeat: 5, max_symbols: 500 };

/** A bar as history.js makes it. */
export function candle(time, close = 100, more = {}) {
  return { time, open: 100, high: Math.max(100, close), low: Math.min(100, close), close, volume: 1,
    source: "backfill", closed: true, streamed: false, ...more };
}

/** A bar as the stream sends it. */
export function streamed(time, close = 100, more = {}) {
  const { open, high, low, volume } = candle(time, close);
  return { symbol: "SIM:BTC-USD", interval: "1m", time, open, high, low, close, volume, trades: 1, closed: false,
    source: "live", ...more };
}
