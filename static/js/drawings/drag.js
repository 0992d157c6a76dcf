/** Wire floor. A drawing that is held and dragged, in pixels. */

import { handles, spot } from "./outline.js";
import { moved, pointAt, reshaped, settled } from "./shapes.js";

const within = (value, low, high) => Math.min(high, Math.max(low, value));

/** Return a spot, or the nearest to it in the price pane. */
export function inside({ width, height, top }, { x, y }) {
  return { x: within(x, 0, width), y: within(y, top, top + height) };
}

/** Return the pixels from a bar to the next. */
export function barWidth(frame) {
  return frame.x(1) - frame.x(0);
}

/**
 * Return the drawing that is held at `start` (at a point, or whole), dragged to `at`: a whole one goes by whole bars.
 * @param {{shape: any, point?: number, at: {x: number, y: number}}} grip
 */
export function dragged({ shape, point, at: start }, frame, at, snap) {
  const [dx, dy] = [at.x - start.x, at.y - start.y];
  const single = shape.points.length === 1;
  if (!single && point === undefined) {
    const bars = Math.round(dx / barWidth(frame)) * barWidth(frame);
    return settled(moved(shape, frame, bars, dy), shape, frame);
  }
  const from = single ? spot(shape.points[0], frame) : handles(shape, frame)[point];
  const target = pointAt(frame, { x: from.x + dx, y: snap ? at.y : from.y + dy }, snap);
  return reshaped(shape, point ?? 0, shape.kind === "level" ? { ...target, time: shape.points[0].time } : target);
}
