/** What both charts get: 500 bars, and the frames of a stream that moves the newest price. The same each time. */

const MINUTE = 60_000;
export const SYMBOL = "SIM:BTC-USD";
export const BEGIN = 1_790_000_040_000;
export const COUNT = 500;

/** Return a function that gives the same numbers from 0 to 1 each time. */
function chance(seed) {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

const cents = (price) => Math.round(price * 100) / 100;

/** Return rows [time, open, high, low, close, volume], one a minute, oldest first. */
export function bars() {
  const random = chance(1);
  let close = 84_000;
  return Array.from({ length: COUNT }, (_, each) => {
    const open = close;
    close = cents(open + (random() - 0.5) * 60);
    const [high, low] = [cents(Math.max(open, close) + random() * 20), cents(Math.min(open, close) - random() * 20)];
    return [BEGIN + each * MINUTE, open, high, low, close, cents(100 + random() * 400)];
  });
}

/** How the price goes from one tick to the next: it wanders, or rises so far at first that each is a new high. */
const WAYS = { walk: (random) => (random() - 0.5) * 4, rise: (random, each) => (each ? random() * 2 : 1500) };

/** Return the texts of `count` updates, a price each; a bar closes after every `closing` of them. */
export function frames(count, closing, how = "walk") {
  const random = chance(2);
  let [time, open, , , price] = bars()[COUNT - 1];
  let [high, low, volume] = [open, open, 0];
  return Array.from({ length: count }, (_, each) => {
    price = cents(price + WAYS[how](random, each));
    if (each % closing === 0) [time, open, high, low, volume] = [time + MINUTE, price, price, price, 0];
    [high, low, volume] = [Math.max(high, price), Math.min(low, price), cents(volume + random() * 0.8)];
    const quote = { symbol: SYMBOL, seq: each + 2, time: time + each, received: time + each + 1, last: price, size: 0.5,
      bid: cents(price - 0.01), ask: cents(price + 0.01), hi: price, lo: price, merged: 1 };
    const bar = { symbol: SYMBOL, interval: "1m", time, open, high, low, close: price, volume, trades: each + 1, closed: false, source: "live" };
    return JSON.stringify({ type: "update", n: each + 1, time: time + each + 2, quotes: [quote], bars: [bar] });
  });
}

/** Give one frame of the stream to a chart in each frame of the screen; with none, let as many go by. */
export async function play(texts, count, receive) {
  for (let each = 0; each < count; each += 1) {
    await new Promise(requestAnimationFrame);
    if (texts) receive(texts[each]);
  }
  await new Promise(requestAnimationFrame);
}
