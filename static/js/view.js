/** Wire floor. Which part of a chart is seen: arithmetic on {start, end} in places of bars, without a screen. */

/** @typedef {{start: number, end: number}} View */

export const FEWEST = 8;
export const MOST = 1500;
const BLANK = 0.4;
const FOOTROOM = 0.05;

/** Return the view on the newest bars: about `count` of them, with some room at the right. */
export function newest(last, count) {
  const room = Math.max(2, count * 0.05);
  return { start: last - count + room, end: last + room };
}

/** Tell whether the newest bar is in sight, so that the view goes along with new ones. */
export function follows(view, last) {
  return view.end >= last + 0.5;
}

/** Return the view moved by so many bars. */
export function moved(view, by) {
  return { start: view.start + by, end: view.end + by };
}

/** Return the view zoomed by `factor` (below 1: closer) about the place `at`, which stays where it is. */
export function zoomed(view, factor, at) {
  const span = view.end - view.start;
  const wanted = Math.min(MOST, Math.max(FEWEST, span * factor));
  const scale = wanted / span;
  return { start: at - (at - view.start) * scale, end: at + (view.end - at) * scale };
}

/** Return the view pushed back so that bars stay in sight: blank at either side is at most 40 %. */
export function clamped(view, first, last) {
  const blank = (view.end - view.start) * BLANK;
  const over = Math.max(0, view.end - (last + blank));
  const pushed = moved(view, -over);
  const under = Math.max(0, first - blank - pushed.start);
  return over ? pushed : moved(pushed, under);
}

/** Return [from, to) positions in the list of bars that are in sight, given the place of its first. */
export function inSight(view, base, length) {
  const from = Math.min(length, Math.max(0, Math.ceil(view.start - 0.5 - base)));
  const to = Math.min(length, Math.floor(view.end + 0.5 - base) + 1);
  return [from, Math.max(from, to)];
}

/** Return [from, to) positions to hand to the plot: what is in sight, one view to either side, at least `least`. */
export function drawn(view, base, length, least) {
  const [from, to] = inSight(view, base, length);
  const side = Math.max(Math.ceil(view.end - view.start), Math.ceil((least - (to - from)) / 2));
  const right = Math.min(length, to + side);
  return [Math.max(0, Math.min(from - side, right - least)), right];
}

/**
 * Return {low, high, volume} that fit the given bars, or null when there are none.
 * `head` is the part of the height to leave free above them, for the legend.
 */
export function fitted(bars, from, to, head = 0.1) {
  let [low, high, volume] = [Infinity, -Infinity, 0];
  for (let position = from; position < to; position += 1) {
    const bar = bars[position];
    low = Math.min(low, bar.low);
    high = Math.max(high, bar.high);
    volume = Math.max(volume, bar.volume);
  }
  if (!(high >= low)) return null;
  const room = high > low ? high - low : Math.abs(high) * 0.002 || 1;
  const above = room * (1 + FOOTROOM) * (head / (1 - head));
  return { low: low - room * FOOTROOM, high: high + above, volume: volume * 1.08 || 1 };
}
