/** Wire floor. The order of the watchlist's rows: as stored, or sorted by a column. */

import { changePercent } from "../format.js";
import { nameOf, venueOf } from "../symbols.js";

/** The columns that `cycled` goes through. */
const CYCLE = [
  null,
  { column: "change", way: "down" },
  { column: "change", way: "up" },
  { column: "volume", way: "down" },
  { column: "symbol", way: "up" },
];

const difference = (a, b) => (Number.isFinite(a) && Number.isFinite(b) ? a - b : null);

/** What a row is sorted by; null (or undefined) when it isn't known. */
const KEYS = {
  symbol: (symbol) => nameOf(symbol),
  venue: (symbol) => venueOf(symbol),
  difference: (_, quote) => difference(quote?.last, quote?.open),
  change: (_, quote) => changePercent(quote?.last, quote?.open),
  spread: (_, quote) => difference(quote?.ask, quote?.bid),
  age: (_, quote) => (quote?.time ? -quote.time : null),
};

/** Return what a symbol is sorted by in a column, null when that isn't known; also where no column is called so. */
export function keyOf(column, symbol, quote) {
  if (Object.hasOwn(KEYS, column)) return KEYS[column](symbol, quote) ?? null;
  return quote && Object.hasOwn(quote, column) ? (quote[column] ?? null) : null;
}

/** Tell whether a sort needs the prices of all symbols, also of those that are not drawn. */
export function needsPrices(sort) {
  return sort !== null && sort.column !== "symbol" && sort.column !== "venue";
}

/**
 * Return the symbols sorted; what isn't known comes last either way, what is equal stays as stored.
 * @param {string[]} symbols @param {{column: string, way: "up"|"down"}|null} sort
 * @param {(symbol: string) => any} quoteOf
 */
export function sorted(symbols, sort, quoteOf) {
  if (!sort) return [...symbols];
  const sign = sort.way === "up" ? 1 : -1;
  const keys = new Map(symbols.map((symbol) => [symbol, keyOf(sort.column, symbol, quoteOf(symbol))]));
  return [...symbols].sort((one, other) => {
    const [a, b] = [keys.get(one), keys.get(other)];
    if (a === null || b === null) return (a === null) - (b === null);
    return a === b ? 0 : a < b ? -sign : sign;
  });
}

/** Return the sort after a click on a column: up, down, none. */
export function nextSort(sort, column) {
  if (sort?.column !== column) return { column, way: "up" };
  return sort.way === "up" ? { column, way: "down" } : null;
}

/** Return the next of the sorts that are used most; after any other one, none. */
export function cycled(sort) {
  const place = CYCLE.findIndex((each) => each?.column === sort?.column && each?.way === sort?.way);
  return CYCLE[(place + 1) % CYCLE.length];
}

/** Return the order that is kept while it is held: what is gone leaves it, what is new comes last. */
export function held(order, symbols) {
  const there = new Set(symbols);
  const stays = new Set(order);
  return [...order.filter((symbol) => there.has(symbol)), ...symbols.filter((symbol) => !stays.has(symbol))];
}

/** Return a list with the item at `from` moved to where `to` is. */
export function moved(list, from, to) {
  const rest = list.filter((_, place) => place !== from);
  rest.splice(Math.max(0, Math.min(rest.length, to)), 0, list[from]);
  return rest;
}
