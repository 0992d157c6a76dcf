/** Wire floor. Labels of the time axis: on round times of the clock, whatever bars are missing between. */

import { formatClock, formatDay, formatMonth } from "./format.js";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const STEPS = [
  SECOND, 5 * SECOND, 10 * SECOND, 15 * SECOND, 30 * SECOND,
  MINUTE, 2 * MINUTE, 5 * MINUTE, 10 * MINUTE, 15 * MINUTE, 30 * MINUTE,
  HOUR, 2 * HOUR, 4 * HOUR, 6 * HOUR, 12 * HOUR,
  DAY, 2 * DAY, 5 * DAY, 7 * DAY, 14 * DAY, 30 * DAY, 90 * DAY, 365 * DAY,
];

/** Return the smallest round step that keeps `gap` bars of `length` ms between two labels. */
function stepFor(length, gap) {
  return STEPS.find((step) => step >= length * gap) ?? STEPS[STEPS.length - 1];
}

/** Return the number of the step that a time falls into; months and years go by the calendar. */
function bucket(time, step) {
  if (step < 30 * DAY) return Math.floor(time / step);
  const date = new Date(time);
  const months = date.getUTCFullYear() * 12 + date.getUTCMonth();
  return Math.floor(months / Math.round(step / (30 * DAY)));
}

function label(time, previous, step) {
  const midnight = Math.floor(time / DAY) !== Math.floor(previous / DAY);
  if (step >= 30 * DAY) return formatMonth(time);
  if (midnight || step >= DAY) return formatDay(time);
  return formatClock(time).slice(0, step < MINUTE ? 8 : 5);
}

/**
 * Return [{place, text, day}] for bars[from, to): labels at least `gap` places apart, by a clock that `shift` shows.
 * A change of day is kept before the labels beside it.
 */
export function timeTicks(bars, base, from, to, length, gap, shift = (time) => time) {
  const step = stepFor(length, gap);
  const found = [];
  for (let position = Math.max(1, from); position < to; position += 1) {
    const [previous, time] = [shift(bars[position - 1].time), shift(bars[position].time)];
    if (bucket(previous, step) === bucket(time, step)) continue;
    const day = Math.floor(time / DAY) !== Math.floor(previous / DAY);
    const near = found.length && base + position - found[found.length - 1].place < gap * 0.7;
    if (near && (!day || found[found.length - 1].day)) continue;
    if (near) found.pop();
    found.push({ place: base + position, day: day && length < DAY, text: label(time, previous, step) });
  }
  return found;
}

/** Return the places in front of which a session began: the bars pause there for longer than any quiet spell. */
export function sessionStarts(bars, base, from, to, length) {
  const places = [];
  for (let position = Math.max(1, from); position < to; position += 1) {
    const pause = bars[position].time - bars[position - 1].time;
    if (pause >= Math.max(4 * HOUR, 2 * length)) places.push(base + position);
  }
  return length < DAY ? places : [];
}
