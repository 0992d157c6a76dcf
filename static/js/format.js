/** Wire floor. Numbers, ages and times as people read them; widths stay the same while a price moves. */

export const THIN = "\u2009";
const NONE = "–";

/** Return the decimals that a tick size asks for (0.01 → 2, 0.25 → 2, 1e-8 → 8), at most 10. */
export function tickDecimals(tick) {
  for (let decimals = 0; decimals < 10; decimals += 1) {
    const scaled = tick * 10 ** decimals;
    if (Math.abs(scaled - Math.round(scaled)) < 1e-6 * Math.max(1, scaled) && Math.round(scaled) > 0) return decimals;
  }
  return 10;
}

/** Return the decimals for a price whose tick size nobody told; `fine`: for one that isn't counted in ticks. */
export function guessDecimals(price, fine = false) {
  const size = Math.abs(price ?? 0);
  if (fine && size >= 0.1) return size >= 1000 ? 2 : size >= 10 ? 4 : 6;
  if (size >= 10 || size === 0) return 2;
  if (size >= 0.1) return 4;
  return size >= 0.001 ? 6 : 8;
}

/**
 * Return the decimals for a price that is counted in all these ticks, or (a ratio) in none. Where one isn't known
 * the size of the price decides; they then stay as they were (`before`) until it needs more, or far fewer.
 */
export function decimalsFor(ticks, price, before) {
  if (ticks.length && ticks.every((tick) => tick > 0)) return Math.max(...ticks.map(tickDecimals));
  const guess = guessDecimals(price, !ticks.length);
  return before >= guess && before - guess < 4 ? before : guess;
}

/** Return a number with fixed decimals; what rounds to zero has no sign. */
function fixed(value, decimals) {
  const digits = value.toFixed(decimals);
  return Number(digits) === 0 ? digits.replace("-", "") : digits;
}

/** Return a text of digits with a thin space between thousands. */
function grouped(digits) {
  const [whole, part] = digits.split(".");
  const spaced = whole.replace(/\B(?=(\d{3})+$)/g, THIN);
  return part === undefined ? spaced : `${spaced}.${part}`;
}

/** Return a price with a fixed number of decimals, a dash for none. */
export function formatPrice(price, decimals) {
  return Number.isFinite(price) ? grouped(fixed(price, decimals)) : NONE;
}

const threeDigits = (value) => value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0);

/** Return a volume in at most about seven characters: 0.0421, 41.82, 1 837, 12.4 M. */
export function formatVolume(volume) {
  if (!Number.isFinite(volume)) return NONE;
  if (volume >= 1e9) return `${threeDigits(volume / 1e9)}${THIN}B`;
  if (volume >= 1e6) return `${threeDigits(volume / 1e6)}${THIN}M`;
  if (volume >= 1000) return grouped(volume.toFixed(0));
  if (volume >= 1 || volume === 0) return volume.toFixed(2);
  return volume.toFixed(4);
}

/** Return the change since `open` in percent, or null when one of them is missing or no share of it makes sense. */
export function changePercent(last, open) {
  return Number.isFinite(last) && Number.isFinite(open) && open > 0 ? ((last - open) / open) * 100 : null;
}

/** Return a percentage with its sign: +0.36%, -1.20%, 0.00%. */
export function formatPercent(percent) {
  if (!Number.isFinite(percent)) return NONE;
  const rounded = percent.toFixed(2);
  if (Number(rounded) === 0) return "0.00%";
  return `${percent > 0 ? "+" : ""}${rounded}%`;
}

/** Return a difference in price with its sign. */
export function formatDifference(difference, decimals) {
  if (!Number.isFinite(difference)) return NONE;
  const digits = grouped(fixed(difference, decimals));
  return digits.startsWith("-") ? digits : `+${digits}`;
}

/** Return an age in one unit: 0.2 s, 41 s, 15 m, 4 h, 3 d. A clock that runs ahead gives 0.0 s. */
export function formatAge(milliseconds) {
  if (!Number.isFinite(milliseconds)) return NONE;
  const seconds = Math.max(0, milliseconds) / 1000;
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  if (seconds < 60) return `${Math.floor(seconds)} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} m`;
  if (seconds < 172_800) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86_400)} d`;
}

const two = (value) => String(value).padStart(2, "0");

/** Return the time left as 02:14, or 1:02:14 from an hour on. */
export function formatCountdown(milliseconds) {
  const seconds = Math.max(0, Math.ceil(milliseconds / 1000));
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60)];
  const rest = `${two(minutes)}:${two(seconds % 60)}`;
  return hours ? `${hours}:${rest}` : rest;
}

/** Return a time of day in UTC, 14:02:11. */
export function formatClock(time) {
  return new Date(time).toISOString().slice(11, 19);
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** Return a day in UTC, 20 Nov. */
export function formatDay(time) {
  const date = new Date(time);
  return `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]}`;
}

/** Return a month in UTC, or the year in January: Nov, 2026. */
export function formatMonth(time) {
  const date = new Date(time);
  return date.getUTCMonth() === 0 ? String(date.getUTCFullYear()) : MONTHS[date.getUTCMonth()];
}

/** Return the opening time of a bar, as exact as its interval asks for. */
export function formatBarTime(time, length) {
  if (length >= 86_400_000) return `${formatDay(time)} ${new Date(time).getUTCFullYear()}`;
  return `${formatDay(time)} ${formatClock(time).slice(0, length < 60_000 ? 8 : 5)}`;
}

/** Return a number of milliseconds as the footer shows it: 63 ms, 1.2 s. */
export function formatLatency(milliseconds) {
  if (!Number.isFinite(milliseconds)) return NONE;
  return milliseconds < 1000 ? `${Math.round(milliseconds)} ms` : formatAge(milliseconds);
}
