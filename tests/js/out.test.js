/** What leaves the desk: names, tables, what the server is asked for, and a desk as a file. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { Series } from "../../static/js/bars.js";
import { cleanDocument, firstDocument, newChart } from "../../static/js/deskdoc.js";
import { cell, csvOf, distinct } from "../../static/js/out/csv.js";
import { LARGEST, contentsOf, readDesk, refusalOf, replace, writeDesk } from "../../static/js/out/deskfile.js";
import { jsonOf } from "../../static/js/out/json.js";
import { chartFile, deskFile } from "../../static/js/out/names.js";
import { portraitOf } from "../../static/js/out/portrait.js";
import { sightOf } from "../../static/js/out/sight.js";
import { candle } from "./helpers.js";

const MINUTE = 60_000;
const BEGIN = Date.UTC(2026, 10, 20, 14, 0);
const TIME = Date.UTC(2026, 10, 20, 14, 2, 59);

/** Read a CSV as RFC 4180 says, without any of the code that wrote it. */
function parsed(text) {
  const rows = [[""]];
  let quoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const row = rows[rows.length - 1];
    const sign = text[at];
    if (quoted && sign === '"' && text[at + 1] === '"') { row[row.length - 1] += '"'; at += 1; }
    else if (sign === '"') quoted = !quoted;
    else if (!quoted && sign === ",") row.push("");
    else if (!quoted && sign === "\r" && text[at + 1] === "\n") { rows.push([""]); at += 1; }
    else row[row.length - 1] += sign;
  }
  assert.deepEqual(rows.pop(), [""], "the last row ends as all do");
  return rows;
}

function study(title, lines, more = {}) {
  const definition = { lines: Object.keys(lines).map((key) => ({ key, colour: "line", style: "line" })), levels: more.levels };
  return { kind: "ema", params: { length: 20 }, title, definition, study: {}, pane: null, colours: { line: "#6ea8fe" }, values: (key) => lines[key], ...more };
}

/** A chart that shows the places `start` to `end`, of bars that begin at `BEGIN`. */
function panel(bars, { start = 0, end = bars.length - 1, studies = [], comparisons = [], type = "candles", drawn = bars, base = 0 } = {}) {
  const series = Object.assign(new Series(MINUTE), { bars, base });
  const state = { ...newChart("SIM:BTC-USD", "1m"), type };
  return { state, camera: { view: { start, end } }, model: { state, series, bars: drawn, studies, comparisons } };
}

const bars = [0, 1, 2, 3].map((each) => candle(BEGIN + each * MINUTE, 100 + each / 10));

// ------------------------------------------------------------------ names
test("a file is called after symbol, interval and moment", () => {
  assert.equal(chartFile({ symbol: "SIM:BTC-USD", interval: "5m" }, TIME, "png"), "BTC-USD_5m_2026-11-20_1402.png");
  assert.equal(deskFile(TIME), "ticker-desk_2026-11-20.json");
});

test("no symbol makes a name that leads elsewhere or that a system refuses", () => {
  const name = (symbol) => chartFile({ symbol, interval: "1d" }, TIME, "csv").split("_1d_")[0];
  assert.equal(name("YAHOO:^GSPC"), "GSPC");
  assert.equal(name("YAHOO:EURUSD=X"), "EURUSD-X");
  assert.equal(name("X:../../ETC"), "ETC");
  assert.equal(name("=COINBASE:BTC-USD / KRAKEN:BTC-USD"), "COINBASE-BTC-USD-KRAKEN-BTC-USD");
  assert.equal(name("=÷"), "chart");
  assert.ok(name(`=${"A:B + ".repeat(40)}`).length <= 60);
});

// ------------------------------------------------------------------ in sight
test("only the bars in sight leave, with the studies' values at these bars", () => {
  const ema = study("EMA 20", { line: [null, 1.5, 2.5, 3.5] });
  const other = { symbol: "SIM:ETH-USD", closes: [9, 8, 7, 6] };
  const sight = sightOf(panel(bars, { start: 11, end: 12, base: 10, studies: [ema], comparisons: [other] }));
  assert.deepEqual(sight.bars.map(({ time }) => time), [bars[1].time, bars[2].time]);
  assert.deepEqual(sight.studies[0].lines[0].values, [1.5, 2.5]);
  assert.deepEqual(sight.compare, [{ symbol: "SIM:ETH-USD", closes: [8, 7] }]);
});

