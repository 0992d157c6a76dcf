/**
 * Wire floor. All keys there are. keys.js finds actions in this table and help.js shows it, so that help says what
 * is so. `press` is how a key is known: `key` (what it writes, whatever was held to write it), `letter` (with Alt
 * or Ctrl, by its place where the layout has other letters there), or `name` (Enter, ArrowLeft …).
 */

/**
 * @typedef {{key?: string, letter?: string, name?: string, ctrl?: boolean, alt?: boolean, shift?: boolean}} Press
 * @typedef {{shown: string[], says: string, press: Press[], action?: any, text?: boolean, repeats?: boolean, symbolBox?: boolean}} Row
 * `shown`: keys to press, alternatives apart; `text`: the action is told what was typed; `repeats`: held down it goes
 * on; `symbolBox`: the symbol box hears it by itself.
 */

const DIGITS = [..."0123456789"].map((key) => ({ key }));
const name = (key, more = {}) => ({ name: key, ...more });
const alt = (letter) => [{ letter, alt: true }];

/** @type {{title: string, rows: Row[]}[]} */
export const TABLE = [
  { title: "Symbols and lists", rows: [
    { shown: ["A … Z", "="], says: "Find a symbol; = a formula", press: [{ key: "b" }, { key: "=" }], symbolBox: true },
    { shown: ["↓", "Space"], says: "Next symbol of the list", press: [name("ArrowDown"), name(" ")], action: { do: "next-symbol", by: 1 }, repeats: true },
    { shown: ["↑", "Shift Space"], says: "Symbol before it", press: [name("ArrowUp"), name(" ", { shift: true })], action: { do: "next-symbol", by: -1 }, repeats: true },
    { shown: ["]"], says: "Next list", press: [{ key: "]" }], action: { do: "next-list", by: 1 } },
    { shown: ["["], says: "List before it", press: [{ key: "[" }], action: { do: "next-list", by: -1 } },
  ] },
  { title: "Chart", rows: [
    { shown: ["1 … 9", ","], says: "Interval, then Enter", press: [...DIGITS, { key: "," }], action: { do: "interval-box" }, text: true },
    { shown: ["/"], says: "Indicators", press: [{ key: "/" }], action: { do: "studies" } },
    { shown: ["Alt L"], says: "Log scale, and back", press: alt("l"), action: { do: "scale", scale: "log", toggle: true } },
    { shown: ["Alt P"], says: "Percent scale, and back", press: alt("p"), action: { do: "scale", scale: "percent", toggle: true } },
    { shown: ["Alt I"], says: "Invert the price scale", press: alt("i"), action: { do: "invert" } },
    { shown: ["Alt Enter"], says: "This chart alone, and back", press: [name("Enter", { alt: true })], action: { do: "maximise" } },
    { shown: ["Alt S"], says: "Picture of the chart (PNG)", press: alt("s"), action: { do: "out", format: "png" } },
  ] },
  { title: "Move", rows: [
    { shown: ["←"], says: "One bar back", press: [name("ArrowLeft")], action: { do: "move", bars: -1 }, repeats: true },
    { shown: ["→"], says: "One bar on", press: [name("ArrowRight")], action: { do: "move", bars: 1 }, repeats: true },
    { shown: ["Ctrl ←"], says: "Ten bars back", press: [name("ArrowLeft", { ctrl: true })], action: { do: "move", bars: -10 }, repeats: true },
    { shown: ["Ctrl →"], says: "Ten bars on", press: [name("ArrowRight", { ctrl: true })], action: { do: "move", bars: 10 }, repeats: true },
    { shown: ["Ctrl ↑"], says: "Zoom in", press: [name("ArrowUp", { ctrl: true })], action: { do: "zoom", steps: 1 }, repeats: true },
    { shown: ["Ctrl ↓"], says: "Zoom out", press: [name("ArrowDown", { ctrl: true })], action: { do: "zoom", steps: -1 }, repeats: true },
    { shown: ["Home"], says: "Oldest bar", press: [name("Home")], action: { do: "oldest" } },
    { shown: ["End"], says: "Back to live", press: [name("End")], action: { do: "live" } },
    { shown: ["Alt G"], says: "Go to a date", press: alt("g"), action: { do: "go-box" } },
    { shown: ["Alt R"], says: "Reset the view", press: alt("r"), action: { do: "reset" } },
  ] },
  { title: "Drawings", rows: [
    { shown: ["Alt H"], says: "Horizontal line", press: alt("h"), action: { do: "draw", tool: "level" } },
    { shown: ["Alt T"], says: "Trend line", press: alt("t"), action: { do: "draw", tool: "trend" } },
    { shown: ["Delete", "Backspace"], says: "Delete a drawing", press: [name("Delete"), name("Backspace")], action: { do: "delete-drawing" } },
    { shown: ["Ctrl Z"], says: "Undo", press: [{ letter: "z", ctrl: true }], action: { do: "undo" }, repeats: true },
    { shown: ["Ctrl Y", "Ctrl Shift Z"], says: "Redo", press: [{ letter: "y", ctrl: true }, { letter: "z", ctrl: true, shift: true }], action: { do: "redo" }, repeats: true },
  ] },
  { title: "Desk", rows: [
    { shown: ["Ctrl K"], says: "Command line", press: [{ letter: "k", ctrl: true }], action: { do: "command" } },
    { shown: ["."], says: "Desks", press: [{ key: "." }], action: { do: "desks" } },
    { shown: ["F6"], says: "Next part of the page", press: [name("F6")], action: { do: "next-part", by: 1 } },
    { shown: ["Shift F6"], says: "Part before it", press: [name("F6", { shift: true })], action: { do: "next-part", by: -1 } },
    { shown: ["Esc"], says: "Leave; put a tool down", press: [name("Escape")], action: { do: "cancel" } },
    { shown: ["?"], says: "All keys", press: [{ key: "?" }], action: { do: "help" } },
  ] },
];

/** Every row, whatever its group. @type {Row[]} */
export const ROWS = TABLE.flatMap(({ rows }) => rows);
