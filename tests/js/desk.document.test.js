/** The desk's document and the address of a chart: whatever comes in, what comes out can be shown and is kept. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { addressOf, askedBy } from "../../static/js/desk/address.js";
import * as doc from "../../static/js/deskdoc.js";
import { cleaned as cleanShapes } from "../../static/js/drawings/shapes.js";
import { boundedParams } from "../../static/js/studies.js";
import { COLUMNS, layoutOf } from "../../static/js/watchlist/columns.js";
import { sorted } from "../../static/js/watchlist/order.js";
import { INTERVALS } from "../../static/js/wire.js";
import { dice } from "./walk.js";

const JUNK = [null, true, false, 0, -1, 3.7, 1e99, "", " ", "x".repeat(300), "<img src=x onerror=alert(1)>", "constructor", "__proto__",
  "toString", "hasOwnProperty", ["__proto__"], ["last"], Number.MAX_VALUE, -1e99, 5e-324, { column: "__proto__", way: "up" }, { column: "trend", way: "up" },
  JSON.parse('{"__proto__": {"a": 1}, "constructor": 5, "tick_size": 1e300, "base": {}}'), [{ symbol: "SIM:ETH-USD", base: 5, title: {}, tick_size: "x" }],
  [{ id: "1", kind: "constructor", points: [] }, { id: {}, kind: "level", points: [{ time: 1, price: 1 }] }],
  "SIM:BTC-USD", "1m", [], ["1m"], [null], {}, { length: 3 }, { kind: "ema" }, [{ kind: 7 }], { name: {} }, [{ symbol: "SIM:ETH-USD" }], [[[]]]];

/** Return something in place of each value, now and then: a document that a bug or a hand has broken. */
function broken(roll, value, chance) {
  if (roll() < chance) return JUNK[Math.floor(roll() * JUNK.length)];
  if (Array.isArray(value)) return value.map((each) => broken(roll, each, chance));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, broken(roll, each, chance)]));
}

/** A document with something in every part. */
function full() {
  const chart = { ...doc.newChart("SIM:BTC-USD", "5m"), type: "heikin", scale: "log", inverted: true, zone: "exchange", link: "blue",
    follow: { interval: true, range: true }, volume: false, studies: [{ kind: "ema", params: { length: 20 }, colours: { line: "#ffffff" } }], compare: ["SIM:ETH-USD"] };
  const charts = [chart, doc.newChart("=SIM:ETH-USD / SIM:BTC-USD"), doc.newChart("KRAKEN:BTC-USD", "1d"), doc.newChart()];
  const one = { ...doc.newDesk("Main", charts), grid: 4, columns: [1, 2], rows: [3, 0.5], active: 2 };
  return {
    ...doc.firstDocument([]), desk: "Zwei", desks: [one, { ...doc.newDesk("Zwei"), side: { width: 300 }, bottom: { open: false, height: 300, tabs: ["tape", "venues"] } }],
    lists: [{ name: "A", symbols: [{ symbol: "SIM:BTC-USD", base: "BTC" }] }, { name: "B", symbols: [] }], list: 1, columns: ["last", "age"],
    sort: { column: "last", way: "up" }, drawings: { "SIM:BTC-USD": [{ id: "1", kind: "level", points: [{ time: 5, price: 3 }] }] },
    looks: { theme: "system", pair: "blue", density: "compact" }, tape: { least: 0.5 },
  };
}

