/** Wire floor. A pasted text as symbols: separated by commas, semicolons, spaces or lines; a formula by no space. */

import { isFormula, isWhole, legsOf, venueOf } from "../symbols.js";

const MOST = 500;

/** Return the pieces of a text; what begins as a formula does goes on to the next comma, line or formula. */
function pieces(text) {
  const parts = text.toUpperCase().split(/[,;\r\n\t]+|\s+(?==)/).map((part) => part.trim());
  return parts.flatMap((part) => (isFormula(part) ? [part] : part.split(/\s+/))).filter(Boolean);
}

/** Tell whether a piece can be asked for: a venue that is on, or a formula over such. */
function isKnown(piece, venues) {
  if (!isWhole(piece)) return false;
  if (!isFormula(piece)) return venues.has(venueOf(piece));
  return /:/.test(piece) && legsOf(piece).every((leg) => venues.has(venueOf(leg)));
}

/**
 * Return {symbols, unknown}, each once and in their order; `unknown` is what names no venue that is on.
 * @param {string} text @param {{has: (venue: string) => boolean}} venues
 */
export function readPasted(text, venues) {
  const once = [...new Set(pieces(text))].slice(0, MOST);
  return {
    symbols: once.filter((piece) => isKnown(piece, venues)),
    unknown: once.filter((piece) => !isKnown(piece, venues)),
  };
}

/** Return the sentence about what was not added, a few of them by name. */
export function unknownText(unknown) {
  const few = unknown.slice(0, 4).map((piece) => (piece.length > 24 ? `${piece.slice(0, 23)}…` : piece));
  const more = unknown.length > few.length ? ` and ${unknown.length - few.length} more` : "";
  return `Not added: ${few.join(", ")}${more}. A symbol is VENUE:NAME with a venue that is on here, as in SIM:BTC-USD.`;
}
