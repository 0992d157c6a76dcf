/** Store floor. What the symbol box offers: what was used before, what was found, and the text as it is. */

import { isFormula, isWhole, nameOf, venueOf } from "./symbols.js";

const MOST = 12;
const KEPT = 20;

/** @typedef {{symbol: string, venue?: string, name?: string, base?: string, title?: string, kind?: string, typed?: boolean}} Offer */

const words = ({ symbol, base, title }) => [symbol, nameOf(symbol), base ?? "", title ?? ""].map((word) => word.toUpperCase());

/**
 * Return the offers for a text in upper case: those used before first, then the others as they were found; the
 * text itself last, where it can be a symbol and none of them is it.
 * @param {Offer[]} found @param {Offer[]} recent the newest first
 */
export function suggest(text, found, recent) {
  const listed = new Map(found.map((each) => [each.symbol, each]));
  const used = recent.filter((each) => listed.has(each.symbol) || words(each).some((word) => word.startsWith(text)));
  const offers = new Map([...used.map((each) => [each.symbol, listed.get(each.symbol) ?? each]), ...listed]);
  const shown = [...offers.values()].slice(0, MOST);
  return offers.has(text) || !isWhole(text) ? shown : [...shown, asTyped(text)];
}

/** Return the text itself as an offer. */
export function asTyped(text) {
  return { symbol: text, venue: venueOf(text), name: nameOf(text), kind: "", typed: true,
    title: isFormula(text) ? "Open this formula" : "Open as typed" };
}

/** Return the place of the offer that Enter opens: the text in full, else the first; -1 while nothing is typed. */
export function best(text, offers) {
  const exact = offers.findIndex((each) => each.symbol === text);
  return exact >= 0 ? exact : text && offers.length ? 0 : -1;
}

/** Return what was used, with `offer` now the newest; bounded. */
export function used(offer, recent) {
  const { typed, title, ...rest } = offer;
  const instrument = typed ? rest : offer;
  return [instrument, ...recent.filter((each) => each.symbol !== offer.symbol)].slice(0, KEPT);
}
