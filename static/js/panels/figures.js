/** Wire floor. Figures that only the panels show: moments with milliseconds, sizes, spreads, clocks. */

import { THIN, formatPrice, formatVolume } from "../format.js";

const MOST_DECIMALS = 5;
const TINY_DECIMALS = 8;
/** Decimals more than a price has, that two prices may be told apart with; what is closer is dust of arithmetic. */
const APART = 4;
const DUST = 1e-9;

/** Return a moment in UTC with its milliseconds, 14:02:11.412. */
export function formatMoment(time) {
  return new Date(time).toISOString().slice(11, 23);
}

/** Return the decimals that a size needs, at most five, and no fewer than `before`: sizes stand under each other. */
export function sizeDecimals(size, before = 0) {
  let decimals = before;
  while (decimals < MOST_DECIMALS && Math.abs(size - Number(size.toFixed(decimals))) > size * 1e-9) decimals += 1;
  return decimals;
}

/** Return a size with that many decimals; one that would look like nothing has more, a huge one fewer. */
export function formatSize(size, decimals) {
  if (size >= 1e6) return formatVolume(size);
  const shown = size > 0 && Number(size.toFixed(decimals)) === 0 ? TINY_DECIMALS : decimals;
  return formatPrice(size, shown);
}

/** Return the size that somebody typed ("0,01", "5k"), 0 for nothing, null for what is none. */
export function readSize(text) {
  const typed = text.trim().replace(",", ".").toLowerCase();
  if (!typed) return 0;
  const [, digits, unit] = /^(\d*\.?\d+|\d+\.)([km]?)$/.exec(typed) ?? [];
  return digits ? Number(digits) * ({ k: 1e3, m: 1e6 }[unit] ?? 1) : null;
}

/** Return the decimals, at least as many as given, with which a bid and an ask that differ are seen to differ. */
export function apartDecimals(bid, ask, decimals) {
  if (!Number.isFinite(bid) || !Number.isFinite(ask) || Math.abs(ask - bid) <= Math.abs(ask) * DUST) return decimals;
  let shown = decimals;
  while (shown < decimals + APART && bid.toFixed(shown) === ask.toFixed(shown)) shown += 1;
  return shown;
}

/** Return how far an ask is from a bid, both as they are shown: the figures on the screen add up. */
export function shownSpread(bid, ask, decimals) {
  return Number(ask.toFixed(decimals)) - Number(bid.toFixed(decimals));
}

/** Return a part of a price in basis points: 0.1 bp, 12 bp. */
export function formatPoints(part) {
  if (!Number.isFinite(part)) return "";
  const points = part * 1e4;
  if (points > 0 && points < 0.05) return `<0.1${THIN}bp`;
  return `${points.toFixed(Math.abs(points) < 10 ? 1 : 0)}${THIN}bp`;
}

/** Return how a venue's clock stands, from the ms to our time at the quickest: "12 ms", "ahead 120 ms". */
export function formatOffset(offset) {
  if (!Number.isFinite(offset)) return "–";
  return offset < 0 ? `ahead ${Math.round(-offset)} ms` : `${Math.round(offset)} ms`;
}