test("a hole has its time and no figures, and a volume that nobody counts is none", () => {
  const hole = candle(BEGIN, 100, { source: "hole", volume: 0 });
  const [first, second] = sightOf(panel([hole, candle(BEGIN + MINUTE, 100, { volume: null })])).bars;
  assert.deepEqual([first.time, first.open, first.close, first.volume, first.source], [BEGIN, null, null, null, "hole"]);
  assert.deepEqual([second.close, second.volume], [100, null]);
});

test("a chart without bars shows nothing, and a study that is still to come is left out", () => {
  const empty = panel([]);
  empty.camera.view = null;
  assert.deepEqual(sightOf(empty).bars, []);
  empty.model.series = null;
  assert.deepEqual(sightOf(empty).bars, []);
  assert.deepEqual(sightOf(panel(bars, { studies: [study("Profile", {}, { study: null })] })).studies, []);
});

test("Heikin-Ashi stands beside what was traded, not in its place", () => {
  const drawn = bars.map((bar) => ({ ...bar, open: 1, high: 2, low: 0.5, close: 1.5 }));
  const sight = sightOf(panel(bars, { type: "heikin", drawn }));
  assert.equal(sight.bars[1].close, bars[1].close);
  const [head, row] = parsed(csvOf(sight));
  assert.deepEqual(head.slice(7), ["Heikin-Ashi open", "Heikin-Ashi high", "Heikin-Ashi low", "Heikin-Ashi close"]);
  assert.deepEqual(row.slice(7), ["1", "2", "0.5", "1.5"]);
});

// ------------------------------------------------------------------ CSV
test("numbers are told exactly, and what is not known not at all", () => {
  for (const value of [0.1 + 0.2, 1e-8, 84512.31, -3.5, 1e21, 5e-324]) assert.equal(Number(cell(value)), value);
  for (const value of [null, undefined, NaN, Infinity, -Infinity]) assert.equal(cell(value), "");
  assert.equal(cell(0), "0");
});

