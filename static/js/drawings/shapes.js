/** Wire floor. What a drawing is: its kinds, what may be kept of one, how it moves, and what a stretch measures. */

import { changePercent, formatDifference, formatPercent } from "../format.js";

/**
 * @typedef {{time: number, price: number}} Point time in ms UTC
 * @typedef {{id: string, kind: string, points: Point[], text?: string, colour?: string}} Shape
 */

/**
 * How the chart lies on the screen. Pixels count from the top left of the stage; the price pane is `width` by
 * `height` and begins at `top`. `epoch` is another text whenever something of this has changed.
 * @typedef {{x: (place: number) => number, placeAt: (pixel: number) => number, y: (price: number) => number,
 *   priceAt: (pixel: number) => number, placeOf: (time: number) => number, timeOf: (place: number) => number,
 *   snap?: (x: number, y: number) => number|null, width: number, height: number, top: number, decimals: number,
 *   epoch: string}} Frame
 */

/** Each kind with the number of its points. */
export const KINDS = { level: 1, trend: 2, ray: 2, box: 2, fib: 2, note: 1 };

/** What each kind is called. */
export const NAMES = { level: "Horizontal line", trend: "Trend line", ray: "Ray", box: "Rectangle", fib: "Fibonacci", note: "Text" };

/** Names of colours, which the themes fill; the first is what a drawing has that names none. */
export const COLOURS = ["accent", "up", "down", "amber", "soft"];

export const MOST = 200;
export const LONGEST = 200;
const LAST_TIME = 8.64e15;
const HIGHEST = 1e15;

/** Return a text as a drawing may have it: one line, not too long. */
export function cleanText(text) {
  return typeof text === "string" ? [...text.replace(/\s+/g, " ").trim()].slice(0, LONGEST).join("") : "";
}

function cleanPoint(point) {
  const { time, price } = point ?? {};
  const sound = Number.isFinite(time) && Math.abs(time) <= LAST_TIME && Number.isFinite(price) && Math.abs(price) <= HIGHEST;
  return sound ? { time: Math.round(time), price } : null;
}

/** Return a drawing with only what belongs to it, or null when it isn't one. */
function cleanShape(shape) {
  const kind = shape?.kind;
  if (!Object.hasOwn(KINDS, kind) || !Array.isArray(shape.points)) return null;
  const points = shape.points.slice(0, KINDS[kind]).map(cleanPoint);
  if (points.length < KINDS[kind] || points.includes(null)) return null;
  const clean = { id: typeof shape.id === "string" ? shape.id.slice(0, 40) : "", kind, points };
  if (kind === "note") clean.text = cleanText(shape.text);
  if (COLOURS.includes(shape.colour)) clean.colour = shape.colour;
  return kind === "note" && !clean.text ? null : clean;
}

/** Return an id that no drawing of the list has. */
export function freshId(list) {
  return String(1 + list.reduce((most, { id }) => Math.max(most, /^\d{1,9}$/.test(id) ? Number(id) : 0), 0));
}

/** Return what is sound of a list from outside: whole drawings, each with an id of its own, the newest MOST. */
export function cleaned(list) {
  const sound = (Array.isArray(list) ? list : []).map(cleanShape).filter(Boolean).slice(-MOST);
  const ids = new Set();
  for (const shape of sound) {
    if (!shape.id || ids.has(shape.id)) shape.id = freshId(sound);
    ids.add(shape.id);
  }
  return sound;
}

/** Return the point at a pixel: on a bar, at a price with the symbol's decimals or (snap) at one of the bar's. */
export function pointAt(frame, { x, y }, snap = false) {
  const price = (snap ? frame.snap?.(x, y) : null) ?? frame.priceAt(y);
  return settledPoint({ time: frame.timeOf(Math.round(frame.placeAt(x))), price }, frame);
}

/** Return a point as it is kept: whole milliseconds, and a price that can be written down. */
function settledPoint({ time, price }, frame) {
  return { time: Math.round(time), price: Number(price.toFixed(frame.decimals)) };
}

function movedPoint({ time, price }, frame, dx, dy) {
  return {
    time: dx ? frame.timeOf(frame.placeAt(frame.x(frame.placeOf(time)) + dx)) : time,
    price: dy ? frame.priceAt(frame.y(price) + dy) : price,
  };
}

/** Return the drawing moved by pixels; what doesn't move stays exactly as it was. */
export function moved(shape, frame, dx, dy) {
  const across = shape.kind === "level" ? 0 : dx;
  return { ...shape, points: shape.points.map((point) => movedPoint(point, frame, across, dy)) };
}

/**
 * Return the drawing with one of its handles at a point. A box has handles at all four corners: 2 is where the
 * first point's time meets the second's price, 3 the other way round.
 */
export function reshaped(shape, index, point) {
  const [first, second] = shape.points;
  if (index < 2) return { ...shape, points: shape.points.map((each, place) => (place === index ? point : each)) };
  const one = index === 2 ? { time: point.time, price: first.price } : { time: first.time, price: point.price };
  const other = index === 2 ? { time: second.time, price: point.price } : { time: point.time, price: second.price };
  return { ...shape, points: [one, other] };
}

/** Return the drawing as it is kept after a move: what moved is put on whole milliseconds and the symbol's decimals. */
export function settled(shape, before, frame) {
  const points = shape.points.map((point, place) => {
    const [now, was] = [settledPoint(point, frame), before.points[place]];
    return { time: point.time === was.time ? was.time : now.time, price: point.price === was.price ? was.price : now.price };
  });
  return { ...shape, points };
}

/** Return what lies between two points; percent is null where no share makes sense. */
export function measure(a, b, frame) {
  return {
    change: b.price - a.price,
    percent: changePercent(b.price, a.price),
    bars: Math.round(frame.placeOf(b.time)) - Math.round(frame.placeOf(a.time)),
    milliseconds: b.time - a.time,
  };
}

const UNITS = [["d", 86_400_000], ["h", 3_600_000], ["m", 60_000], ["s", 1000]];

/** Return a length of time in its two greatest units: 2 h 15 m, 3 d, -45 s. */
export function formatSpan(milliseconds) {
  const size = Math.abs(milliseconds);
  const first = Math.max(0, UNITS.findIndex(([, unit]) => size >= unit));
  const [name, unit] = size < 1000 ? UNITS[3] : UNITS[first];
  const [next, part] = UNITS[first + 1] ?? ["", Infinity];
  const rest = size < 1000 ? 0 : Math.floor((size % unit) / part);
  return `${milliseconds < 0 ? "-" : ""}${Math.floor(size / unit)} ${name}${rest ? ` ${rest} ${next}` : ""}`;
}

/** Return a measure in words: +135.49  +0.16%  27 bars  2 h 15 m. */
export function measureText({ change, percent, bars, milliseconds }, decimals) {
  const share = percent === null ? [] : [formatPercent(percent)];
  return [formatDifference(change, decimals), ...share, `${bars} bar${Math.abs(bars) === 1 ? "" : "s"}`, formatSpan(milliseconds)].join("  ");
}
