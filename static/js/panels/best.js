/** Wire floor. The best bid and the best ask over venues, and how far the others are from them. */

/**
 * @typedef {{symbol: string, quote: string, origin: string, state: string, bid?: number|null, ask?: number|null}} Offer
 *   `quote`: the token it is priced in; `origin`: "", SIMULATED or REPLAY; `state`: how far it may be trusted
 * @typedef {{symbol: string, price: number}} Best
 */

const priced = (value) => Number.isFinite(value) && value > 0;

/** Return the offer with the highest (way 1) or lowest (way -1) price on a side, the first of equals; null for none. */
function bestOf(offers, side, way) {
  return offers.reduce((best, offer) => {
    if (!priced(offer[side]) || (best && (offer[side] - best.price) * way <= 0)) return best;
    return { symbol: offer.symbol, price: offer[side] };
  }, null);
}

/**
 * Return what counts as one market: prices in the same token that are live, and either all real or, where the symbol
 * is of another origin and there is no real one (but such as are always late), all of that.
 */
function market(offers, symbol) {
  const asked = offers.find((offer) => offer.symbol === symbol);
  const money = offers.filter((offer) => offer.quote === asked?.quote);
  const origin = money.some((offer) => offer.origin === "" && offer.state !== "delayed") ? "" : asked?.origin ?? "";
  return { origin, among: money.filter((offer) => offer.origin === origin && offer.state === "live") };
}

/**
 * Compare the offers of one asset, in the money of `symbol`.
 * @param {Offer[]} offers @param {string} symbol
 * @returns {{origin: string, bid: Best|null, ask: Best|null, spread: number|null, part: number|null, crossed: boolean,
 *   rows: Map<string, {counted: boolean, bid: number|null, ask: number|null}>}} `part`: the spread as a part of the
 *   price; of each row, whether it counts and its distances from the best, 0 for the best, null where there are none
 */
export function compare(offers, symbol) {
  const { origin, among } = market(offers, symbol);
  const [bid, ask] = [bestOf(among, "bid", 1), bestOf(among, "ask", -1)];
  const spread = bid && ask ? ask.price - bid.price : null;
  const rows = new Map(offers.map((offer) => [offer.symbol, {
    counted: among.includes(offer),
    bid: bid && priced(offer.bid) ? offer.bid - bid.price : null,
    ask: ask && priced(offer.ask) ? offer.ask - ask.price : null,
  }]));
  const part = spread === null ? null : spread / ((ask.price + bid.price) / 2);
  return { origin, bid, ask, spread, part, crossed: spread !== null && spread < 0, rows };
}
