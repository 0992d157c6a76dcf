/** Wire floor. What a line will do, in words: Open BTC-USD · 5m · add EMA 20. */

import { written } from "./moment.js";

const TYPES = { heikin: "Heikin-Ashi" };
const ZONES = { utc: "times in UTC", local: "local times", exchange: "times of the venue" };
const TOOLS = { level: "horizontal line", trend: "trend line", box: "rectangle", fib: "Fibonacci", note: "text" };
const OUT = {
  png: "chart as PNG", csv: "bars as CSV", json: "bars as JSON", html: "chart as HTML", share: "copy a link",
  export: "export the desks", import: "import desks",
};

function study({ kind, params = {} }, facts) {
  const known = facts.studies?.find((each) => each.kind === kind);
  const values = (known?.params ?? []).map(({ key }) => params[key]).filter((value) => value !== undefined);
  return [known?.title ?? kind, ...values].join(" ");
}

/** @type {Record<string, (action: any, facts: any) => string>} */
const SAID = {
  open: ({ instrument, text }) => `open ${instrument?.symbol ?? text}`,
  interval: ({ interval }) => interval,
  study: (action, facts) => `add ${study(action, facts)}`,
  unstudy: (action, facts) => `remove ${study(action, facts)}`,
  grid: ({ count }) => (count === 1 ? "one chart" : `${count} charts`),
  compare: ({ instrument, text }) => `compare with ${instrument?.symbol ?? text}`,
  uncompare: ({ text }) => (text === null ? "compare with nothing" : `don't compare with ${text}`),
  type: ({ type }) => TYPES[type] ?? type,
  scale: ({ scale }) => `${scale} scale`,
  zone: ({ zone }) => ZONES[zone] ?? zone,
  theme: ({ theme }) => (theme === "system" ? "theme of the system" : `${theme} theme`),
  pair: ({ pair }) => `${pair} pair of colours`,
  density: ({ density }) => `${density} rows`,
  link: ({ link }) => (link === null ? "unlink" : `link ${link}`),
  desk: ({ name, make }) => `${make ? "new desk" : "desk"} ${name}`,
  "name-desk": ({ name }) => `call this desk ${name}`,
  follow: ({ what }) => `share the ${what}, or not`,
  volume: () => "volume, or none",
  desks: () => "show the desks",
  list: ({ name }) => `list ${name}`,
  go: ({ time }) => `go to ${written(time)} UTC`,
  "go-box": () => "go to a date",
  live: () => "back to live",
  oldest: () => "to the oldest bar",
  out: ({ format }) => OUT[format] ?? format,
  draw: ({ tool }) => (tool === null ? "put the tool down" : `draw: ${TOOLS[tool] ?? tool}`),
  "clear-drawings": () => "clear the drawings",
  help: () => "show all keys",
  maximise: () => "this chart alone, or back",
  reset: () => "reset the view",
  invert: () => "turn the scale over",
  undo: () => "undo",
  redo: () => "redo",
  zoom: ({ steps }) => `zoom ${steps > 0 ? "in" : "out"}${Math.abs(steps) > 1 ? ` ×${Math.abs(steps)}` : ""}`,
  "next-symbol": ({ by }) => (by > 0 ? "next symbol" : "previous symbol"),
  "focus-symbol": ({ text }) => (text ? `search for ${text}` : "search for a symbol"),
  studies: () => "show the indicators",
  "focus-list": () => "to the watchlist",
};

/** Return what an action of the command line does, in words. */
export function said(action, facts = {}) {
  return SAID[action.do]?.(action, facts) ?? action.do;
}

/** Return what all of them do, as one line. */
export function phrase(actions, facts = {}) {
  const text = actions.map((action) => said(action, facts)).join(" · ");
  return text.charAt(0).toUpperCase() + text.slice(1);
}
