/** Wire floor. Words that say of themselves what they set: 5m, candles, log, utc, dark, compact. */

import { DENSITIES, PAIRS, THEMES, ZONES } from "../deskdoc.js";
import { intervalOf } from "./duration.js";

/** Other words for the same, where the desk has it. */
const CALLED = {
  candle: "candles", candlestick: "candles", candlesticks: "candles", bar: "bars", ohlc: "bars", mountain: "area",
  "heikin-ashi": "heikin", heikinashi: "heikin", logarithmic: "log", "%": "percent",
  pct: "percent", percentage: "percent", gmt: "utc", normalised: "percent", dense: "compact",
};
const OF_PAIRS = ["pair", "colours", "colors"];

/** @typedef {Record<string, any>} Facts what the desk has: intervals, studies, types, scales, grids, desks, lists, … */

/** Return what there is to choose from, by the name of the choice. @param {Facts} facts @returns {Record<string, string[]>} */
export function choices(facts) {
  return {
    interval: facts.intervals ?? [], type: facts.types ?? [], scale: facts.scales ?? [], zone: facts.zones ?? ZONES,
    theme: facts.themes ?? THEMES, density: facts.densities ?? DENSITIES, pair: facts.pairs ?? PAIRS,
    link: facts.colours ?? [],
  };
}

/** Return the one of a choice that a word means, or null. */
export function chosen(what, word, facts) {
  const known = choices(facts)[what];
  if (what === "interval") return intervalOf(word, known);
  const meant = Object.hasOwn(CALLED, word) ? CALLED[word] : word;
  return known.includes(meant) ? meant : null;
}

/** Return the action of a word that needs no other: {do: "type", type: "bars"}; null for any other. A lone number isn't one. */
export function valueOf(word, facts) {
  for (const what of ["interval", "type", "scale", "zone", "theme", "density"]) {
    const value = what === "interval" && /^\d+$/.test(word) ? null : chosen(what, word, facts);
    if (value) return { do: what, [what]: value };
  }
  return null;
}

/** Return the action of `blue pair` at the cursor, and go past it; null if that isn't there. */
export function takePair(cursor, facts) {
  const pair = chosen("pair", cursor.next.low, facts);
  const named = OF_PAIRS.includes(cursor.tokens[cursor.at + 1]?.low);
  if (!pair || !named) return null;
  cursor.at += 2;
  return { do: "pair", pair };
}
