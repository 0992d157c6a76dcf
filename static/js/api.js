/** Store floor. The server's HTTP answers, as values or as an ApiError with a text for people. */

export class ApiError extends Error {}

const NO_ANSWER = "the server does not answer";

/** Return the JSON of a path with a query. Throws ApiError; an aborted request throws as fetch does. */
async function get(path, query, signal) {
  const parts = Object.entries(query).filter(([, value]) => value !== undefined && value !== null);
  let answer;
  try {
    answer = await fetch(`${path}?${new URLSearchParams(parts)}`, { signal, headers: { Accept: "application/json" } });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ApiError(NO_ANSWER);
  }
  const body = await answer.json().catch(() => null);
  if (answer.ok && body) return body;
  throw new ApiError(body?.error?.message ?? `the server answered ${answer.status}`);
}

/**
 * Return {bars, sources, trouble}: rows [time, open, high, low, close, volume], oldest first, those before `end`
 * when it is given; the times of the bars that are not whole, {mixed: [time…], hole: [time…]}; and why more of
 * them can't be had now, if so.
 */
export async function fetchBars({ symbol, interval, end, limit, signal }) {
  const { bars, sources = {}, trouble = "" } = await get("/api/bars", { symbol, interval, end, limit }, signal);
  return { bars, sources, trouble };
}

/** Return instruments that match a text, the best first. */
export async function fetchSymbols({ q, limit, signal }) {
  return (await get("/api/symbols", { q, limit }, signal)).symbols;
}

/** Return the state of every venue that is on. */
export async function fetchVenues() {
  return (await get("/api/venues", {})).venues;
}

/** Return {symbol, interval, closes, start} of the last day of each symbol that has one. */
export async function fetchSparks(symbols) {
  return (await get("/api/sparks", { symbols: symbols.join(",") })).sparks;
}

/** Return the instruments of a symbol's asset on every venue. */
export async function fetchElsewhere({ symbol, signal }) {
  return (await get("/api/elsewhere", { symbol }, signal)).symbols;
}
