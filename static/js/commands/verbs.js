/**
 * Wire floor. The commands there are: the words that begin one, what it takes, an example, what it does, and who
 * reads what follows. The command line, its suggestions and its help all go by this table.
 */

import { choice, compare, draw, find, follow, go, grid, just, link, name, newName, open, remove, steps } from "./readers.js";

const out = (format) => just({ do: "out", format });

/**
 * @typedef {{words: string[], takes?: string, example: string, says: string,
 *   read: (cursor: import("./tokens.js").Cursor, facts: any, said: string, isCommand: Function) => any[], unless?: boolean}} Verb
 * `takes` names what may follow; a verb with `unless` is a symbol unless a word follows that isn't a command.
 */

/** @type {Verb[]} */
export const VERBS = [
  { words: ["open", "symbol"], takes: "symbol", example: "open btc-usd", says: "Open a symbol in the chart", read: open },
  { words: ["compare", "vs"], takes: "symbol", example: "compare eth-usd", says: "Lay another symbol over the chart", read: compare },
  { words: ["remove", "delete", "without"], takes: "study", example: "remove ema", says: "Take an indicator or a comparison away", read: remove },
  { words: ["grid", "charts"], takes: "grid", example: "grid 4", says: "So many charts side by side", read: grid },
  { words: ["interval"], takes: "interval", example: "interval 5m", says: "Set the interval", read: choice("interval") },
  { words: ["type"], takes: "type", example: "type bars", says: "Draw bars in another way", read: choice("type") },
  { words: ["scale"], takes: "scale", example: "scale log", says: "Set the price scale", read: choice("scale") },
  { words: ["time", "zone"], takes: "zone", example: "time utc", says: "Set the time zone", read: choice("zone") },
  { words: ["theme"], takes: "theme", example: "theme light", says: "Dark or light", read: choice("theme") },
  { words: ["pair", "colours", "colors"], takes: "pair", example: "pair blue", says: "Colours of up and down", read: choice("pair") },
  { words: ["density"], takes: "density", example: "density compact", says: "How close rows stand", read: choice("density") },
  { words: ["unlink"], example: "unlink", says: "The chart goes by itself", read: just({ do: "link", link: null }) },
  { words: ["link"], takes: "link", example: "link blue", says: "Same colour, same symbol", read: link, unless: true },
  { words: ["follow"], takes: "follow", example: "follow interval", says: "Linked charts share that too, or not", read: follow },
  { words: ["volume"], example: "volume", says: "Show the volume, or not", read: just({ do: "volume" }) },
  { words: ["new desk"], takes: "name", example: "new desk Morning", says: "Make a desk", read: newName((text) => ({ do: "desk", name: text, make: true })) },
  { words: ["rename desk"], takes: "name", example: "rename desk Evening", says: "Call this desk otherwise", read: newName((text) => ({ do: "name-desk", name: text })) },
  { words: ["desk", "desks"], takes: "desk", example: "desk Main", says: "Go to a desk", read: name("desk", "desks") },
  { words: ["list"], takes: "list", example: "list fx", says: "Show a watchlist", read: name("list", "lists") },
  { words: ["watchlist"], example: "watchlist", says: "Put the focus on the watchlist", read: just({ do: "focus-list" }) },
  { words: ["next"], example: "next", says: "The next symbol of the list", read: just({ do: "next-symbol", by: 1 }) },
  { words: ["previous", "prev"], example: "previous", says: "The symbol before it", read: just({ do: "next-symbol", by: -1 }) },
  { words: ["find", "search"], takes: "name", example: "find apple", says: "Search for a symbol", read: find },
  { words: ["go"], takes: "date", example: "go 2026-11-20 14:02", says: "Go to a date (UTC)", read: go },
  { words: ["live"], example: "live", says: "Back to the newest bar", read: just({ do: "live" }) },
  { words: ["oldest"], example: "oldest", says: "Go to the oldest bar", read: just({ do: "oldest" }) },
  { words: ["zoom in"], takes: "count", example: "zoom in", says: "Fewer bars", read: steps((count) => ({ do: "zoom", steps: count })) },
  { words: ["zoom out"], takes: "count", example: "zoom out", says: "More bars", read: steps((count) => ({ do: "zoom", steps: -count })) },
  { words: ["reset"], example: "reset", says: "The view as it was at first", read: just({ do: "reset" }) },
  { words: ["invert"], example: "invert", says: "Turn the price scale upside down", read: just({ do: "invert" }) },
  { words: ["maximise", "maximize", "max", "alone"], example: "maximise", says: "This chart alone, and back", read: just({ do: "maximise" }) },
  { words: ["draw"], takes: "tool", example: "draw trend", says: "Take up a drawing tool", read: draw },
  { words: ["clear drawings"], example: "clear drawings", says: "Take all drawings of the symbol away", read: just({ do: "clear-drawings" }) },
  { words: ["undo"], example: "undo", says: "Take the last drawing step back", read: just({ do: "undo" }) },
  { words: ["redo"], example: "redo", says: "Do it again", read: just({ do: "redo" }) },
  { words: ["indicators", "studies"], example: "indicators", says: "All indicators, to add and change", read: just({ do: "studies" }) },
  { words: ["png", "snapshot"], example: "png", says: "The chart as a picture", read: out("png") },
  { words: ["csv"], example: "csv", says: "The bars on screen as CSV", read: out("csv") },
  { words: ["json"], example: "json", says: "The bars on screen as JSON", read: out("json") },
  { words: ["html"], example: "html", says: "The chart as a page of its own", read: out("html") },
  { words: ["share"], example: "share", says: "A link to what the chart shows", read: out("share") },
  { words: ["export"], example: "export", says: "Save all desks as a file", read: out("export") },
  { words: ["import"], example: "import", says: "Load desks from a file", read: out("import") },
  { words: ["help", "keys", "?"], example: "help", says: "All keys", read: just({ do: "help" }) },
];

const BEGUN = new Map(VERBS.flatMap((verb) => verb.words.map((word) => [word, { verb, word, words: word.split(" ") }])));
const BY_LENGTH = [...BEGUN.values()].sort((a, b) => b.words.length - a.words.length);

/** Return {verb, word} of the command that begins at the cursor, the longest; goes no further. Null if none does. */
export function verbAt(cursor) {
  const { at } = cursor;
  if (cursor.next?.quoted) return null;
  const found = BY_LENGTH.find(({ words }) => cursor.skip(words)) ?? null;
  cursor.at = at;
  return found;
}

/** Return every word that begins a command. */
export function verbWords() {
  return [...BEGUN.keys()];
}