function checkChart(chart) {
  assert.ok(chart.symbol === null || typeof chart.symbol === "string");
  assert.ok(typeof chart.interval === "string" && Object.hasOwn(INTERVALS, chart.interval), `interval ${JSON.stringify(chart.interval)}`);
  for (const [key, known] of [["type", doc.TYPES], ["scale", doc.SCALES], ["zone", doc.ZONES], ["link", [null, ...doc.LINKS]]]) assert.ok(known.includes(chart[key]));
  for (const flag of [chart.inverted, chart.volume, chart.follow.interval, chart.follow.range]) assert.equal(typeof flag, "boolean");
  for (const study of chart.studies) {
    assert.equal(typeof study.kind, "string");
    for (const map of [study.params, study.colours]) assert.ok(typeof map === "object" && map !== null && !Array.isArray(map), "parameters and colours");
    for (const value of Object.values(study.params)) assert.ok(Number.isFinite(value), "a parameter is a number");
    for (const value of Object.values(study.colours)) assert.match(value, /^#[0-9a-f]{6}$/i);
    const { length } = boundedParams({ params: [{ key: "length", value: 20, least: 1, most: 500, step: 1 }] }, study.params);
    assert.ok(length >= 1 && length <= 500);
  }
  assert.ok(chart.studies.length <= 12 && chart.compare.length <= 4);
  assert.equal(new Set(chart.compare).size, chart.compare.length, "compared once");
  assert.ok(addressOf(chart, null).toString());
}

function checkDesk(desk) {
  const [columns, rows] = doc.shapeOf(desk.grid);
  assert.ok(doc.GRIDS.includes(desk.grid) && desk.charts.length >= desk.grid && desk.charts.length <= 6);
  assert.deepEqual([desk.columns.length, desk.rows.length], [columns, rows]);
  for (const size of [...desk.columns, ...desk.rows]) assert.ok(size >= 0.15 && size <= 10);
  assert.ok(Number.isInteger(desk.active) && desk.active >= 0 && desk.active < desk.grid);
  assert.ok(desk.bottom.tabs.length === 2 && desk.bottom.height >= 80 && desk.side.width >= 260);
  desk.charts.forEach(checkChart);
}

/** The watchlist can sort its rows and lay out its columns. */
function checkTable({ sort, columns, lists, list }) {
  const quotes = { "SIM:BTC-USD": { last: 2, open: 1 } };
  const symbols = lists[list].symbols.map(({ symbol }) => symbol);
  assert.ok(sort === null || sort.column === "symbol" || Object.hasOwn(COLUMNS, sort.column), `sorted by ${JSON.stringify(sort)}`);
  assert.equal(sorted(symbols, sort, (symbol) => quotes[symbol]).length, symbols.length);
  assert.ok(columns.length > 0 && new Set(columns).size === columns.length);
  assert.ok(columns.every((column) => typeof column === "string") && layoutOf(columns, 384).least > 0);
}

function checkInstrument({ symbol, tick_size: tick = null, ...facts }) {
  assert.equal(typeof symbol, "string");
  assert.ok(tick === null || (Number.isFinite(tick) && tick > 0), `tick ${tick}`);
  for (const fact of Object.values(facts)) assert.equal(typeof fact, "string");
}

function check(document) {
  assert.deepEqual(Object.keys(document).sort(), Object.keys(full()).sort());
  checkTable(document);
  const names = document.desks.map(({ name }) => name);
  assert.equal(new Set(names.map((name) => name.toLowerCase())).size, names.length, `each name once: ${names}`);
  assert.ok(names.includes(document.desk) && names.length <= 20);
  assert.equal(doc.openDesk(document).name, document.desk);
  assert.ok(document.lists.length >= 1 && Number.isInteger(document.list) && document.lists[document.list]);
  for (const name of [...names, ...document.lists.map((each) => each.name)]) assert.ok(typeof name === "string" && name.trim() && name.length <= 40);
  for (const { symbols } of document.lists) {
    symbols.forEach(checkInstrument);
    assert.equal(new Set(symbols.map(({ symbol }) => symbol)).size, symbols.length, "each symbol of a list once");
  }
  for (const shapes of Object.values(document.drawings)) assert.deepEqual(cleanShapes(structuredClone(shapes)), shapes);
  document.desks.forEach(checkDesk);
}

test("of whatever was kept a document is made that can be shown, and is one that stays the same", () => {
  for (const junk of [undefined, ...JUNK]) check(doc.cleanDocument(junk, [{ symbol: "SIM:BTC-USD" }]));
  for (let seed = 1; seed <= 800; seed += 1) {
    const made = broken(dice(seed), full(), 0.01 + (seed % 10) * 0.03);
    const kept = JSON.stringify(made);
    const clean = doc.cleanDocument(JSON.parse(kept));
    try {
      check(clean);
      assert.deepEqual(doc.cleanDocument(structuredClone(clean)), clean, "once clean, always clean");
    } catch (error) {
      throw new Error(`seed ${seed}: ${error.message}\n${kept}`, { cause: error });
    }
  }
});

/** Return the document with `junk` in the place of each of its values in turn, and beside those of each object. */
function* brokenOnce(value, junk) {
  yield junk;
  if (typeof value !== "object" || value === null) return;
  for (const [key, each] of Object.entries(value)) {
    for (const inner of brokenOnce(each, junk)) yield Array.isArray(value) ? value.with(Number(key), inner) : { ...value, [key]: inner };
  }
  if (!Array.isArray(value)) for (const key of ["__proto__", "constructor"]) yield Object.fromEntries([...Object.entries(value), [key, junk]]);
}

test("whatever a part holds, alone or beside good ones, the desk can be shown: no word is looked up in a prototype, no number is too large", () => {
  for (const junk of [...JUNK, "1e999"]) {
    for (const made of brokenOnce(full(), junk)) {
      const kept = JSON.stringify(made).replaceAll('"1e999"', "1e999"); // larger than a number can be: read as Infinity
      try {
        check(doc.cleanDocument(JSON.parse(kept), []));
      } catch (error) {
        throw new Error(`${error.message}\n${kept}`, { cause: error });
      }
    }
  }
});

test("a sort by what is no column is none, and columns that don't exist are left out", () => {
  const cleanSort = (column) => doc.cleanDocument({ ...full(), sort: { column, way: "up" } }).sort;
  for (const column of ["__proto__", "constructor", "toString", "nothing", "", "trend", ["last"], 7, null]) assert.equal(cleanSort(column), null, `${column}`);
  for (const column of ["symbol", "last", "venue"]) assert.deepEqual(cleanSort(column), { column, way: "up" });
  assert.deepEqual(doc.cleanDocument({ ...full(), columns: ["__proto__", "bid", "bid", "constructor", ["last"]] }).columns, ["bid"]);
});

test("of an instrument its facts are kept, and nothing that only looks like one", () => {
  const good = { symbol: "SIM:BTC-USD", venue: "SIM", name: "BTC-USD", base: "BTC", quote: "USD", kind: "crypto", tick_size: 0.01, status: "online", title: "Bitcoin" };
  const bad = { symbol: "SIM:ETH-USD", base: {}, tick_size: "1", title: 5, more: [[[]]] };
  assert.deepEqual(doc.cleanDocument({ lists: [{ name: "A", symbols: [good, bad] }] }).lists[0].symbols, [good, { symbol: "SIM:ETH-USD" }]);
});

test("a broken drawing goes alone", () => {
  const good = { id: "2", kind: "level", points: [{ time: 5, price: 3 }] };
  const bad = [{ ...good, kind: "__proto__" }, { ...good, points: [{ time: 1e300, price: 3 }] }, null, 5];
  assert.deepEqual(doc.cleanDocument({ drawings: { "SIM:A": [...bad, good], "SIM:B": bad, "constructor": [good] } }).drawings, { "SIM:A": [good] });
});

test("a good document comes back as it is, and so does the first one", () => {
  assert.deepEqual(doc.cleanDocument(full()), full());
  const first = doc.firstDocument([{ symbol: "SIM:BTC-USD", base: "BTC" }]);
  assert.deepEqual(doc.cleanDocument(structuredClone(first)), first);
  check(first);
});

test("a smaller grid keeps the charts that are not shown; six is the most", () => {
  const desk = { ...doc.newDesk("Main", ["A", "B", "C", "D"].map((name) => doc.newChart(`SIM:${name}`))), grid: 4 };
  const small = doc.cleanDesk({ ...desk, grid: 2 }, "Main");
  assert.deepEqual(small.charts.map(({ symbol }) => symbol), ["SIM:A", "SIM:B", "SIM:C", "SIM:D"]);
  const large = doc.cleanDesk({ ...small, grid: 6 }, "Main");
  assert.deepEqual(large.charts.map(({ symbol }) => symbol), ["SIM:A", "SIM:B", "SIM:C", "SIM:D", "SIM:A", "SIM:A"]);
  assert.equal(doc.cleanDesk({ ...large, charts: [...large.charts, ...large.charts] }, "Main").charts.length, 6);
});

test("names differ in more than their capitals, whatever was kept", () => {
  const kept = { ...full(), desks: ["Main", "main", " Main ", "Other"].map((name) => doc.newDesk(name)) };
  assert.deepEqual(doc.cleanDocument(kept).desks.map(({ name }) => name), ["Main", "Other"]);
});

test("what an address says is what it was made of", () => {
  const studies = [{ kind: "bollinger", params: { length: 20, width: 2.5 }, colours: {} }, { kind: "obv", params: {}, colours: {} },
    { kind: "odd", params: { low: -0.25, tiny: 1e-7 }, colours: {} }];
  const compare = ["SIM:ETH-USD", "YAHOO:^GSPC", "=SIM:ETH-USD / SIM:BTC-USD"];
  for (const type of doc.TYPES) {
    for (const scale of doc.SCALES) {
      const chart = { ...doc.newChart("=KRAKEN:BTC-USD - SIM:BTC-USD", "4h"), type, scale, studies, compare };
      const times = { from: 1_700_000_000_000, to: 1_700_000_360_000 };
      const asked = askedBy(new URLSearchParams(addressOf(chart, times).toString()));
      assert.deepEqual(asked.times, times);
      const { follow, inverted, link, volume, zone, ...own } = chart;
      assert.deepEqual({ ...(type === "candles" ? { type } : {}), ...(scale === "linear" ? { scale } : {}), ...asked.chart }, own);
    }
  }
  assert.deepEqual(askedBy(new URLSearchParams(addressOf(doc.newChart("SIM:BTC-USD"), null))), { chart: { symbol: "SIM:BTC-USD", interval: "1m" }, times: null });
});

test("an address that somebody wrote asks for what can be shown, or for nothing", () => {
  for (const query of ["", "symbol=&interval=7m&type=x&scale=&range=5", "range=9-3&interval=constructor", "range=a-b", "studies=...---&compare=;;", "compare=<img>&studies=%00"]) {
    const { chart, times } = askedBy(new URLSearchParams(query));
    assert.equal(times, null);
    checkChart({ ...doc.newChart(), ...chart });
  }
  assert.deepEqual(askedBy(new URLSearchParams("symbol= sim:btc-usd&interval=5m")).chart, { symbol: "SIM:BTC-USD", interval: "5m" });
});
