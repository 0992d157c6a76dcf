/** View floor. What the desk wants of the stream: quotes of what is seen, and all of what the charts show. */

/**
 * Return symbol → streams. Until a chart shows something the whole list is wanted: the first price may be that of its
 * last row.
 * @param {{watchlist: any, grid: import("./grid.js").Grid, elsewhere?: any}} parts
 */
export function demandOf({ watchlist, grid, elsewhere }) {
  const wants = new Map();
  const want = (symbol, ...streams) => wants.set(symbol, new Set([...(wants.get(symbol) ?? ["quote"]), ...streams]));
  const begun = grid.panels.some(({ state }) => state?.symbol);
  for (const symbol of begun ? watchlist.wanted : watchlist.symbols) want(symbol);
  for (const symbol of elsewhere?.wanted ?? []) want(symbol);
  for (const { state, model } of grid.panels) {
    if (!state?.symbol) continue;
    want(state.symbol, `bars:${state.interval}`);
    for (const { symbol } of model.comparisons) want(symbol, `bars:${state.interval}`);
  }
  const used = grid.active?.state?.symbol;
  if (used) want(used, "trades");
  return wants;
}
