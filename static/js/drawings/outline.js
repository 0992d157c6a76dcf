/** Wire floor. A drawing in pixels: its lines, areas and texts, its handles, and what of it is under the pointer. */

import { formatPrice } from "../format.js";

/** @typedef {import("./shapes.js").Shape} Shape @typedef {import("./shapes.js").Frame} Frame */

/**
 * @typedef {{lines: number[][], areas: number[][], texts: {x: number, y: number, text: string}[],
 *   guide?: number[], grip?: number[], tag?: {y: number, text: string}}} Outline
 * Lines are [x1, y1, x2, y2], areas [x, y, width, height]; a guide is a faint line, a grip is felt but not seen,
 * a tag stands on the price axis.
 */

export const RATIOS = [0, 0.236, 0.382, 0.5, 0.618, 0.786, 1];
export const REACH = 6;
export const TOUCH_REACH = 14;

/** Edges out of sight are drawn this far outside: beyond any reach, near enough for a screen's numbers. */
const BEYOND = 24;
const NARROW = 6.4;
const BROAD = 13;
const TEXT_HEIGHT = 18;

const within = (value, low, high) => Math.min(high, Math.max(low, value));
const bottom = (frame) => frame.top + frame.height;

/** Return where a point is on the screen. */
export function spot(point, frame) {
  return { x: frame.x(frame.placeOf(point.time)), y: frame.y(point.price) };
}

/** Tell whether a pixel is in the price pane. */
export function inPane(frame, { x, y }) {
  return x >= 0 && x <= frame.width && y >= frame.top && y <= bottom(frame);
}

/** Return the part of a line from a through b that is in the pane, as [x1, y1, x2, y2]; `far`: how often a to b. */
export function clipped(a, b, far, frame) {
  let [from, to] = [0, far];
  for (const [start, way, low, high] of [[a.x, b.x - a.x, 0, frame.width], [a.y, b.y - a.y, frame.top, bottom(frame)]]) {
    if (way === 0 && (start < low || start > high)) return null;
    if (way === 0) continue;
    const ends = [(low - start) / way, (high - start) / way];
    from = Math.max(from, Math.min(...ends));
    to = Math.min(to, Math.max(...ends));
  }
  if (!(from <= to) || to === Infinity) return null;
  const at = (part) => [a.x + (b.x - a.x) * part, a.y + (b.y - a.y) * part];
  return [...at(from), ...at(to)];
}

/** Return about how wide a text of 12 px is; exact enough to be hit. */
export function textWidth(text) {
  return [...text].reduce((width, letter) => width + (letter.codePointAt(0) < 0x2e80 ? NARROW : BROAD), 0);
}

const line = (far) => (shape, frame, [a, b]) => {
  const part = clipped(a, b, far, frame);
  return part && { lines: [part], areas: [], texts: [] };
};

function level(shape, frame, [{ y }]) {
  if (y < frame.top || y > bottom(frame)) return null;
  const text = formatPrice(shape.points[0].price, frame.decimals);
  return { lines: [[0, y, frame.width, y]], areas: [], texts: [], tag: { y, text } };
}

/** Return the rectangle between two spots as [left, top, right, bottom], or null when it is out of sight. */
function bounds([a, b], frame) {
  const [left, right] = [Math.min(a.x, b.x), Math.max(a.x, b.x)];
  const [high, low] = [Math.min(a.y, b.y), Math.max(a.y, b.y)];
  if (right < 0 || left > frame.width || low < frame.top || high > bottom(frame)) return null;
  const [x, y] = [[-BEYOND, frame.width + BEYOND], [frame.top - BEYOND, bottom(frame) + BEYOND]];
  return [within(left, ...x), within(high, ...y), within(right, ...x), within(low, ...y)];
}

function box(shape, frame, spots) {
  const edges = bounds(spots, frame);
  if (!edges) return null;
  const [left, high, right, low] = edges;
  const lines = [[left, high, right, high], [right, high, right, low], [right, low, left, low], [left, low, left, high]];
  return { lines, areas: [[left, high, right - left, low - high]], texts: [] };
}

