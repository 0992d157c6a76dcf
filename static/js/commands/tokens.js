/** Wire floor. A command line as words: parts between |, and in each part words, texts in quotes and formulas. */

import { formulaEnd } from "./formula.js";

export const LONGEST = 500;
const SHOWN = 40;
const BLANK = /[\s,()]/;
const WORD = /[^\s,()|"]+/y;

/** @typedef {{text: string, low: string, quoted?: boolean, formula?: boolean}} Token `low` is what is compared */

/** What was not understood; `rest` is the text from there on. */
export class Misread extends Error {
  constructor(message, rest = "") {
    super(message);
    this.rest = rest;
  }
}

/** Return a text as an error may show it: in quotes, and short. */
export function shown(text) {
  const letters = [...text];
  return `“${letters.length > SHOWN ? `${letters.slice(0, SHOWN - 1).join("")}…` : text}”`;
}

/** Return a name as names are compared: in lower case, its words with one space between. */
export function folded(name) {
  return name.normalize("NFC").toLowerCase().split(/[\s,()]+/).filter(Boolean).join(" ");
}

function token(text, more = {}) {
  return { text, low: folded(text), ...more };
}

function quoted(line, at) {
  const end = line.indexOf('"', at + 1);
  if (end < 0) throw new Misread(`The quote before ${shown(line.slice(at + 1))} isn't closed.`, line.slice(at));
  return [token(line.slice(at + 1, end), { quoted: true }), end + 1];
}

function formula(line, at) {
  const { end, error } = formulaEnd(line, at);
  if (error) throw new Misread(error, line.slice(at));
  return [token(line.slice(at, end).trim().toUpperCase(), { formula: true }), end];
}

function word(line, at) {
  WORD.lastIndex = at;
  const [text] = WORD.exec(line);
  return [token(text), at + text.length];
}

function one(line, at) {
  if (line[at] === '"') return quoted(line, at);
  return line[at] === "=" ? formula(line, at) : word(line, at);
}

/** Return the parts of a line, each a list of tokens; empty parts too. Throws Misread. @returns {Token[][]} */
export function partsOf(line) {
  const parts = [[]];
  let at = 0;
  while (at < line.length) {
    if (line[at] === "|") parts.push([]);
    if (line[at] === "|" || BLANK.test(line[at])) {
      at += 1;
      continue;
    }
    const [read, end] = one(line, at);
    parts.at(-1).push(read);
    at = end;
  }
  return parts;
}

/** Tokens that are read from the left. */
export class Cursor {
  /** @param {Token[]} tokens */
  constructor(tokens) {
    this.tokens = tokens;
    this.at = 0;
  }

  get next() {
    return this.tokens[this.at];
  }

  /** Return the next token and go past it. */
  take() {
    this.at += 1;
    return this.tokens[this.at - 1];
  }

  /** Return what is left, as a text. */
  rest() {
    return this.tokens.slice(this.at).map((each) => each.text).join(" ");
  }

  /** Go past these words (texts as they are compared) if they come next; tell whether they did. */
  skip(words) {
    const fits = words.every((each, place) => this.tokens[this.at + place]?.low === each);
    if (fits) this.at += words.length;
    return fits;
  }
}
