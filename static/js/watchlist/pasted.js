/** Wire floor. A pasted text as symbols: separated by commas, semicolons, spaces or lines; a formula by no space. */

import { lookUp } from "../commands/resolve.js";
import { isFormula, isWhole, legsOf, nameOf, venueOf } from "../symbols.js";

const MOST = 500;
/** Names that are looked up at once. */
const AT_ONCE = 4;

const NAME = /^[A-Z0-9._\-^=/]{1,32}$/;
const bare = (text) => text.toUpperCase().replace(/[^A-Z0-9]/g, "");

/** Return the pieces of a text; what begins as a formula does goes on to the next comma, line or formula. */
function split(text) {
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
 * Return {pieces, names, unknown}, each once and in their order: what a text is made of, what of it is a name without
 * a venue, and what names no venue that is on.
 * @param {string} text @param {{has: (venue: string) => boolean}} venues
 */
export function readPasted(text, venues) {
  const once = [...new Set(split(text))].slice(0, MOST);
  const others = once.filter((piece) => !isKnown(piece, venues));
  const names = others.filter((piece) => NAME.test(piece) && !isFormula(piece));
  return { pieces: once, names, unknown: others.filter((piece) => !names.includes(piece)) };
}

/** Return the instrument that is called so, not only somehow like it; null where there is none. */
async function called(name, search, now) {
  const found = await lookUp(name, search, now);
  const names = found ? [nameOf(found.symbol), found.base ?? ""].map(bare) : [];
  return bare(name) && names.includes(bare(name)) ? found : null;
}

/** Return name → instrument or null, as far as names could be looked up, and why not all could. */
async function lookUpAll(names, search, now) {
  const found = new Map();
  try {
    for (let from = 0; from < names.length; from += AT_ONCE) {
      await Promise.all(names.slice(from, from + AT_ONCE).map(async (name) => found.set(name, await called(name, search, now))));
    }
    return { found, trouble: "" };
  } catch (error) {
    return { found, trouble: error.message };
  }
}

/**
 * Return {instruments, unknown, unasked, trouble} of a pasted text: what it means, in its order; what is nothing here;
 * and what could not be looked up, and why. A name without a venue is that of the venue that is shown now, or else of
 * the first that has it.
 * @param {string} text
 * @param {{venues: {has: (venue: string) => boolean}, search: (asked: any) => Promise<any[]>, now: string|null}} parts
 */
export async function findPasted(text, { venues, search, now }) {
  const { pieces, names, unknown } = readPasted(text, venues);
  const { found, trouble } = await lookUpAll(names, search, now);
  const nothing = new Set([...unknown, ...names.filter((name) => found.get(name) === null)]);
  const unasked = names.filter((name) => !found.has(name));
  const meant = pieces.filter((piece) => !nothing.has(piece) && !unasked.includes(piece));
  return { instruments: meant.map((piece) => found.get(piece) ?? { symbol: piece }), unknown: pieces.filter((piece) => nothing.has(piece)), unasked, trouble };
}

/** Return a few of some pieces by name, and how many more there are. */
function few(pieces) {
  const named = pieces.slice(0, 4).map((piece) => (piece.length > 24 ? `${piece.slice(0, 23)}…` : piece));
  return `${named.join(", ")}${pieces.length > named.length ? ` and ${pieces.length - named.length} more` : ""}`;
}

/** Return the sentence about what was not added, or none. */
export function unknownText({ unknown, unasked, trouble }) {
  const nothing = unknown.length ? `Not added: ${few(unknown)}. Nothing that is on is called so; a symbol is VENUE:NAME, as in SIM:BTC-USD.` : "";
  const later = unasked.length ? `Not added: ${few(unasked)}, which can't be looked up now: ${trouble}.` : "";
  return [nothing, later].filter(Boolean).join(" ");
}