/** The end of the stretch is 0, its beginning 100: how much of the way was taken back. */
function fib(shape, frame, spots) {
  const edges = bounds(spots, frame);
  if (!edges) return null;
  const [left, high, right, low] = edges;
  const [from, to] = [shape.points[0].price, shape.points[1].price];
  const rows = RATIOS.map((ratio) => ({ ratio, price: to + (from - to) * ratio }))
    .map((row) => ({ ...row, y: frame.y(row.price) }))
    .filter(({ y }) => y >= frame.top && y <= bottom(frame));
  const text = ({ ratio, price }) => `${Number((ratio * 100).toFixed(1))}%  ${formatPrice(price, frame.decimals)}`;
  return {
    lines: rows.map(({ y }) => [left, y, right, y]),
    areas: [[left, high, right - left, low - high]],
    texts: rows.map((row) => ({ x: Math.max(left, 0) + 4, y: row.y - 4, text: text(row) })),
    guide: clipped(...spots, 1, frame) ?? undefined,
  };
}

function note(shape, frame, [{ x, y }]) {
  const [text, width] = [shape.text ?? "", textWidth(shape.text ?? "") + 8];
  if (x + width < 0 || x > frame.width || y < frame.top || y - TEXT_HEIGHT > bottom(frame)) return null;
  return { lines: [], areas: [], texts: [{ x: x + 4, y: y - 5, text }], grip: [x, y - TEXT_HEIGHT, width, TEXT_HEIGHT] };
}

const OUTLINES = { level, trend: line(1), ray: line(Infinity), box, fib, note };

/** Return a drawing in pixels, or null when nothing of it is in sight. @returns {Outline|null} */
export function outline(shape, frame) {
  const spots = shape.points.map((point) => spot(point, frame));
  const real = spots.every(({ x, y }) => Number.isFinite(y) && (Number.isFinite(x) || shape.kind === "level"));
  return real ? OUTLINES[shape.kind](shape, frame, spots) : null;
}

/** Return the handles of a drawing in pixels; a level has one in the middle of what is seen. */
export function handles(shape, frame) {
  const spots = shape.points.map((point) => spot(point, frame));
  if (shape.kind === "level") return [{ x: frame.width / 2, y: spots[0].y }];
  if (shape.kind !== "box") return spots;
  const [a, b] = spots;
  return [a, b, { x: a.x, y: b.y }, { x: b.x, y: a.y }];
}

/** Return how far a pixel is from a line [x1, y1, x2, y2]. */
export function distance([x1, y1, x2, y2], x, y) {
  const [dx, dy] = [x2 - x1, y2 - y1];
  const part = dx || dy ? within(((x - x1) * dx + (y - y1) * dy) / (dx * dx + dy * dy), 0, 1) : 0;
  return Math.hypot(x - x1 - part * dx, y - y1 - part * dy);
}

const inArea = ([left, high, width, height], x, y) => x >= left && x <= left + width && y >= high && y <= high + height;

/**
 * Return what of a drawing is at a pixel: {point: index of a handle}, {body: true} or null. The inside of a
 * chosen one counts as well; of others it doesn't, so that the chart can be dragged there.
 * @param {Shape} shape @param {Frame} frame
 */
export function hit(shape, frame, x, y, reach = REACH, chosen = false) {
  const seen = inPane(frame, { x, y }) ? outline(shape, frame) : null;
  if (!seen) return null;
  const far = handles(shape, frame).map((handle) => Math.hypot(x - handle.x, y - handle.y));
  const nearest = Math.min(...far);
  if (nearest <= reach) return { point: far.indexOf(nearest) };
  const lines = seen.guide ? [...seen.lines, seen.guide] : seen.lines;
  const areas = [...(chosen ? seen.areas : []), ...(seen.grip ? [seen.grip] : [])];
  const touched = lines.some((each) => distance(each, x, y) <= reach) || areas.some((area) => inArea(area, x, y));
  return touched ? { body: true } : null;
}
