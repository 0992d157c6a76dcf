/** Keys, what may come next in the command line, and lines of before. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { sought, suggestions } from "../../static/js/commands/complete.js";
import { parse } from "../../static/js/commands/grammar.js";
import { isTaken } from "../../static/js/commands/keyboard.js";
import { actionOf } from "../../static/js/commands/keys.js";
import { phrase } from "../../static/js/commands/phrase.js";
import { Recalled } from "../../static/js/commands/recalled.js";
import { ROWS } from "../../static/js/commands/table.js";
import { isLetter } from "../../static/js/symbolbox.js";
import { COMMAND_FACTS as FACTS } from "./commands.helpers.js";

const elsewhere = { closest: () => null };
/** A pressed key as a browser tells it. */
const pressed = (key, more = {}) => ({ key, code: "", ctrlKey: false, altKey: false, shiftKey: false, metaKey: false, target: elsewhere, ...more });

function eventOf({ key, letter, name, ctrl, alt, shift }) {
  const code = letter ? `Key${letter.toUpperCase()}` : "";
  return pressed(key ?? name ?? letter, { code, ctrlKey: Boolean(ctrl), altKey: Boolean(alt), shiftKey: Boolean(shift) });
}

test("each key in the help does what the help says", () => {
  for (const row of ROWS) {
    assert.ok(row.press.length > 0 && row.shown.length > 0, row.says);
    for (const press of row.press) {
      const action = actionOf(eventOf(press));
      if (row.symbolBox) assert.ok(isLetter(eventOf(press)) && action === null, row.says);
      else if (row.text) assert.equal(action.do, row.action.do);
      else assert.deepEqual(action, row.action, row.says);
    }
  }
});

test("what the help shows is what is pressed", () => {
  const NAMES = { ArrowLeft: "←", ArrowRight: "→", ArrowUp: "↑", ArrowDown: "↓", " ": "Space", Escape: "Esc" };
  for (const row of ROWS.filter((each) => !each.text && !each.symbolBox)) {
    const shown = row.press.map(({ key, letter, name, ctrl, alt, shift }) => [ctrl && "Ctrl", alt && "Alt", shift && "Shift",
      key ?? letter?.toUpperCase() ?? NAMES[name] ?? name].filter(Boolean).join(" "));
    assert.deepEqual(row.shown, shown);
  }
});

test("no two rows are one key", () => {
  const all = ROWS.flatMap((row) => row.press.map((press) => JSON.stringify(press)));
  assert.equal(new Set(all).size, all.length);
});

const KEYS = [
  [pressed("5"), { do: "interval-box", text: "5" }],
  [pressed("1", { shiftKey: true }), { do: "interval-box", text: "1" }], // where digits are written with Shift
  [pressed(","), { do: "interval-box", text: "" }],
  [pressed("/", { shiftKey: true, code: "Digit7" }), { do: "studies" }],
  [pressed("?", { shiftKey: true }), { do: "help" }],
  [pressed("k", { metaKey: true, code: "KeyK" }), { do: "command" }],
  [pressed("л", { ctrlKey: true, code: "KeyK" }), { do: "command" }],
  [pressed("®", { altKey: true, code: "KeyR" }), { do: "reset" }],
  [pressed("r", { altKey: true, code: "KeyO" }), { do: "reset" }], // the key's own letter, wherever it lies
  [pressed("Z", { ctrlKey: true, shiftKey: true, code: "KeyZ" }), { do: "redo" }],
  [pressed("[", { ctrlKey: true, altKey: true }), { do: "next-list", by: -1 }], // AltGr
  [pressed("[", { altKey: true, code: "Digit5" }), { do: "next-list", by: -1 }], // Option on a Mac
  [pressed("Dead", { altKey: true, code: "KeyI" }), { do: "invert" }],
  [pressed("a"), null],
  [pressed("k"), null],
  [pressed("K", { ctrlKey: true, shiftKey: true, code: "KeyK" }), null],
  [pressed("R", { ctrlKey: true, shiftKey: true, code: "KeyR" }), null],
  [pressed("r", { ctrlKey: true, code: "KeyR" }), null],
  [pressed("5", { ctrlKey: true }), null],
  [pressed("5", { altKey: true }), null],
  [pressed("/", { metaKey: true }), null],
  [pressed("ArrowLeft", { altKey: true }), null],
  [pressed("Enter"), null],
  [pressed("Tab"), null],
  [pressed("F5"), null],
  [pressed("Unidentified"), null],
  [{ key: "" }, null],
];

for (const [event, action] of KEYS) {
  test(`key ${event.ctrlKey ? "Ctrl " : ""}${event.altKey ? "Alt " : ""}${event.shiftKey ? "Shift " : ""}${event.key}`, () => {
    assert.deepEqual(actionOf(event), action);
  });
}

