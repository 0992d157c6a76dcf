/**
 * Wire floor. The command line: `btc-usd 5m ema20 | grid 4` as actions, or why it isn't understood. A line is done
 * as a whole or not at all. Commands may stand in any order; what each asks for is in verbs.js.
 */

import { intervalOf, noInterval } from "./duration.js";
import { nearest } from "./nearest.js";
import { isSymbol, unstudy } from "./readers.js";
import { complete, takeStudy, wordsAt } from "./studies.js";
import { Cursor, LONGEST, Misread, partsOf, shown } from "./tokens.js";
import { choices, takePair, valueOf } from "./values.js";
import { verbAt, verbWords } from "./verbs.js";

/** @typedef {{do: string} & Record<string, any>} Action */

const KNOWN = "A line holds symbols (btc-usd), intervals (5m), indicators (ema 20) and commands (grid 4); help shows the keys.";
/** What a line can say once only. */
const SINGLE = { open: "symbol", interval: "interval", type: "type", scale: "scale", zone: "time zone", theme: "theme",
  pair: "pair", density: "density", grid: "grid", link: "link", desk: "desk", list: "list", go: "date" };
/** Desks and grids first, for charts are theirs; what goes out last, for it shows what the rest made. */
const FIRST = { desk: -3, grid: -2, list: -2, open: -1, go: 1, live: 1, zoom: 2, out: 3 };

/** Return every word that can stand in a line by itself. */
export function knownWords(facts) {
  const kinds = (facts.studies ?? []).map((study) => study.kind);
  const { type, scale, zone, theme, density } = choices(facts);
  return [...new Set([...verbWords(), ...kinds, ...type, ...scale, ...zone, ...theme, ...density])];
}

/** Return the command or indicator that a word was probably meant to be, with the number that hangs on it; or null. */
export function meant(text, facts) {
  const [, word, number] = /^(.*?)(\d*)$/s.exec(text.toLowerCase());
  const found = nearest(word, knownWords(facts));
  return found && found + number;
}

/** A lone number is an interval in minutes, as in the digit box. */
function minutes(cursor, facts) {
  const { text } = cursor.next;
  const known = facts.intervals ?? [];
  const interval = intervalOf(text, known);
  if (!interval) throw new Misread(noInterval(text, known), cursor.rest());
  cursor.take();
  return [{ do: "interval", interval }];
}

function looksLikeInterval(text) {
  return /^\d+(s|sec|m|min|h|d)$/i.test(text);
}

function less(cursor, facts) {
  const found = takeStudy(cursor, facts.studies ?? [], "-");
  if (found) return [unstudy(found)];
  const { text } = cursor.next;
  if (!isSymbol(text.slice(1))) throw new Misread(`${shown(text)} takes nothing away: -ema, -ema20 or -eth-usd does.`, cursor.rest());
  return [{ do: "uncompare", text: cursor.take().text.slice(1).toUpperCase() }];
}

function more(cursor, facts) {
  const found = takeStudy(cursor, facts.studies ?? []) ?? takeStudy(cursor, facts.studies ?? [], "+");
  return found && [{ do: "study", kind: found.study.kind, params: complete(found.study, found.given) }];
}

function symbol(cursor, facts) {
  const { text, formula } = cursor.next;
  if (looksLikeInterval(text)) throw new Misread(noInterval(text, facts.intervals ?? []), cursor.rest());
  if (!formula && !isSymbol(text)) throw new Misread(`${shown(text)} isn't understood.`, cursor.rest());
  cursor.take();
  return [{ do: "open", text: text.toUpperCase() }];
}

/** Return the command that begins here: `link blue` is one, `link` alone a symbol, `volume profile` an indicator. */
function commandAt(cursor, facts) {
  const found = verbAt(cursor);
  if (!found || wordsAt(cursor, facts.studies ?? []) > found.words.length) return null;
  if (!found.verb.unless) return found;
  const after = cursor.tokens[cursor.at + 1];
  const ahead = new Cursor(cursor.tokens.slice(cursor.at + 1));
  const other = !after || verbAt(ahead) || valueOf(after.low, facts) || takeStudy(ahead, facts.studies ?? []);
  return other ? null : found;
}

/** Return the actions of the command at the cursor, and go past it. */
function command(cursor, facts) {
  const { next } = cursor;
  if (next.formula) return symbol(cursor, facts);
  if (next.quoted) return [{ do: "open", text: cursor.take().text.toUpperCase() }];
  const found = commandAt(cursor, facts);
  if (found) {
    cursor.at += found.words.length;
    return found.verb.read(cursor, facts, found.word, (ahead) => commandAt(ahead, facts));
  }
  const pair = takePair(cursor, facts);
  if (pair) return [pair];
  const value = valueOf(next.low, facts);
  if (value) return cursor.take() && [value];
  if (/^\d+$/.test(next.text)) return minutes(cursor, facts);
  return more(cursor, facts) ?? (next.text.startsWith("-") ? less(cursor, facts) : symbol(cursor, facts));
}

/** Return the actions of one part of the line, in the order in which they are to be done. */
function part(tokens, facts, done) {
  const cursor = new Cursor(tokens);
  const actions = [];
  while (cursor.next) {
    const read = command(cursor, facts);
    for (const action of read) once(action, done);
    actions.push(...read);
  }
  const rank = (action) => FIRST[action.do] ?? 0;
  return actions.sort((a, b) => rank(a) - rank(b));
}

/** Keep what a line says once only. Throws Misread if it says so twice, and differently. */
function once(action, done) {
  if (!Object.hasOwn(SINGLE, action.do)) return;
  const before = done.get(action.do);
  done.set(action.do, action);
  if (before === undefined || JSON.stringify(before) === JSON.stringify(action)) return;
  const [a, b] = [before, action].map((each) => String(each.text ?? each.name ?? each.count ?? each[each.do] ?? each.time ?? "none"));
  throw new Misread(`A line has one ${SINGLE[action.do]}, not ${shown(a)} and ${shown(b)}.`, b);
}

/** Return a question after a word that was taken for a symbol, or not understood, and is near to one that is known. */
function question(line, error, done, facts) {
  const words = [error.rest.split(" ")[0], done.get("open")?.text ?? ""];
  const near = words.filter((word) => word && line).map((word) => meant(word, facts)).find(Boolean);
  return near ? ` Did you mean ${near}?` : "";
}

/**
 * Return what a line asks for: {actions}, or {actions: [], error, rest} where `error` says in words what wasn't
 * understood and `rest` is the text from there on.
 * @param {string} line @param {import("./values.js").Facts} facts
 */
export function parse(line, facts = {}) {
  if (line.length > LONGEST) return { actions: [], error: `A line has at most ${LONGEST} characters, not ${line.length}.`, rest: "" };
  const done = new Map();
  try {
    return { actions: partsOf(line).flatMap((tokens) => part(tokens, facts, done)) };
  } catch (error) {
    if (!(error instanceof Misread)) throw error;
    const asked = question(line, error, done, facts);
    const known = error.message.endsWith("isn't understood.") && !asked ? ` ${KNOWN}` : "";
    return { actions: [], error: error.message + asked + known, rest: error.rest };
  }
}
