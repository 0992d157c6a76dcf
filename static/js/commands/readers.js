/** Wire floor. How commands read the words after them: each reader takes (cursor, facts, said) and returns actions. */

import { noInterval } from "./duration.js";
import { clockOf, dayOf, latest } from "./moment.js";
import { takeStudy } from "./studies.js";
import { Misread, folded, shown } from "./tokens.js";
import { choices, chosen, valueOf } from "./values.js";
import { KINDS } from "../drawings/shapes.js";
import { isWhole } from "../symbols.js";

const SYMBOL = /^[A-Z0-9._\-^=/]{1,32}$/i;
const OFF = ["off", "none", "no"];
const LONGEST_NAME = 40;
const MOST_STEPS = 50;
/** Drawing tools, and what else they are called. */
export const TOOLS = [...Object.keys(KINDS), "measure"];
const CALLED = {
  horizontal: "level", hline: "level", line: "trend", trendline: "trend", rectangle: "box", rect: "box",
  fibonacci: "fib", text: "note", label: "note", ruler: "measure",
};
const FOLLOWED = ["interval", "range"];

/** Tell whether a word can be the name of a symbol: BTC-USD, ^GSPC, COINBASE:BTC-USD. */
export function isSymbol(text) {
  return /[A-Z^]/i.test(text) && (SYMBOL.test(text) || isWhole(text.toUpperCase()));
}

function wanted(cursor, what, example) {
  if (!cursor.next) throw new Misread(`${what}, such as: ${example}.`);
  return cursor.take();
}

/** Return a reader of nothing: the command is whole with its own words. */
export function just(action) {
  return () => [{ ...action }];
}

/** Return a reader of one value of a choice: theme dark, time utc. */
export function choice(what) {
  return (cursor, facts, said) => {
    const known = choices(facts)[what];
    const token = wanted(cursor, `“${said}” wants one of ${known.join(" ")}`, `${said} ${known[0]}`);
    const value = chosen(what, token.low, facts);
    if (value) return [{ do: what, [what]: value }];
    if (what === "interval") throw new Misread(noInterval(token.text, known), token.text);
    throw new Misread(`${shown(token.text)} is none of: ${known.join(" ")}.`, token.text);
  };
}

export function grid(cursor, facts, said) {
  const known = facts.grids ?? [];
  const token = wanted(cursor, `“${said}” wants a number of charts: ${known.join(" ")}`, `${said} ${known.at(-1)}`);
  const count = /^\d{1,3}$/.test(token.text) ? Number(token.text) : null;
  if (!known.includes(count)) throw new Misread(`A grid has ${known.join(", ")} charts, not ${shown(token.text)}.`, token.text);
  return [{ do: "grid", count }];
}

export function open(cursor, facts, said) {
  const token = wanted(cursor, `“${said}” wants a symbol`, `${said} btc-usd`);
  return [{ do: "open", text: token.formula ? token.text : token.text.toUpperCase() }];
}

/** Tell whether the next word is one more symbol, and no command, value or indicator. */
function symbolNext(cursor, facts, isCommand) {
  const { next } = cursor;
  if (!next) return false;
  if (next.formula) return true;
  const taken = isCommand(cursor) || valueOf(next.low, facts) || takesStudy(cursor, facts);
  return !taken && isSymbol(next.text) && !/^[-+]/.test(next.text);
}

function takesStudy(cursor, facts) {
  const { at } = cursor;
  const found = takeStudy(cursor, facts.studies ?? []);
  cursor.at = at;
  return found !== null;
}

/** All symbols that follow are compared; off leaves only the chart's own. */
export function compare(cursor, facts, said, isCommand) {
  const first = wanted(cursor, `“${said}” wants a symbol`, `${said} eth-usd`);
  if (OFF.includes(first.low)) return [{ do: "uncompare", text: null }];
  if (!first.formula && !isSymbol(first.text)) throw new Misread(`${shown(first.text)} is no symbol.`, first.text);
  const actions = [{ do: "compare", text: first.text.toUpperCase() }];
  while (symbolNext(cursor, facts, isCommand)) actions.push({ do: "compare", text: cursor.take().text.toUpperCase() });
  return actions;
}

export function remove(cursor, facts, said) {
  const actions = [];
  for (;;) {
    const found = takeStudy(cursor, facts.studies ?? []);
    if (!found) break;
    actions.push(unstudy(found));
  }
  if (actions.length) return actions;
  const token = wanted(cursor, `“${said}” wants an indicator or a compared symbol`, `${said} ema`);
  if (isSymbol(token.text)) return [{ do: "uncompare", text: token.text.toUpperCase() }];
  throw new Misread(`${shown(token.text)} is no indicator.`, token.text);
}

/** Return the action that takes an indicator away: any of its kind, or the one with these parameters. */
export function unstudy({ study, given }) {
  return { do: "unstudy", kind: study.kind, ...(Object.keys(given).length && { params: given }) };
}