test("a text that a spreadsheet would run is only a text; a number below zero stays one", () => {
  for (const text of ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "＝1"]) assert.ok(cell(text).replace(/^"/, "").startsWith("'"), text);
  assert.equal(cell("\r=1"), "\"'\r=1\"");
  assert.equal(cell("BTC-USD"), "BTC-USD");
  assert.equal(cell(-1), "-1");
});

test("commas, quotes and ends of lines come back as they were", () => {
  const texts = ['a,b', 'say "so"', "two\nlines", "two\r\nlines", "größer 🐂", '",\r\n"', ""];
  assert.deepEqual(parsed(`${texts.map(cell).join(",")}\r\n`), [texts]);
});

test("a table has a row for each bar and a column for each line", () => {
  const hole = candle(BEGIN, 100, { source: "hole" });
  const table = panel([hole, candle(BEGIN + MINUTE, 100.25)], {
    studies: [study("EMA 20", { line: [null, 0.1 + 0.2] }), study("Bollinger 20 2", { upper: [1, 2], lower: [-1, -2] })],
    comparisons: [{ symbol: "=SIM:A - SIM:B", closes: [null, 7] }, { symbol: "SIM:ETH-USD", closes: [3, 4] }],
  });
  assert.deepEqual(parsed(csvOf(sightOf(table))), [
    ["time", "open", "high", "low", "close", "volume", "source", "EMA 20", "Bollinger 20 2 upper", "Bollinger 20 2 lower", "'=SIM:A - SIM:B", "SIM:ETH-USD"],
    ["2026-11-20T14:00:00.000Z", "", "", "", "", "", "hole", "", "1", "-1", "", "3"],
    ["2026-11-20T14:01:00.000Z", "100", "100.25", "100", "100.25", "1", "backfill", "0.30000000000000004", "2", "-2", "7", "4"],
  ]);
});

test("two columns never have one name", () => {
  assert.deepEqual(distinct(["EMA 20", "close", "EMA 20", "EMA 20"]), ["EMA 20", "close", "EMA 20 (2)", "EMA 20 (3)"]);
});

// ------------------------------------------------------------------ JSON
test("JSON says the same, with what is not known as null", () => {
  const chart = panel(bars, { start: 1, end: 2, studies: [study("EMA 20", { line: [0, NaN, 0.1 + 0.2, 0] })], comparisons: [{ symbol: "SIM:ETH-USD", closes: [1, null, 3, 4] }] });
  const told = JSON.parse(jsonOf(sightOf(chart)));
  assert.deepEqual([told.symbol, told.interval, told.from, told.to], ["SIM:BTC-USD", "1m", "2026-11-20T14:01:00.000Z", "2026-11-20T14:02:00.000Z"]);
  assert.deepEqual(told.bars[1], { time: "2026-11-20T14:02:00.000Z", open: 100, high: 100.2, low: 100, close: 100.2, volume: 1, source: "backfill", closed: true });
  assert.deepEqual(told.studies, [{ kind: "ema", params: { length: 20 }, title: "EMA 20", lines: { line: [null, 0.1 + 0.2] } }]);
  assert.deepEqual(told.compare, [{ symbol: "SIM:ETH-USD", closes: [null, 3] }]);
});

// ------------------------------------------------------------------ a page of its own
const LOOKS = { theme: "dark", colours: { up: "#2ebd85", down: "#f6465d", ground: "#000000" }, title: "BTC-USD · SIM", zones: { local: "Europe/Berlin", exchange: "America/New_York" }, drawings: [] };

test("the server is asked for the bars in sight, their lines and panes, and nothing it would refuse", () => {
  const rsi = study("RSI 14", { line: [null, 30, 1e16, 70] }, { pane: "study 1", levels: [30, 70] });
  const chart = panel(bars, { studies: [study("EMA 20", { line: [1, 2, 3, 4] }), rsi] });
  const body = portraitOf(sightOf(chart), { ...chart.state, zone: "local", scale: "log", compare: ["SIM:ETH-USD"] }, LOOKS);
  assert.deepEqual([body.start, body.end, body.zone, body.scale, body.theme], [BEGIN, BEGIN + 4 * MINUTE, "Europe/Berlin", "log", "dark"]);
  assert.deepEqual(body.colours, { up: "#2ebd85", down: "#f6465d" });
  assert.deepEqual(body.studies.map(({ pane, levels }) => [pane, levels]), [["over", []], ["study-1", [30, 70]]]);
  assert.deepEqual(body.studies[1].values, [[BEGIN, null], [BEGIN + MINUTE, 30], [BEGIN + 2 * MINUTE, null], [BEGIN + 3 * MINUTE, 70]]);
  assert.deepEqual(body.compare, ["SIM:ETH-USD"]);
});

test("bands, fixed ranges and the volume by price go along", () => {
  const band = study("Bollinger", { upper: [3, 3, 3, 3], middle: [2, 2, 2, 2], lower: [1, 1, 1, 1] });
  band.definition.lines.find(({ key }) => key === "lower").fillTo = "upper";
  const rsi = study("RSI 14", { line: [1, 2, 3, 4] }, { pane: "study 1" });
  rsi.definition.range = [0, 100];
  const rows = study("Volume profile", {}, { params: { rows: 4, width: 25 } });
  Object.assign(rows.definition, { place: "profile", profile: () => ({ rows: [{ low: 1, high: 2, up: 3, down: 4 }] }) });
  const chart = panel(bars, { studies: [band, rsi, rows] });
  const body = portraitOf(sightOf(chart), chart.state, LOOKS);
  assert.deepEqual(body.studies.map(({ name, filled, range }) => [name, filled, range]),
    [["Bollinger upper", false, null], ["Bollinger lower", true, null], ["Bollinger middle", false, null], ["RSI 14", false, [0, 100]]]);
  assert.deepEqual(body.profile, { rows: [[1, 2, 3, 4]], part: 0.25 });
  assert.equal(portraitOf(sightOf(panel(bars)), chart.state, LOOKS).profile, null);
});

test("a drawing that the server would refuse doesn't cost the page", () => {
  const level = { id: "1", kind: "level", points: [{ time: BEGIN + 0.4, price: 100 }] };
  const bad = [{ id: "2", kind: "trend", points: [{ time: BEGIN, price: 1 }] }, { id: "3", kind: "wave", points: [] }, { id: "4", kind: "level", points: [{ time: -1, price: 1 }] }];
  const chart = panel(bars);
  const body = portraitOf(sightOf(chart), chart.state, { ...LOOKS, drawings: [level, ...bad] });
  assert.deepEqual(body.drawings, [{ kind: "level", points: [{ time: BEGIN, price: 100 }], text: "", colour: "accent" }]);
});

test("of a view over many nights the server is asked for the newest bars that it would give", () => {
  const days = [0, 1, 2, 3, 4].map((day) => candle(BEGIN + day * 1440 * MINUTE));
  const chart = panel(days, { studies: [study("EMA 20", { line: [1, 2, 3, 4, 5] })] });
  const body = portraitOf(sightOf(chart), chart.state, LOOKS);
  assert.equal(body.end - body.start, 5000 * MINUTE);
  assert.deepEqual(body.studies[0].values.map(([, value]) => value), [2, 3, 4, 5]);
});

// ------------------------------------------------------------------ the desk as a file
const WATCHED = [{ symbol: "SIM:BTC-USD" }];

test("a desk comes back from its file as it was", () => {
  const whole = cleanDocument({ ...firstDocument(WATCHED), desks: [{ name: "Größe 🐂", grid: 2 }, { name: "Two" }] });
  const back = readDesk(`\ufeff${writeDesk(whole)}`);
  assert.deepEqual(back, { document: whole });
  assert.equal(refusalOf(cleanDocument(back.document)), "");
});

test("whatever else a file is, it says what is wrong with it", () => {
  const file = (more, document = {}) => JSON.stringify({ ticker: "desk", version: 1, document: { desks: [{ charts: [{}] }], ...document }, ...more });
  assert.equal(readDesk(file({})).wrong, undefined);
  const wrong = (text) => readDesk(text).wrong ?? "";
  assert.match(wrong(""), /no JSON/);
  assert.match(wrong(file({}).slice(0, -9)), /cut off/);
  for (const text of ["null", "[]", "5", "{}", '{"ticker":"chart"}', '"desk"']) assert.match(wrong(text), /not a desk/);
  assert.match(wrong(file({ version: 2 })), /newer Ticker made it \(version 2\)/);
  for (const version of [0, "1", null]) assert.match(wrong(file({ version })), /which version/);
  for (const document of [null, [], {}, { desks: [] }, { desks: {} }, { desks: [null, { charts: [] }] }]) assert.match(wrong(file({ document })), /no desk/);
  assert.match(wrong(file({}, { lists: {} })), /lists/);
  assert.match(wrong(file({}, { drawings: [] })), /drawings/);
});

test("what the server would not keep is refused here, with the reason", () => {
  const listed = (more) => ({ ...firstDocument([{ symbol: "SIM:BTC-USD", ...more }]) });
  let deep = {};
  for (let each = 0; each < 100_000; each += 1) deep = { deep };
  assert.match(refusalOf(listed({ deep })), /too deep/);
  assert.match(refusalOf(listed({ name: "\0" })), /sign/);
  assert.equal(refusalOf(listed({ name: "\\u0000" })), "", "a text that only looks like it");
  assert.match(refusalOf(listed({ name: "ü".repeat(140_000) })), /256 KiB/);
  const room = 262_144 - JSON.stringify(listed({ name: "" })).length;
  const largest = listed({ name: "x".repeat(room) });
  assert.equal(refusalOf(largest), "");
  assert.ok(writeDesk(largest).length <= LARGEST, "the largest desk comes in again");
  assert.notEqual(refusalOf(listed({ name: "x".repeat(room + 1) })), "");
});

test("what a file holds is counted", () => {
  const desk = firstDocument(WATCHED);
  assert.equal(contentsOf(desk), "1 desk, 1 list of 1 symbol, 0 drawings");
  const more = { desks: [1, 2], lists: [{ symbols: [1, 2] }, { symbols: [] }], drawings: { a: [1, 2], b: [3] } };
  assert.equal(contentsOf(more), "2 desks, 2 lists of 2 symbols, 3 drawings");
});

test("who holds the document sees the new content in it", () => {
  const held = { old: 1, list: 2 };
  const same = held;
  replace(held, { list: 0, desks: [] });
  assert.deepEqual(same, { list: 0, desks: [] });
});
