/** Wire floor. A desk as a file: how it is written, and what is wrong with one that can't be taken in. */

import { toJson } from "../deskmerge.js";

const VERSION = 1;
/** Bytes of a document, as the server keeps it, and of what a file has around it. */
const LONGEST = 262_144;
const AROUND = 64;
const DEEPEST = 12;
/** The character NUL as JSON writes it: an even number of backslashes before it are signs of the text. */
const NUL = /(?<!\\)(?:\\\\)*\\u0000/;

/** As much of a file as there may be. */
export const LARGEST = LONGEST + AROUND;

const isMap = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

/** Return the text of a desk's file. */
export function writeDesk(document) {
  return toJson({ ticker: "desk", version: VERSION, document });
}

/** Return {document} of a file's text, or {wrong}: why it can't be one. */
export function readDesk(text) {
  let held;
  try {
    held = JSON.parse(text.replace(/^\ufeff/, ""));
  } catch {
    return { wrong: "it is no JSON, or was cut off" };
  }
  const wrong = wrongWith(held);
  return wrong ? { wrong } : { document: held.document };
}

function wrongWith(held) {
  if (!isMap(held) || held.ticker !== "desk") return "it is not a desk that Ticker saved";
  if (Number.isInteger(held.version) && held.version > VERSION) return `a newer Ticker made it (version ${held.version}); this one reads version ${VERSION}`;
  if (held.version !== VERSION) return "it doesn't say which version it is";
  const { document } = held;
  if (!isMap(document) || !Array.isArray(document.desks) || !document.desks.some(isDesk)) return "there is no desk in it";
  if (document.lists !== undefined && !Array.isArray(document.lists)) return "its lists are damaged";
  if (document.drawings !== undefined && !isMap(document.drawings)) return "its drawings are damaged";
  return "";
}

const isDesk = (desk) => isMap(desk) && Array.isArray(desk.charts) && desk.charts.some(isMap);

/** Return why the server would not keep a document, or "". */
export function refusalOf(document) {
  if (isDeep(document)) return "it is nested too deep";
  const json = toJson(document);
  if (new TextEncoder().encode(json).length > LONGEST) return `it holds more than ${LONGEST / 1024} KiB`;
  return NUL.test(json) ? "a text in it holds a sign that no text has" : "";
}

/** Tell whether lists and objects lie deeper in each other than the server keeps them. */
function isDeep(document) {
  let level = [document];
  for (let each = 0; each < DEEPEST; each += 1) {
    level = level.flatMap((held) => Object.values(held)).filter((held) => typeof held === "object" && held !== null);
  }
  return level.length > 0;
}

const counted = (count, one, many = `${one}s`) => `${count} ${count === 1 ? one : many}`;

/** Return what a document holds: 2 desks, 3 lists of 40 symbols, 12 drawings. */
export function contentsOf({ desks, lists, drawings }) {
  const symbols = lists.reduce((sum, list) => sum + list.symbols.length, 0);
  const drawn = Object.values(drawings).reduce((sum, shapes) => sum + shapes.length, 0);
  return [counted(desks.length, "desk"), `${counted(lists.length, "list")} of ${counted(symbols, "symbol")}`, counted(drawn, "drawing")].join(", ");
}

/** Put another document's content in the place of this one's; it stays the same object. */
export function replace(document, content) {
  for (const key of Object.keys(document)) delete document[key];
  Object.assign(document, content);
}
