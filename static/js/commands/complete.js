/** Wire floor. What may come next in a command line: the word that is being typed, in full, with what it is for. */

import { intervalOf, spoken } from "./duration.js";
import { TOOLS, isSymbol } from "./readers.js";
import { studyNamed } from "./studies.js";
import { Cursor, Misread, partsOf } from "./tokens.js";
import { choices, valueOf } from "./values.js";
import { VERBS, verbAt } from "./verbs.js";
import { nameOf, venueOf } from "../symbols.js";

const MOST = 9;
const MOST_SYMBOLS = 4;
const LEAST_SEARCHED = 2;
const EXAMPLES = ["btc-usd 5m ema 20", "grid 4", "compare eth-usd", "indicators", "go 2026-11-20 14:02", "draw trend", "png", "help"];
const CALLED = { type: "chart type", scale: "price scale", zone: "time zone", theme: "theme", density: "density of rows", pair: "colours of up and down" };
const LAST_WORD = /[^\s,()|]*$/;

/** @typedef {{text: string, shown: string, says: string}} Offer `text` is the whole line with the offer in it */

/** Return {head, word, before}: the line up to the word being typed, that word, and the tokens of its command. */
function around(line) {
  const word = LAST_WORD.exec(line)[0];
  const head = line.slice(0, line.length - word.length);
  try {
    return { head, word, before: partsOf(head).at(-1) };
  } catch (error) {
    if (error instanceof Misread) return { head, word, before: null };
    throw error;
  }
}

/** Return what the last command before the word waits for: grid, desk, symbol …; null if it waits for nothing. */
function awaited(before) {
  for (let back = Math.min(2, before.length); back > 0; back -= 1) {
    const cursor = new Cursor(before.slice(-back));
    const found = verbAt(cursor);
    if (found?.words.length === back) return found.verb.takes ?? null;
  }
  return null;
}

const quoted = (name) => (/[|"]/.test(name) ? `"${name.replaceAll('"', "")}"` : name);

/** Return [text, what it is for] of each thing that a command of that kind takes. */
function taken(what, facts) {
  const list = (values, says) => values.map((value) => [String(value), says]);
  if (what === "grid") return (facts.grids ?? []).map((count) => [String(count), count === 1 ? "one chart" : `${count} charts`]);
  if (what === "desk") return list((facts.desks ?? []).map(quoted), "desk");
  if (what === "list") return list((facts.lists ?? []).map(quoted), "watchlist");
  if (what === "tool") return [...list(facts.tools ?? TOOLS, "drawing tool"), ["off", "put the tool down"]];
  if (what === "link") return [...list(facts.colours ?? [], "same colour, same symbol"), ["off", "unlink"]];
  if (what === "study") return (facts.studies ?? []).map((study) => [study.kind, study.long ?? study.title]);
  if (what === "interval") return intervals(facts);
  if (what === "follow") return list(["interval", "range"], "shared by linked charts");
  if (what === "symbol") return [];
  return list(choices(facts)[what] ?? [], CALLED[what] ?? what);
}

function intervals(facts) {
  return (facts.intervals ?? []).map((interval) => [interval, spoken(interval)]);
}

function studies(facts, sign) {
  const numbers = (study) => study.params.map(({ value }) => value).join(" ");
  return (facts.studies ?? []).map((study) => [`${sign}${study.kind}${sign === "-" ? "" : ` ${numbers(study)}`}`.trim(), study.long ?? study.title]);
}

/** Return everything that may begin with a word anywhere in a line. */
function anything(facts, sign) {
  if (sign) return studies(facts, sign);
  const values = ["type", "scale", "zone", "theme", "density"].flatMap((what) => taken(what, facts));
  const verbs = VERBS.flatMap((verb) => verb.words.map((word) => [word, `${verb.says}${verb.takes ? `: ${verb.example}` : ""}`]));
  const desks = (facts.desks ?? []).map((name) => [`desk ${quoted(name)}`, "desk"]);
  return [...intervals(facts), ...studies(facts, ""), ...values, ...verbs, ...desks];
}

function found(instruments, word) {
  const dash = word.startsWith("-") ? "-" : "";
  return instruments.slice(0, MOST_SYMBOLS).map(({ symbol, title }) => [`${dash}${symbol}`, [title, nameOf(symbol) && venueOf(symbol)].filter(Boolean).join(" · ")]);
}

/** Return the second words of commands of two, of which the first stands before: in and out after zoom. */
function seconds(before) {
  const both = VERBS.flatMap((verb) => verb.words.map((words) => [words.split(" "), verb.says]));
  return both.filter(([[first, second]]) => second && first === before.at(-1)?.low).map(([[, second], says]) => [second, says]);
}

const begins = (text, word) => text.toLowerCase().startsWith(word) && text.toLowerCase() !== word;

/**
 * Return what may come next, best first: what the command takes, else words, indicators and intervals that begin
 * as the last word does, and symbols that were found for it.
 * @param {string} line @param {import("./values.js").Facts} facts @param {any[]} instruments @returns {Offer[]}
 */
export function suggestions(line, facts, instruments = []) {
  if (!line.trim()) return EXAMPLES.map((text) => ({ text, shown: text, says: sayExample(text) }));
  const { head, word, before } = around(line);
  if (before === null || word.startsWith('"')) return [];
  const what = awaited(before);
  const symbols = what === null || what === "symbol" || what === "study" ? found(instruments, word) : [];
  const second = what ? [] : seconds(before);
  if (!what && !word && !second.length) return [];
  const known = second.length ? second : what ? taken(what, facts) : anything(facts, /^[-+]/.exec(word)?.[0] ?? "");
  const fitting = known.filter(([text]) => begins(text, word.toLowerCase())).sort((a, b) => a[0].length - b[0].length);
  const own = what ? known.filter((each) => fitting.includes(each)) : fitting;
  const all = [...own.slice(0, MOST - Math.min(symbols.length, MOST_SYMBOLS)), ...symbols];
  return all.map(([text, says]) => ({ text: `${head}${text} `, shown: text, says }));
}

function sayExample(text) {
  const verb = VERBS.find((each) => each.example === text);
  return verb?.says ?? "Symbol, interval and indicator at once";
}

/** Return the text to search symbols by while this line is typed, or "" where no symbol is meant. */
export function sought(line, facts) {
  const { word, before } = around(line);
  if (before === null) return "";
  const text = word.replace(/^-/, "");
  const what = awaited(before);
  if (text.length < LEAST_SEARCHED || !isSymbol(text) || (what !== null && what !== "symbol" && what !== "study")) return "";
  const taken_ = valueOf(text.toLowerCase(), facts) || intervalOf(text, facts.intervals ?? []) || studyNamed(text.replace(/\d+$/, ""), facts.studies ?? []);
  return taken_ ? "" : text.toUpperCase();
}
