/** View floor. What the legend's first line says: whose chart it is, how fresh, and what is wrong. */

import { isFormula, legsOf, originOf, venueOf } from "./symbols.js";
import { titleOf } from "./venues.js";

const GOOD = new Set(["live", "polling"]);

/** Return why the line to a symbol's venue brings nothing, or nothing; of a formula its first leg's that doesn't. */
function lineText(store, symbol) {
  const statuses = legsOf(symbol).map((leg) => store.statuses.get(venueOf(leg)));
  const bad = statuses.find((status) => status && !GOOD.has(status.state));
  if (!bad) return "";
  const text = [bad.state, bad.reason].filter(Boolean).join(": ");
  return isFormula(symbol) ? `${bad.venue} ${text}` : text;
}

/**
 * Return {symbol, interval, state, age, title, delay, origin, reason} of a chart.
 * @param {{store: import("./store.js").Store, clock: import("./clock.js").Clock, venues: Map<string, any>}} parts
 * @param {{symbol: string, interval: string}} chart
 * @param {{price: number, time: number}|null} price the newest
 * @param {string} trouble what is wrong with the chart's history, if anything
 */
export function headOf({ store, clock, venues }, { symbol, interval }, price, trouble) {
  const facts = venues.get(venueOf(symbol)) ?? { title: isFormula(symbol) ? "Formula" : venueOf(symbol) };
  return {
    symbol, interval,
    state: store.freshness(symbol),
    age: price ? clock.time() - price.time : null,
    title: titleOf(facts),
    delay: store.delay(symbol),
    origin: originOf(symbol, venues),
    reason: store.refused.get(symbol) || lineText(store, symbol) || trouble,
  };
}
