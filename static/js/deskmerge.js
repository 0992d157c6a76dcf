/** Wire floor. A document by its top-level keys, and two changes of one document brought together. */

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

/** The key of the desks: each of them is brought together by itself, by its name. */
const DESKS = "desks";

/** Return the parts of their document with what differs between `base` and ours put over it, or taken out of it. */
export function merged(base, ours, theirs) {
  const result = laid(base, ours, theirs);
  const desks = [base, ours, theirs].map((parts) => parts.get(DESKS));
  if (desks.every(Boolean)) result.set(DESKS, mergedDesks(...desks));
  return result;
}

function laid(base, ours, theirs) {
  const result = new Map(theirs);
  for (const key of new Set([...base.keys(), ...ours.keys()])) {
    if (base.get(key) === ours.get(key)) continue;
    if (ours.has(key)) result.set(key, ours.get(key));
    else result.delete(key);
  }
  return result;
}

/** Two pages may be at two desks of one document: neither takes back what the other did to its own. */
function mergedDesks(base, ours, theirs) {
  if (base === theirs) return ours;
  const result = laid(...[base, ours, theirs].map(byName));
  return result.size ? `[${[...result.values()].join()}]` : ours;
}

function byName(json) {
  const desks = JSON.parse(json);
  return new Map((Array.isArray(desks) ? desks : []).map((desk, place) => [desk?.name ?? place, toJson(desk)]));
}
