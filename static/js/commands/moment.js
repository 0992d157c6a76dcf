/** Wire floor. Moments as people type them, in UTC: 2026-11-20, 2026-11-20 14:02, 14:02:30. */

const DAY = 86_400_000;
const DATE = /^(\d{4})-(\d{1,2})-(\d{1,2})$/;
const CLOCK = /^(\d{1,2}):(\d{2})(?::(\d{2}))?z?$/i;

/** Return the ms from midnight of a text like 14:02 or 14:02:30; null for any other. */
export function clockOf(text) {
  const [, hours, minutes, seconds = "0"] = CLOCK.exec(text) ?? [];
  const right = hours !== undefined && Number(hours) < 24 && Number(minutes) < 60 && Number(seconds) < 60;
  return right ? ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000 : null;
}

/** Return the ms of midnight of a day like 2026-11-20; null for any other text and for days that there are not. */
export function dayOf(text) {
  const [, year, month, day] = (DATE.exec(text) ?? []).map(Number);
  if (year === undefined) return null;
  const time = Date.UTC(year, month - 1, day);
  const made = new Date(time);
  return made.getUTCMonth() === month - 1 && made.getUTCDate() === day && year >= 1900 ? time : null;
}

/** Return the newest moment not after `now` at which clocks showed so many ms from midnight. */
export function latest(clock, now) {
  const today = now - (now % DAY) + clock;
  return today > now ? today - DAY : today;
}

/** Return a moment as it is typed: 2026-11-20 14:02, with seconds only where there are some. */
export function written(time) {
  const text = new Date(time).toISOString().replace("T", " ");
  return text.slice(0, time % 60_000 ? 19 : 16);
}
