/**
 * Runs in the desk before its own scripts: a server of its own behind the page's WebSocket, and a clock that runs
 * faster than the world's. Ticks come as a real server sends them: twenty updates a second of the page's clock at
 * most, and in each what has changed.
 */

globalThis.hour = (() => {
  const STEP = 50;
  const [nowReal, dateReal, paint] = [performance.now.bind(performance), Date.now, requestAnimationFrame.bind(globalThis)];
  let [ahead, seed, n, ticks] = [0, 7, 0, 0];
  /** symbol → {streams, price, seq, bars} */
  const markets = new Map();
  let socket = null;

  performance.now = () => nowReal() + ahead;
  Date.now = () => Math.round(dateReal() + ahead);

  const random = () => (seed = (seed * 1_664_525 + 1_013_904_223) >>> 0) / 2 ** 32;
  const cents = (value) => Math.round(value * 100) / 100;
  const LENGTHS = { "1s": 1000, "5s": 5000, "15s": 15_000, "1m": 60_000, "5m": 300_000 };

  function quoteOf(symbol, market, time) {
    return { symbol, seq: (market.seq += 1), time, received: time + 1, last: market.price, size: 0.5, bid: cents(market.price - 0.01), bid_size: 1,
      ask: cents(market.price + 0.01), ask_size: 2, open: market.open, high: market.high, low: market.low, volume: 1000, hi: market.price, lo: market.price, merged: 1, state: "live" };
  }

  /** Answer what the page asks for, as far as it has to know. */
  function hear(text) {
    const message = JSON.parse(text);
    const time = Date.now();
    if (message.type === "ping") tell({ type: "pong", time: message.time, server_time: time });
    if (message.type === "unsubscribe") for (const symbol of message.symbols) for (const stream of message.streams ?? [...markets.get(symbol)?.streams ?? []]) markets.get(symbol)?.streams.delete(stream);
    if (message.type !== "subscribe") return;
    tell({ type: "subscribed", id: message.id, symbols: message.symbols, rejected: {} });
    for (const symbol of message.symbols) {
      const market = markets.get(symbol) ?? { streams: new Set(), price: 1000, open: 990, high: 1010, low: 980, seq: 0, bars: {} };
      markets.set(symbol, market);
      for (const stream of message.streams) market.streams.add(stream);
      tell({ type: "snapshot", symbol, epoch: "1", seq: market.seq, quote: quoteOf(symbol, market, time), trades: [], bars: {} });
    }
  }

  const tell = (message) => socket?.onmessage?.({ data: JSON.stringify(message) });

  class Stub {
    constructor() {
      socket = this;
      setTimeout(() => {
        tell({ type: "hello", v: 1, server_time: Date.now(), window: 16, heartbeat: 5, max_symbols: 1000 });
        tell({ type: "status", venue: "COINBASE", state: "live", since: Date.now(), reason: "" });
      });
    }
    send(text) { queueMicrotask(() => hear(text)); }
    close() {}
  }
  globalThis.WebSocket = Stub;

  function barOf(symbol, market, interval, time) {
    const opening = Math.floor(time / LENGTHS[interval]) * LENGTHS[interval];
    const held = market.bars[interval];
    const { price } = market;
    if (held?.time !== opening) market.bars[interval] = { symbol, interval, time: opening, open: price, high: price, low: price, close: price, volume: 0, trades: 0, closed: false, source: "live" };
    const bar = market.bars[interval];
    Object.assign(bar, { high: Math.max(bar.high, price), low: Math.min(bar.low, price), close: price, volume: cents(bar.volume + 0.4), trades: bar.trades + 1 });
    return held && held !== bar ? [{ ...held, closed: true }, bar] : [bar];
  }

  /** Send one update of so many ticks. */
  function update(time, count) {
    const symbols = [...markets.keys()];
    const changed = new Set();
    const trades = [];
    for (let each = 0; each < count; each += 1) {
      const symbol = symbols[Math.floor(random() * symbols.length)];
      const market = markets.get(symbol);
      market.price = cents(Math.max(900, Math.min(1100, market.price + random() - 0.5)));
      changed.add(symbol);
      ticks += 1;
      if (market.streams.has("trades")) trades.push({ symbol, id: String(ticks), time, price: market.price, size: 0.1, side: random() < 0.5 ? "buy" : "sell" });
    }
    const bars = [...changed].flatMap((symbol) => [...markets.get(symbol).streams].filter((stream) => stream.startsWith("bars:")).flatMap((stream) => barOf(symbol, markets.get(symbol), stream.slice(5), time)));
    const quotes = [...changed].map((symbol) => quoteOf(symbol, markets.get(symbol), time));
    n += 1;
    tell({ type: "update", n, time, quotes, ...(trades.length ? { trades } : {}), ...(bars.length ? { bars } : {}) });
  }

  return {
    /** Let `seconds` of the page's clock go by, `faster` times as fast as the world's, at so many ticks a second. */
    async run(seconds, ticksPerSecond, faster) {
      const end = Date.now() + 1000 * seconds;
      let [due, real] = [Date.now(), nowReal()];
      while (Date.now() < end) {
        await new Promise(paint);
        const now = nowReal();
        ahead += Math.min(now - real, 250) * (faster - 1);
        real = now;
        for (; due + STEP <= Date.now(); due += STEP) update(due + STEP, (ticksPerSecond * STEP) / 1000);
      }
      return ticks;
    },
  };
})();
