/** Random but repeatable: dice with a seed, and bars that walk, rest, jump and are missing. */

/** Return a function of numbers in [0, 1), the same ones for the same seed. */
export function dice(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Return a bar after another close: mostly a small move; sometimes none, no volume, or nothing known. */
export function step(roll, time, before) {
  const open = before + (roll() < 0.02 ? 50 : 0);
  const close = roll() < 0.15 ? open : open + (roll() - 0.5) * 4;
  const [high, low] = [Math.max(open, close) + roll() * roll(), Math.min(open, close) - roll() * roll()];
  const chance = roll();
  const volume = chance < 0.1 ? 0 : chance < 0.13 ? null : roll() * 100;
  return { time, open, high, low, close, volume, source: roll() < 0.05 ? "hole" : "live", closed: true, streamed: true };
}

/** Return so many bars, an hour apart. */
export function walk(roll, many, start = 1000) {
  const bars = [];
  let close = start;
  for (let place = 0; place < many; place += 1) {
    bars.push(step(roll, place * 3_600_000, close));
    close = bars[place].close;
  }
  return bars;
}
