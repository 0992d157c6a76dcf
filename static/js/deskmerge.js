/**
 * Wire floor. A document by its top-level keys, and two changes of one document brought together.
 *
 * The rule is the same on every level: of what only one side changed its change is taken, and where both changed one
 * thing they are brought together within it, or ours is taken. Desks and lists are told by their names, symbols of a
 * list by themselves, charts by their places, drawings by their symbols and ids; all else is one thing.
 */

import { freshId } from "./drawings/shapes.js";

/** Half of a sign, as a text that was cut may end with, is no text for the server. */
function wellFormed(key, value) {
  return typeof value === "string" && value.toWellFormed ? value.toWellFormed() : value;
}

/** Return a value as JSON that the server takes. */
export const toJson = (value) => JSON.stringify(value, wellFormed);

/** Return a document as a map from its keys to the JSON of what they hold. @returns {Map<string, string>} */
export function partsOf(document) {
  const held = Object.entries(document).filter(([, value]) => value !== undefined);
  return new Map(held.map(([key, value]) => [key, toJson(value)]));
}

/** Return the document that these are the parts of, as objects of its own. */
export function wholeOf(parts) {
  return Object.fromEntries([...parts].map(([key, json]) => [key, JSON.parse(json)]));
}

/** Tell whether two documents hold the same. */
export function areSame(some, others) {
  return some.size === others.size && [...some].every(([key, json]) => others.get(key) === json);
}

/** @typedef {Map<string, string>} Parts keys, each with the JSON of what it holds */
/** @typedef {(base?: string, ours?: string, theirs?: string, key?: string) => string|undefined} Deeper brings together what both changed */

/** Return the parts of their document with what differs between `base` and ours put over it, or taken out of it. @param {Parts} base @param {Parts} ours @param {Parts} theirs */
export function merged(base, ours, theirs) {
  const result = together(base, ours, theirs, (one, two, three, key) => (DEEPER.has(key) ? DEEPER.get(key)(one, two, three) : two));
  return atList(result, base.get("list") === ours.get("list") ? theirs : ours);
}

/** Return the parts with that desk and that list open which `ours` has open: of two pages each stays where it is. */
export function staying(parts, ours) {
  const result = atList(new Map(parts), ours);
  if (ours.has("desk")) result.set("desk", ours.get("desk"));
  return result;
}

/** Return the parts with the open desk of `ours` as it is there, also where they have none: so that nothing moves under somebody's hands. */
export function asShown(parts, ours) {
  const desks = ours.get("desks");
  const open = byName(desks).get(openName(ours));
  if (!open || !parts.has("desks")) return parts;
  return new Map(parts).set("desks", asList(byName(parts.get("desks")).set(openName(ours), open)));
}

const openName = (parts) => String(JSON.parse(parts.get("desk") ?? "null"));

/** A list's place is another one after a merge: make it that of the list that is open in `from`. */
function atList(parts, from) {
  const keysOf = (some) => [...byName(some.get("lists")).keys()];
  const place = keysOf(parts).indexOf(keysOf(from)[JSON.parse(from.get("list") ?? "null")]);
  return place < 0 ? parts : parts.set("list", toJson(place));
}

// ------------------------------------------------------------- any keyed things
/** Return what two changes make of things with keys. @param {Parts} base @param {Parts} ours @param {Parts} theirs @param {Deeper} deeper */
function together(base, ours, theirs, deeper = (_, mine) => mine) {
  const result = new Map();
  for (const key of orderOf(base, ours, theirs)) {
    const [was, mine, other] = [base, ours, theirs].map((parts) => parts.get(key));
    const json = was === mine || mine === other ? other : was === other ? mine : deeper(was, mine, other, key);
    if (json !== undefined) result.set(key, json);
  }
  return result;
}

/** Return all keys in their order, or in ours where we changed it; what only the other side has follows what it follows there. */
function orderOf(base, ours, theirs) {
  const common = (some, others) => toJson([...some.keys()].filter((key) => others.has(key)));
  const [first, second] = common(base, ours) === common(ours, base) ? [theirs, ours] : [ours, theirs];
  const [order, more] = [[...first.keys()], [...second.keys()]];
  more.forEach((key, place) => {
    if (!first.has(key)) order.splice(order.indexOf(more[place - 1]) + 1, 0, key);
  });
  return order;
}

/** Return what a list's JSON holds by its keys; of two alike the second has a key of its own. @returns {Parts} */
function keyed(json, keyOf) {
  const held = json === undefined ? [] : JSON.parse(json);
  const found = new Map();
  (Array.isArray(held) ? held : []).forEach((each, place) => {
    let key = String(keyOf(each, place));
    while (found.has(key)) key += "\n";
    found.set(key, toJson(each));
  });
  return found;
}

const byName = (json) => keyed(json, (each, place) => each?.name ?? place);
const bySymbol = (json) => keyed(json, (each) => each?.symbol);
const byPlace = (json) => keyed(json, (_, place) => place);
const byId = (json) => keyed(json, (each) => each?.id);

const asList = (parts) => `[${[...parts.values()].join()}]`;
const partsIn = (json) => partsOf((json === undefined ? null : JSON.parse(json)) ?? {});

// ------------------------------------------------------------- the things of a desk
/** A desk that one side took out and the other changed is as ours is; else each of its settings and charts counts by itself. */
function mergedDesk(base, ours, theirs) {
  if (!ours || !theirs) return ours;
  const charts = (...three) => asList(together(...three.map(byPlace)));
  const parts = together(...[base, ours, theirs].map(partsIn), (was, mine, other, key) => (key === "charts" ? charts(was, mine, other) : mine));
  return toJson(wholeOf(parts));
}

/** What either side added to a list stays, also where the other took the list out: then it is a list of that alone. */
function mergedList(base, ours, theirs) {
  const symbols = together(...[base, ours, theirs].map((json) => bySymbol(partsIn(json).get("symbols"))), mergedSymbol);
  if (!symbols.size && !(ours && theirs)) return undefined;
  return toJson({ ...JSON.parse(ours ?? theirs), symbols: JSON.parse(asList(symbols)) });
}

/** What is known of a symbol changes by itself: that keeps none that was taken out. */
const mergedSymbol = (base, ours, theirs) => (base && !(ours && theirs) ? undefined : ours);

/** Drawings of a symbol: one that both changed, or we took out, is as ours is. */
function mergedShapes(base, ours, theirs) {
  const [was, mine, other] = [base, ours, theirs].map(byId);
  const shapes = together(was, renumbered(was, mine, other), other);
  return shapes.size ? asList(shapes) : undefined;
}

/** Two pages number alike what they draw: what is new of ours has another id where theirs has that id for its own. */
function renumbered(base, ours, theirs) {
  const result = new Map();
  for (const [id, json] of ours) {
    const isTaken = !base.has(id) && theirs.has(id) && theirs.get(id) !== json;
    const free = isTaken ? freshId([...ours.keys(), ...theirs.keys(), ...result.keys()].map((each) => ({ id: each }))) : id;
    result.set(free, isTaken ? toJson({ ...JSON.parse(json), id: free }) : json);
  }
  return result;
}

/** @type {Map<string, Deeper>} what of a document is brought together within */
const DEEPER = new Map([
  ["desks", (...three) => asList(together(...three.map(byName), mergedDesk))],
  ["lists", (...three) => asList(together(...three.map(byName), mergedList))],
  ["drawings", (...three) => toJson(wholeOf(together(...three.map(partsIn), mergedShapes)))],
]);
