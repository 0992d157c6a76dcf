/** The command line: what it understands, and what it says of the rest. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { intervalOf, noInterval, spoken } from "../../static/js/commands/duration.js";
import { formulaEnd } from "../../static/js/commands/formula.js";
import { meant, parse } from "../../static/js/commands/grammar.js";
import { clockOf, dayOf, latest, written } from "../../static/js/commands/moment.js";
import { distance, nearest } from "../../static/js/commands/nearest.js";
import { phrase } from "../../static/js/commands/phrase.js";
import { lookUp, resolve, spellings } from "../../static/js/commands/resolve.js";
import { VERBS } from "../../static/js/commands/verbs.js";
import { COMMAND_FACTS as FACTS } from "./commands.helpers.js";

const open = (text) => ({ do: "open", text });
const study = (kind, params = {}) => ({ do: "study", kind, params });
const ema = (length) => study("ema", { length });
const five = { do: "interval", interval: "5m" };

const understood = {
  "": [],
  " | | ": [],
  "btc-usd 5m ema20": [open("BTC-USD"), five, ema(20)],
  "5M EMA 20 Btc-Usd": [open("BTC-USD"), five, ema(20)],
  "COINBASE:BTC-USD 1h": [open("COINBASE:BTC-USD"), { do: "interval", interval: "1h" }],
  "^gspc": [open("^GSPC")],
  "eurusd=x 24h": [open("EURUSD=X"), { do: "interval", interval: "1d" }],
  "1inch-usd": [open("1INCH-USD")],
  '"apple inc" 5m': [open("APPLE INC"), five],
  "=SIM:ETH-USD / SIM:BTC-USD 5m": [open("=SIM:ETH-USD / SIM:BTC-USD"), five],
  "=sim:eth-usd - sim:btc-usd -ema20": [open("=SIM:ETH-USD - SIM:BTC-USD"), { do: "unstudy", kind: "ema", params: { length: 20 } }],
  "=(SIM:A + SIM:B)/2 grid 4": [{ do: "grid", count: 4 }, open("=(SIM:A + SIM:B)/2")],
  "grid 4": [{ do: "grid", count: 4 }],
  "compare eth-usd": [{ do: "compare", text: "ETH-USD" }],
  "vs ethusd solusd 5m": [{ do: "compare", text: "ETHUSD" }, { do: "compare", text: "SOLUSD" }, five],
  "vs =SIM:A / SIM:B grid 2": [{ do: "grid", count: 2 }, { do: "compare", text: "=SIM:A / SIM:B" }],
  "compare off": [{ do: "uncompare", text: null }],
  "-eth-usd": [{ do: "uncompare", text: "ETH-USD" }],
  "ema 20": [ema(20)],
  "ema": [ema(21)],
  "+ema20": [ema(20)],
  "ema20 sma50 rsi": [ema(20), study("sma", { length: 50 }), study("rsi", { length: 14 })],
  "ema(20), sma(50)": [ema(20), study("sma", { length: 50 })],
  "bollinger 20 2.5": [study("bollinger", { length: 20, width: 2.5 })],
  "boll width=3": [study("bollinger", { length: 20, width: 3 })],
  "volume profile 24": [study("profile", { rows: 24 })],
  "simple moving average 9": [study("sma", { length: 9 })],
  "vwap 5m": [study("vwap"), five],
  "-ema20": [{ do: "unstudy", kind: "ema", params: { length: 20 } }],
  "remove ema rsi": [{ do: "unstudy", kind: "ema" }, { do: "unstudy", kind: "rsi" }],
  "candles": [{ do: "type", type: "candles" }],
  "heikin-ashi log": [{ do: "type", type: "heikin" }, { do: "scale", scale: "log" }],
  "exchange": [{ do: "zone", zone: "exchange" }],
  "dark compact": [{ do: "theme", theme: "dark" }, { do: "density", density: "compact" }],
  "blue pair": [{ do: "pair", pair: "blue" }],
  "pair green": [{ do: "pair", pair: "green" }],
  "link blue": [{ do: "link", link: "blue" }],
  "unlink": [{ do: "link", link: null }],
  "link": [open("LINK")],
  "link 5m": [open("LINK"), five],
  "desk morning run": [{ do: "desk", name: "Morning run" }],
  "desk morning": [{ do: "desk", name: "Morning run" }],
  "desk ÜBER": [{ do: "desk", name: "Über" }],
  "desk": [{ do: "desks" }],
  "btc-usd desk main png": [{ do: "desk", name: "Main" }, open("BTC-USD"), { do: "out", format: "png" }],
  "new desk Fast one": [{ do: "desk", name: "Fast one", make: true }],
  "list FX": [{ do: "list", name: "fx" }],
  "go 2026-11-20 14:02": [{ do: "go", time: Date.UTC(2026, 10, 20, 14, 2) }],
  "go 2026-11-20T14:02:05Z btc-usd": [open("BTC-USD"), { do: "go", time: Date.UTC(2026, 10, 20, 14, 2, 5) }],
  "go 2026-11-20 5m": [five, { do: "go", time: Date.UTC(2026, 10, 20) }],
  "go 14:02": [{ do: "go", time: Date.UTC(2026, 10, 19, 14, 2) }],
  "go": [{ do: "go-box" }],
  "live": [{ do: "live" }],
  "draw trend line": [{ do: "draw", tool: "trend" }],
  "draw fibonacci": [{ do: "draw", tool: "fib" }],
  "rename desk Evening": [{ do: "name-desk", name: "Evening" }],
  "follow range": [{ do: "follow", what: "range" }],
  "volume": [{ do: "volume" }],
  "draw off": [{ do: "draw", tool: null }],
  "clear drawings": [{ do: "clear-drawings" }],
  "zoom out 3": [{ do: "zoom", steps: -3 }],
  "alone": [{ do: "maximise" }],
  "find apple inc": [{ do: "focus-symbol", text: "apple inc" }],
  "60": [{ do: "interval", interval: "1h" }],
  "?": [{ do: "help" }],
};

for (const [line, actions] of Object.entries(understood)) {
  test(`understood: ${line}`, () => assert.deepEqual(parse(line, FACTS), { actions }));
}

const refused = {
  "7m": /no interval 7m.*1s 5m 1h 1d/,
  "7": /no interval 7m/,
  "interval 7m": /no interval 7m/,
  "grid 5": /1, 2, 3, 4, 6 charts, not “5”/,
  "grid": /number of charts/,
  "gird 4": /Did you mean grid\?/,
  "btc-usd emaa20": /Did you mean ema20\?/,
  "btc-usd eth-usd": /one symbol, not “BTC-USD” and “ETH-USD”/,
  "5m 1h": /one interval/,
  "ema 20 50": /one number \(length\): 50 is too many/,
  "ema 0": /length is 1 to 500, not 0/,
  "ema 20.5": /whole number/,
  "bollinger 20 x=3": /no number called “x”/,
  "vwap 5": /takes no number/,
  "remove": /wants an indicator/,
  "-5": /takes nothing away/,
  "link purple": /blue amber, not “purple”/,
  "desk nowhere": /no desk “nowhere”.*Main, Morning run/,
  "new desk main": /already/,
  "new desk": /wants a name/,
  "follow me": /none of: interval range/,
  "list none": /no list/,
  "go 2026-02-30": /no date/,
  "go 2026-11-20T25:00": /no date/,
  "go tomorrow": /no date/,
  "draw circle": /no tool “circle”/,
  "theme": /wants one of dark light system/,
  "compare @": /no symbol/,
  "=BTC-USD": /=VENUE:NAME/,
  "=(SIM:A": /bracket/,
  "=": /=VENUE:NAME/,
  '"apple': /quote .* isn't closed/,
  "coinbase:": /isn't understood/,
  "биткоин 5m": /“биткоин” isn't understood. A line holds/,
  "🚀": /“🚀” isn't understood/,
  "<img src=x>": /“<img” isn't understood/,
};

for (const [line, error] of Object.entries(refused)) {
  test(`refused: ${line}`, () => {
    const read = parse(line, FACTS);
    assert.deepEqual(read.actions, []);
    assert.match(read.error, error);
  });
}

test("of a line that isn't understood nothing is done, and the rest is told from there", () => {
  const read = parse("btc-usd 5m | grid 5 png", FACTS);
  assert.deepEqual(read.actions, []);
  assert.equal(read.rest, "5");
});

test("a line that says the same twice is a line", () => {
  assert.deepEqual(parse("btc-usd 5m | BTC-USD 5m", FACTS).actions, [open("BTC-USD"), five, open("BTC-USD"), five]);
});

test("parts of a line keep their order", () => {
  assert.deepEqual(parse("png | grid 2", FACTS).actions.map((action) => action.do), ["out", "grid"]);
});

test("what is long or strange is refused at once", () => {
  const nasty = ["a", "(", "=", "=(", "ema ", "1", "-", '"', "=SIM:A-", "\u0000", "\ud800", "é́", "|", "toString ", "__proto__ "];
  for (const each of nasty) {
    assert.match(parse(each.repeat(10_000), FACTS).error, /at most 500 characters/);
    const before = performance.now();
    const read = parse(each.repeat(500 / each.length), FACTS);
    assert.ok(Array.isArray(read.actions));
    assert.ok(performance.now() - before < 200, JSON.stringify(each));
  }
  for (const word of ["constructor", "__proto__", "hasOwnProperty"]) {
    assert.match(parse(`draw ${word}`, FACTS).error, /no tool/);
    assert.match(parse(`theme ${word}`, FACTS).error, /is none of/);
  }
});

test("without facts a symbol is still a symbol", () => {
  assert.deepEqual(parse("btc-usd"), { actions: [open("BTC-USD")] });
  assert.match(parse("grid 4").error, /charts/);
});

test("every example of a command is understood, and told in words", () => {
  for (const { example } of VERBS) {
    const facts = { ...FACTS, desks: example.startsWith("new") ? ["Main"] : FACTS.desks };
    const { actions, error } = parse(example, facts);
    assert.equal(error, undefined, example);
    assert.ok(actions.length > 0 && actions.every((action) => phrase([action], facts).toLowerCase() !== action.do || action.do === "undo" || action.do === "redo"), example);
  }
});

test("what Enter will do is told in words", () => {
  const told = (line) => phrase(parse(line, FACTS).actions, FACTS);
  assert.equal(told("btc-usd 5m ema20"), "Open BTC-USD · 5m · add EMA 20");
  assert.equal(told("grid 1 -bollinger"), "One chart · remove Bollinger");
  assert.equal(told("go 14:02 | vs ethusd"), "Go to 2026-11-19 14:02 UTC · compare with ETHUSD");
  assert.equal(phrase([{ ...open("ETHUSD"), instrument: { symbol: "SIM:ETH-USD" } }]), "Open SIM:ETH-USD");
});

test("intervals are read as people type them", () => {
  const known = ["1s", "5m", "1h", "1d"];
  assert.deepEqual(["5", "60", " 1H", "24h", "3600s", "1 min", "60s"].map((text) => intervalOf(text, known)), ["5m", "1h", "1h", "1d", "1h", null, null]);
  assert.deepEqual(["", "0", "m", "5x", "-5", "5.5", "1e3"].map((text) => intervalOf(text, known)), Array(7).fill(null));
  assert.deepEqual(["1s", "5m", "1h", "1d"].map(spoken), ["1 second", "5 minutes", "1 hour", "1 day"]);
  assert.match(noInterval("7", known), /no interval 7m\. Intervals: 1s 5m 1h 1d/);
});

test("moments are those that there are", () => {
  assert.equal(dayOf("2026-02-29"), null);
  assert.equal(dayOf("2028-02-29"), Date.UTC(2028, 1, 29));
  assert.deepEqual(["24:00", "12:60", "9:05", "12:00:61"].map(clockOf), [null, null, 32_700_000, null]);
  const noon = Date.UTC(2026, 10, 20, 12);
  assert.equal(latest(clockOf("11:59"), noon), noon - 60_000);
  assert.equal(latest(clockOf("12:01"), noon), noon + 60_000 - 86_400_000);
  assert.equal(written(noon + 5000), "2026-11-20 12:00:05");
});

test("a formula ends where it is complete", () => {
  const end = (line) => line.slice(0, formulaEnd(line, 0).end);
  assert.equal(end("=SIM:A - SIM:B - 5m"), "=SIM:A - SIM:B ");
  assert.equal(end("=SIM:A*2 5m"), "=SIM:A*2 ");
  assert.equal(end("=((SIM:A)) grid"), "=((SIM:A)) ");
  assert.equal(end("=SIM:A) x"), "=SIM:A");
  assert.match(formulaEnd("=(SIM:A + SIM:B", 0).error, /bracket/);
});

test("a slip of the fingers is known for what it was", () => {
  assert.equal(distance("gird", "grid"), 1);
  assert.equal(distance("", "abc"), 3);
  assert.equal(nearest("compair", ["compare", "compact"]), "compare");
  assert.equal(nearest("xy", ["xz"]), null);
  assert.equal(meant("EMAA20", FACTS), "ema20");
  assert.equal(meant("GRID", FACTS), null);
});

const found = [
  { symbol: "KRAKEN:BTC-EUR", base: "BTC" }, { symbol: "KRAKEN:BTC-USD", base: "BTC" }, { symbol: "SIM:BTC-USD", base: "BTC" },
  { symbol: "SIM:BTCUP-USD", base: "BTCUP" },
];

test("a text means the nearest symbol, of the venue shown now among equals", () => {
  assert.equal(resolve("btcusd", found, "SIM:ETH-USD").symbol, "SIM:BTC-USD");
  assert.equal(resolve("btc-usd", found, "COINBASE:ETH-USD").symbol, "KRAKEN:BTC-USD");
  assert.equal(resolve("btc", found, "SIM:ETH-USD").symbol, "SIM:BTC-USD");
  assert.equal(resolve("btc", found, null).symbol, "KRAKEN:BTC-EUR");
  assert.equal(resolve("kraken:btc-eur", found, "SIM:X").base, "BTC");
  assert.deepEqual(resolve("nowhere:x", found), { symbol: "NOWHERE:X" });
  assert.equal(resolve("btc", [], null), null);
});

test("a name without its dash is looked for with it, too", async () => {
  assert.deepEqual(spellings("ethusd"), ["ETHUSD", "ETH-USD"]);
  assert.deepEqual(spellings("eth-usd"), ["ETH-USD"]);
  assert.deepEqual(spellings("usd"), ["USD"]);
  const asked = [];
  const search = async ({ q }) => { asked.push(q); return q === "ETH-USD" ? [{ symbol: "SIM:ETH-USD" }] : []; };
  assert.equal((await lookUp("ethusd", search)).symbol, "SIM:ETH-USD");
  assert.deepEqual(asked, ["ETHUSD", "ETH-USD"]);
  assert.equal(await lookUp("nothing", search), null);
  assert.deepEqual(await lookUp("sim:x", search), { symbol: "SIM:X" });
  assert.equal(asked.length, 3);
});
