/** Wire floor. Intervals as people type them: 5 is 5m, 60 is 1h, 90s, 1D, 24h. */

const WRITTEN = /^(\d{1,6})\s*(s|sec|m|min|h|d)?$/i;
const SECONDS = { s: 1, sec: 1, m: 60, min: 60, h: 3600, d: 86_400 };
const NAMES = [["d", 86_400, "day"], ["h", 3600, "hour"], ["m", 60, "minute"], ["s", 1, "second"]];

/** Return the seconds of a text like 5, 5m or 1h; null for any other text. A lone number is minutes. */
export function secondsOf(text) {
  const [, count, unit = "m"] = WRITTEN.exec(text.trim()) ?? [];
  return count ? Number(count) * SECONDS[unit.toLowerCase()] : null;
}

/** Return the interval of those there are that a text means; null if none is as long. */
export function intervalOf(text, intervals) {
  const seconds = secondsOf(text);
  return (seconds && intervals.find((each) => secondsOf(each) === seconds)) || null;
}

/** Return an interval in words: 5 minutes, 1 hour. */
export function spoken(interval) {
  const seconds = secondsOf(interval);
  const [, length, name] = NAMES.find(([, unit]) => seconds % unit === 0);
  const count = seconds / length;
  return `${count} ${name}${count === 1 ? "" : "s"}`;
}

/** Return that there is no such interval; a lone number is shown as the minutes it stands for. */
export function isNone(text) {
  return `There is no interval ${/^\d+$/.test(text) ? `${text}m` : text}.`;
}

/** Return that there is no such interval, and which there are. */
export function noInterval(text, intervals) {
  return `${isNone(text)} Intervals: ${intervals.join(" ")}.`;
}
