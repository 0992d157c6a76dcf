/** Wire floor. Which symbol a typed text means, among those that a search found for it. */

import { isFormula, isWhole, nameOf, venueOf } from "../symbols.js";

const QUOTES = ["USDT", "USDC", "USD", "EUR", "GBP", "JPY", "CHF", "BTC", "ETH"];
const FAR = 9;

const bare = (text) => text.toUpperCase().replace(/[^A-Z0-9]/g, "");

/** Return the texts to search for, one after another until one is found: ETHUSD, then ETH-USD. */
export function spellings(text) {
  const typed = text.trim().toUpperCase();
  const quote = /^[A-Z0-9]{5,12}$/.test(typed) ? QUOTES.find((each) => typed.endsWith(each) && typed.length > each.length + 1) : null;
  return quote ? [typed, `${typed.slice(0, -quote.length)}-${quote}`] : [typed];
}

/** Return how far an instrument is from a text: 0 its name, 1 its base, 2 a beginning, FAR anything else. */
function far(text, { symbol, base }) {
  const [wanted, name] = [bare(text), bare(nameOf(symbol))];
  if (name === wanted) return 0;
  if (base && bare(base) === wanted) return 1;
  return name.startsWith(wanted) ? 2 : FAR;
}

/**
 * Return the instrument a text means: itself if it is one in full, else the nearest of those found; among equals one
 * of the venue that is shown now, then the first. Null where nothing was found.
 * @param {string} text @param {{symbol: string, base?: string}[]} found @param {string|null} now the symbol shown now
 */
export function resolve(text, found, now = null) {
  const typed = text.trim().toUpperCase();
  const exact = found.find((each) => each.symbol === typed);
  if (exact || isFormula(typed) || isWhole(typed)) return exact ?? { symbol: typed };
  const venue = now && !isFormula(now) ? venueOf(now) : null;
  const rank = (each) => far(typed, each) * 2 + (venueOf(each.symbol) === venue ? 0 : 1);
  return found.reduce((best, each) => (best === null || rank(each) < rank(best) ? each : best), null);
}

/** Return the instrument for a text, searching each spelling in turn; null where none is found. Throws as `search` does. */
export async function lookUp(text, search, now = null, signal = undefined) {
  if (isFormula(text) || isWhole(text.toUpperCase())) return resolve(text, [], now);
  for (const q of spellings(text)) {
    const found = await search({ q, limit: 50, signal });
    if (found.length) return resolve(q, found, now);
  }
  return null;
}