/** An element that is, or is in, what these selectors say. */
const within = (...parts) => ({ closest: (selector) => (parts.some((part) => selector.split(", ").includes(part)) ? {} : null) });
const taken = (key, target, dialog = null, more = {}) => {
  const event = pressed(key, { target, ...more });
  return isTaken(event, actionOf(event), dialog);
};

test("keys are left to what has the focus", () => {
  assert.equal(taken("5", within("input")), true);
  assert.equal(taken("Escape", within("input")), false);
  assert.equal(taken("k", within("textarea"), null, { ctrlKey: true, code: "KeyK" }), false);
  assert.equal(taken("F6", within("select")), false);
  assert.equal(taken("ArrowDown", within("[role=table]")), true);
  assert.equal(taken("5", within("[role=table]")), false);
  assert.equal(taken("ArrowDown", elsewhere), false);
  assert.equal(taken(" ", within("button")), true);
  assert.equal(taken("ArrowDown", within("button")), false);
});

test("a dialog has the keys to itself, but for the command line", () => {
  assert.equal(taken("Escape", elsewhere, {}), true);
  assert.equal(taken("?", elsewhere, {}), true);
  assert.equal(taken("k", elsewhere, {}, { ctrlKey: true, code: "KeyK" }), false);
  assert.equal(taken("?", within("input", "dialog:not([open])")), false);
});

const shown = (line, found) => suggestions(line, FACTS, found).map((offer) => offer.shown);

test("what a command takes is offered", () => {
  assert.deepEqual(shown("grid "), ["1", "2", "3", "4", "6"]);
  assert.deepEqual(shown("btc-usd | desk m"), ["Main", "Morning run"]);
  assert.deepEqual(shown("new desk M"), []);
  assert.deepEqual(shown("draw tr"), ["trend"]);
  assert.deepEqual(shown("link "), ["blue", "amber", "off"]);
  assert.deepEqual(shown("theme l"), ["light"]);
  assert.ok(shown("remove ").includes("bollinger"));
});

test("words, indicators and intervals that begin so are offered, the shortest first", () => {
  assert.deepEqual(shown("btc-usd b"), ["bars", "bollinger 20 2"]);
  assert.deepEqual(shown("5"), ["5m"]);
  assert.deepEqual(shown("-e"), ["-ema"]);
  assert.deepEqual(shown("btc-usd "), []);
  assert.equal(suggestions("btc-usd em", FACTS)[0].text, "btc-usd ema 21 ");
  assert.equal(suggestions("new d", FACTS)[0].text, "new desk ");
  assert.deepEqual(shown("zoom "), ["in", "out"]);
});

test("symbols that were found are offered where one is meant", () => {
  const found = [{ symbol: "SIM:ETH-USD", title: "Ether" }];
  assert.deepEqual(suggestions("vs eth", FACTS, found), [{ text: "vs SIM:ETH-USD ", shown: "SIM:ETH-USD", says: "Ether · SIM" }]);
  assert.deepEqual(shown("grid 4 eth", found), ["SIM:ETH-USD"]);
  assert.deepEqual(shown("grid ", found), ["1", "2", "3", "4", "6"]);
});

test("only a word that can be a symbol is searched", () => {
  const asked = ["eth", "vs eth", "5m eth", "-eth", "ema20", "5m", "grid ", "desk m", "новое", "e", '"eth', "bars"].map((line) => sought(line, FACTS));
  assert.deepEqual(asked, ["ETH", "ETH", "ETH", "ETH", "", "", "", "", "", "", "", ""]);
});

test("what is offered at first is understood", () => {
  for (const { text } of suggestions("", FACTS)) assert.equal(parse(text, FACTS).error, undefined, text);
  assert.equal(phrase(parse(suggestions("", FACTS)[0].text, FACTS).actions, FACTS), "Open BTC-USD · 5m · add EMA 20");
});

test("half a quote or any nonsense is offered nothing, and raises nothing", () => {
  for (const line of ['"', '"a b', "=", "=(", "🚀", "\u0000", "x".repeat(500)]) assert.deepEqual(shown(line), []);
});

test("lines of before are gone through and what was being written comes back", () => {
  const lines = new Recalled();
  assert.equal(lines.move(-1, "draft"), null);
  for (const line of ["a", "b", "a"]) lines.add(line);
  assert.equal(lines.move(-1, "draft"), "a");
  assert.equal(lines.move(-1, "a"), "b");
  assert.equal(lines.move(-1, "b"), null);
  assert.equal(lines.move(1, "b"), "a");
  assert.equal(lines.move(1, "a"), "draft");
  assert.equal(lines.shown, false);
  assert.equal(lines.move(1, "draft"), null);
  for (let each = 0; each < 60; each += 1) lines.add(`line ${each}`);
  let kept = 0;
  while (lines.move(-1, "") !== null) kept += 1;
  assert.equal(kept, 50);
});