export function link(cursor, facts, said) {
  const known = facts.colours ?? [];
  const token = wanted(cursor, `“${said}” wants a colour: ${known.join(" ")}`, `${said} ${known[0]}`);
  if (OFF.includes(token.low)) return [{ do: "link", link: null }];
  if (!known.includes(token.low)) throw new Misread(`Charts are linked by ${known.join(" ")}, not ${shown(token.text)}.`, token.text);
  return [{ do: "link", link: token.low }];
}

/** Return the only name that begins with the next word, and go past that; null if none or several do. */
function takeBeginning(cursor, names) {
  const begun = names.filter((name) => folded(name).startsWith(cursor.next.low));
  return begun.length === 1 && cursor.take() ? begun[0] : null;
}

/** Return the known name, of one word or more, that stands at the cursor, and go past it; the longest first. */
function takeName(cursor, names) {
  const known = names.map((name) => [name, folded(name).split(" ")]).sort((a, b) => b[1].length - a[1].length);
  const quoted = cursor.next?.quoted ? cursor.next.low : null;
  const [name = null] = known.find(([, words]) => (quoted === null ? cursor.skip(words) : words.join(" ") === quoted)) ?? [];
  if (quoted !== null && name !== null) cursor.take();
  return name;
}

/** Return a reader of a name of those in facts[where]. */
export function name(what, where) {
  return (cursor, facts, said) => {
    const names = facts[where] ?? [];
    if (!cursor.next && what === "desk") return [{ do: "desks" }];
    if (!cursor.next) throw new Misread(`“${said}” wants a name: ${names.join(", ")}.`);
    const found = takeName(cursor, names) ?? takeBeginning(cursor, names);
    if (found !== null) return [{ do: what, name: found }];
    const rest = cursor.rest();
    throw new Misread(`There is no ${what} ${shown(rest)}. There ${names.length === 1 ? "is" : "are"}: ${names.join(", ") || "none yet"}.`, rest);
  };
}

/** Return a reader of a name that no desk has; it runs to the end of the command. */
export function newName(make) {
  return (cursor, facts, said) => {
    const text = cursor.rest().trim();
    if (!text) throw new Misread(`“${said}” wants a name, such as: ${said} Morning.`);
    if ([...text].length > LONGEST_NAME) throw new Misread(`A name has at most ${LONGEST_NAME} letters.`, text);
    if ((facts.desks ?? []).some((each) => folded(each) === folded(text))) throw new Misread(`There is a desk ${shown(text)} already.`, text);
    cursor.at = cursor.tokens.length;
    return [make(text)];
  };
}

/** What linked charts share besides the symbol, or no longer. */
export function follow(cursor, facts, said) {
  const token = wanted(cursor, `“${said}” wants one of ${FOLLOWED.join(" ")}`, `${said} ${FOLLOWED[0]}`);
  if (!FOLLOWED.includes(token.low)) throw new Misread(`${shown(token.text)} is none of: ${FOLLOWED.join(" ")}.`, token.text);
  return [{ do: "follow", what: token.low }];
}

export function go(cursor, facts) {
  if (!cursor.next) return [{ do: "go-box" }];
  const { text } = cursor.take();
  const [first, second = ""] = /^\d{4}-/.test(text) ? text.split(/t/i) : [text];
  const day = dayOf(first);
  const following = second || (clockOf(cursor.next?.text ?? "") === null || day === null ? "" : cursor.take().text);
  const clock = clockOf(day === null ? first : following);
  if (day !== null && (clock !== null || !following)) return [{ do: "go", time: day + (clock ?? 0) }];
  if (day === null && clock !== null && !second) return [{ do: "go", time: latest(clock, facts.now ?? Date.now()) }];
  throw new Misread(`${shown([text, second ? "" : following].join(" ").trim())} is no date. Dates are written 2026-11-20 or 2026-11-20 14:02, in UTC.`, text);
}

export function draw(cursor, facts, said) {
  const known = facts.tools ?? TOOLS;
  const token = wanted(cursor, `“${said}” wants a tool: ${known.join(" ")}`, `${said} ${known[0]}`);
  if (OFF.includes(token.low)) return [{ do: "draw", tool: null }];
  const meant = Object.hasOwn(CALLED, token.low) ? CALLED[token.low] : token.low;
  if (!known.includes(meant)) throw new Misread(`There is no tool ${shown(token.text)}. Tools: ${known.join(" ")}.`, token.text);
  if (token.low === "trend") cursor.skip(["line"]);
  return [{ do: "draw", tool: meant }];
}

export function find(cursor) {
  const text = cursor.rest();
  cursor.at = cursor.tokens.length;
  return [{ do: "focus-symbol", text }];
}

/** Return a reader of a number of steps, 1 where none follows: zoom in 3. */
export function steps(make) {
  return (cursor) => {
    const count = /^\d{1,2}$/.test(cursor.next?.text ?? "") ? Number(cursor.take().text) : 1;
    return [make(Math.min(MOST_STEPS, Math.max(1, count)))];
  };
}
