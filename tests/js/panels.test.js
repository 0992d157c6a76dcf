/** Pure parts of the panels: the tape's rows, the best over venues, figures, and the hops of a price. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { quantile } from "../../static/js/clock.js";
import { HOPS, Hops } from "../../static/js/hops.js";
import { compare } from "../../static/js/panels/best.js";
import { apartDecimals, formatMoment, formatOffset, formatPoints, formatSize, readSize, sizeDecimals } from "../../static/js/panels/figures.js";
import { KEPT, Trades, isNote } from "../../static/js/panels/trades.js";

const trade = (time, size = 1, more = {}) => ({ symbol: "A:A", id: String(time), time, price: 100, size, side: "buy", ...more });
const times = (trades) => trades.copy().map((entry) => (isNote(entry) ? `missed ${entry.missed}` : entry.time));

test("the newest trade is on top, and only so many are kept", () => {
  const trades = new Trades();
  for (let time = 0; time < 3 * KEPT; time += 1) trades.add(trade(time));
  assert.equal(trades.length, KEPT);
  assert.equal(trades.copy().length, KEPT);
  assert.equal(trades.at(0).time, 3 * KEPT - 1);
  assert.deepEqual([trades.copy()[0].time, trades.copy().at(-1).time], [3 * KEPT - 1, 2 * KEPT]);
});

test("the size filter looks at what was heard before as well, and large trades outlive small ones", () => {
  const trades = new Trades();
  for (const [time, size] of [[1, 5], [2, 0.1], [3, 0.5], [4, 5]]) trades.add(trade(time, size));
  trades.setLeast(0.5);
  assert.deepEqual(times(trades), [4, 3, 1]);
  for (let time = 10; time < 10 + 2 * KEPT; time += 1) trades.add(trade(time, 0.1));
  assert.deepEqual(times(trades), [4, 3, 1]);
  trades.setLeast(1);
  assert.deepEqual(times(trades), [4, 1]);
  trades.setLeast(0);
  assert.equal(trades.length, KEPT);
});

test("what came while somebody reads is counted, as far as it is large enough", () => {
  const trades = new Trades();
  trades.setLeast(1);
  const before = trades.told;
  for (const size of [2, 0.5, 1]) trades.add(trade(size, size));
  trades.add(trade(0, 9, { recap: true }));
  assert.equal(trades.told - before, 2);
});

test("a trade that is told again stands at its own time, once", () => {
  const trades = new Trades();
  for (const time of [10, 30]) trades.add(trade(time));
  for (const time of [20, 30]) trades.add(trade(time, 1, { recap: true }));
  assert.deepEqual(times(trades), [30, 20, 10]);
});

test("a snapshot adds what is new; where it has nothing in common with what is known, that is said", () => {
  const trades = new Trades();
  trades.merge([trade(2), trade(1)]);
  assert.deepEqual(times(trades), [2, 1]);
  trades.merge([trade(3), trade(2)]);
  assert.deepEqual(times(trades), [3, 2, 1]);
  trades.merge([trade(9), trade(8)]);
  assert.deepEqual(times(trades), [9, 8, "missed 0", 3, 2, 1]);
  trades.merge([]);
  assert.equal(trades.length, 6);
});

test("a snapshot that begins after what is known leaves a note, also where a newer trade came before it", () => {
  const trades = new Trades();
  trades.merge([trade(2), trade(1)]);
  trades.add(trade(9));
  trades.merge([trade(9), trade(8)]);
  assert.deepEqual(times(trades), [9, 8, "missed 0", 2, 1]);
  trades.merge([trade(9), trade(8)]);
  assert.deepEqual(times(trades), [9, 8, "missed 0", 2, 1]);
  trades.merge([trade(8), trade(7)]);
  assert.deepEqual(times(trades), [9, 8, 7, "missed 0", 2, 1]);
  trades.clear();
  trades.merge([trade(5)]);
  trades.merge([trade(5), trade(4)]);
  assert.deepEqual(times(trades), [5, 4]);
});

test("trades that were left out are noted in one line, whatever the filter", () => {
  const trades = new Trades();
  trades.setLeast(5);
  trades.add(trade(1));
  trades.miss(3);
  trades.miss(4);
  trades.add(trade(2));
  assert.deepEqual(times(trades), ["missed 7"]);
  trades.setLeast(0);
  assert.deepEqual(times(trades), [2, "missed 7", 1]);
  trades.clear();
  assert.equal(trades.length, 0);
});

test("sizes stand under each other, and none looks like nothing", () => {
  const sizes = [0.5, 1.25, 0.00609];
  const decimals = sizes.reduce((before, size) => sizeDecimals(size, before), 0);
  assert.equal(decimals, 5);
  assert.deepEqual(sizes.map((size) => formatSize(size, decimals)), ["0.50000", "1.25000", "0.00609"]);
  assert.equal(sizeDecimals(100), 0);
  assert.equal(sizeDecimals(0.1 + 0.2), 1);
  assert.equal(sizeDecimals(0.123456789), 5);
  assert.equal(formatSize(0.0000012, 5), "0.00000120");
  assert.equal(formatSize(0, 2), "0.00");
  assert.match(formatSize(2_500_000, 0), /2\.50.M/);
});

test("a size is read as people type it", () => {
  assert.deepEqual(["", " 0.01 ", "0,5", ".5", "5k", "2M", "10."].map(readSize), [0, 0.01, 0.5, 0.5, 5000, 2e6, 10]);
  assert.deepEqual(["-1", "abc", "1e9x", "1.2.3", "."].map(readSize), [null, null, null, null, null]);
});

test("a bid and an ask that differ are seen to differ", () => {
  assert.equal(apartDecimals(19495.066, 19495.074, 2), 3);
  assert.equal(apartDecimals(19495.06, 19495.07, 2), 2);
  assert.equal(apartDecimals(19495.07, 19495.07, 2), 2);
  assert.equal(apartDecimals(0.3, 0.1 + 0.2, 2), 2);
  assert.equal(apartDecimals(100000, 100000.0002, 2), 4);
  assert.deepEqual([apartDecimals(null, 5, 2), apartDecimals(5, undefined, 2)], [2, 2]);
});

test("moments, parts and clocks are told", () => {
  assert.equal(formatMoment(Date.UTC(2026, 10, 20, 14, 2, 11, 7)), "14:02:11.007");
  assert.deepEqual([0.00001, 1e-7, 0.0025, -0.0001, null].map((part) => formatPoints(part ?? NaN).replace(/\s/g, " ")), ["0.1 bp", "<0.1 bp", "25 bp", "-1.0 bp", ""]);
  assert.deepEqual([38.4, -120, null].map((offset) => formatOffset(offset ?? undefined)), ["38 ms", "ahead 120 ms", "–"]);
});

const offer = (symbol, bid, ask, more = {}) => ({ symbol, bid, ask, quote: "USD", origin: "", state: "live", ...more });

test("the best bid and the best ask may be on two venues; others have their distance", () => {
  const found = compare([offer("A:A", 100, 102), offer("B:A", 99, 101), offer("C:A", 98, null)], "A:A");
  assert.deepEqual([found.bid, found.ask], [{ symbol: "A:A", price: 100 }, { symbol: "B:A", price: 101 }]);
  assert.deepEqual([found.spread, found.crossed], [1, false]);
  assert.ok(Math.abs(found.part - 1 / 100.5) < 1e-12);
  assert.deepEqual(found.rows.get("A:A"), { counted: true, bid: 0, ask: 1 });
  assert.deepEqual(found.rows.get("B:A"), { counted: true, bid: -1, ask: 0 });
  assert.deepEqual(found.rows.get("C:A"), { counted: true, bid: -2, ask: null });
});

test("a bid above another venue's ask is crossed", () => {
  const found = compare([offer("A:A", 100, 101), offer("B:A", 103, 104)], "A:A");
  assert.deepEqual([found.bid.symbol, found.ask.symbol, found.spread, found.crossed], ["B:A", "A:A", -2, true]);
});

test("what is stale, delayed or in another token is not counted, but its distance is known", () => {
  const others = [offer("B:A", 110, 90, { state: "stale" }), offer("C:A", 120, 80, { state: "delayed" }), offer("D:A", 130, 70, { quote: "USDT" })];
  const found = compare([offer("A:A", 100, 101), ...others], "A:A");
  assert.deepEqual([found.bid.symbol, found.ask.symbol], ["A:A", "A:A"]);
  assert.deepEqual([...found.rows.values()].map(({ counted }) => counted), [true, false, false, false]);
  assert.equal(found.rows.get("D:A").bid, 30);
  const tokens = compare([offer("A:A", 100, 101), offer("D:A", 130, 131, { quote: "USDT" })], "D:A");
  assert.equal(tokens.bid.symbol, "D:A");
});

test("a simulated price is never compared with a real one, but with its own kind", () => {
  const simulated = offer("SIM:A", 200, 201, { origin: "SIMULATED" });
  const real = offer("A:A", 100, 101);
  for (const symbol of ["A:A", "SIM:A"]) {
    const found = compare([simulated, real], symbol);
    assert.deepEqual([found.bid.symbol, found.ask.symbol, found.origin], ["A:A", "A:A", ""]);
    assert.equal(found.rows.get("SIM:A").counted, false);
  }
  const stale = compare([simulated, { ...real, state: "stale" }], "SIM:A");
  assert.deepEqual([stale.bid, stale.spread, stale.part, stale.crossed], [null, null, null, false]);
  for (const others of [[], [{ ...real, state: "delayed" }]]) {
    const alone = compare([simulated, ...others], "SIM:A");
    assert.deepEqual([alone.bid.price, alone.origin], [200, "SIMULATED"]);
  }
  assert.equal(compare([], "A:A").bid, null);
});

const update = (sent, ...quotes) => ({ type: "update", n: 1, time: sent, quotes });
const quote = (time, received, symbol = "A:A") => ({ symbol, time, received });
const always = () => true;

test("each hop of a price is measured from when it is on the screen", () => {
  const hops = new Hops();
  hops.heard(update(1050, quote(1000, 1038)), 1061);
  hops.painted(hops.frame(), 1075, always);
  const { count, hops: each, p50, p95 } = hops.figures("A:A");
  assert.deepEqual(each, { venue: 38, worker: 12, web: 11, screen: 14 });
  assert.deepEqual([count, p50, p95], [1, 75, 75]);
  assert.deepEqual(Object.keys(each), HOPS);
  assert.equal(hops.figures("B:B"), null);
});

test("only the newest price of a frame counts, and none that doesn't travel or has no time", () => {
  const hops = new Hops();
  hops.heard(update(1050, quote(1000, 1038), quote(1000, 1001, "B:B"), { symbol: "C:C", received: 1 }), 1061);
  hops.heard(update(1150, quote(1100, 1110)), 1151);
  hops.painted(hops.frame(), 1160, (symbol) => symbol !== "B:B");
  hops.painted(hops.frame(), 9999, always);
  assert.deepEqual([hops.figures("A:A").count, hops.figures("A:A").p50], [1, 60]);
  assert.deepEqual([hops.figures("B:B"), hops.figures("C:C")], [null, null]);
});

test("a venue's clock that is ahead is taken off, and no age is below zero", () => {
  const hops = new Hops();
  hops.heard(update(1002, quote(1500, 1001)), 1001);
  hops.painted(hops.frame(), 1003, always);
  assert.deepEqual(hops.figures("A:A").hops, { venue: 0, worker: 1, web: 0, screen: 2 });
  hops.clocks([{ venue: "A", clock_offset: -510 }, { venue: "B", clock_offset: null }]);
  assert.equal(hops.figures("A:A").hops.venue, 11);
  assert.deepEqual([hops.ahead("A:A"), hops.ahead("B:B"), hops.ahead("C:C")], [510, 0, 0]);
  hops.clocks([{ venue: "A", clock_offset: 40 }]);
  assert.equal(hops.ahead("A:A"), 0);
});

test("the hops of a symbol that nobody looks at are forgotten, and memory is bounded", () => {
  const hops = new Hops();
  for (let time = 0; time < 1000; time += 1) {
    hops.heard(update(time + 2, quote(time, time + 1), quote(time, time + 1, "B:B")), time + 3);
    hops.painted(hops.frame(), time + 4 + (time < 500 ? 100 : 0), always);
  }
  assert.deepEqual([hops.figures("A:A").count, hops.figures("A:A").p95], [128, 4]);
  hops.keepOnly(new Set(["A:A"]));
  assert.equal(hops.figures("B:B"), null);
  hops.clear();
  assert.equal(hops.figures("A:A"), null);
});

test("a quantile is a value that was seen", () => {
  assert.deepEqual([quantile([3, 1, 2], 0.5), quantile([1, 2, 3, 4], 0.95)], [2, 4]);
  assert.ok(Number.isNaN(quantile([], 0.5)));
});
