import assert from "node:assert/strict";
import { test } from "node:test";

import { Store, freshness } from "../../static/js/store.js";
import { candle, streamed } from "./helpers.js";

const SYMBOL = "SIM:BTC-USD";
const quote = (more = {}) => ({ symbol: SYMBOL, seq: 1, time: 10, last: 100, bid: 99, ask: 101, state: "live", ...more });
const snapshot = (more = {}) => ({ type: "snapshot", symbol: SYMBOL, epoch: "e", seq: 1, quote: quote(), trades: [], bars: {}, ...more });
const update = (more) => ({ type: "update", n: 1, time: 1, ...more });

function liveStore(venues) {
  const store = new Store({ venues });
  store.setConnection("live");
  store.apply({ type: "status", venue: "SIM", state: "live", since: 0, reason: "" });
  return store;
}

test("an update is merged over what is held", () => {
  const store = liveStore();
  store.apply(snapshot());
  store.apply(update({ quotes: [{ symbol: SYMBOL, seq: 2, time: 20, last: 105 }] }));
  assert.deepEqual(store.quotes.get(SYMBOL), quote({ seq: 2, time: 20, last: 105 }));
});

test("a price never goes back within an epoch, but a snapshot may begin again", () => {
  const store = liveStore();
  store.apply(snapshot({ quote: quote({ seq: 9 }) }));
  store.apply(update({ quotes: [quote({ seq: 8, last: 1 })] }));
  assert.equal(store.quotes.get(SYMBOL).last, 100);
  store.apply(snapshot({ quote: quote({ seq: 1, last: 50 }) }));
  assert.equal(store.quotes.get(SYMBOL).last, 50);
});

test("a price is live only when quote, venue and line all are", () => {
  assert.equal(freshness(quote(), "live", "live"), "live");
  assert.equal(freshness(quote(), "live", "polling"), "live");
  for (const state of ["connecting", "stale", "reconnecting", "down"]) assert.equal(freshness(quote(), "live", state), "stale");
  for (const line of ["connecting", "reconnecting", "down"]) assert.equal(freshness(quote(), line, "live"), "stale");
  assert.equal(freshness(quote({ state: "delayed" }), "live", "polling"), "delayed");
  assert.equal(freshness(quote({ state: "closed" }), "live", "polling"), "closed");
  assert.equal(freshness(quote({ state: "closed" }), "down", "polling"), "stale");
  assert.equal(freshness(undefined, "live", "live"), "stale");
  assert.equal(freshness(quote(), "live", "off"), "off");
  assert.equal(freshness(undefined, "live", "live", true), "off");
});

test("a worker that knows nothing of a symbol any more leaves its price stale", () => {
  const store = liveStore();
  store.apply(snapshot({ quote: quote({ seq: 30 }) }));
  store.apply(snapshot({ epoch: "f", seq: 0, quote: null }));
  assert.equal(store.freshness(SYMBOL), "stale");
  store.apply(update({ quotes: [quote({ seq: 1, last: 7 })] }));
  assert.equal(store.quotes.get(SYMBOL).last, 7);
  assert.equal(store.freshness(SYMBOL), "live");
});

test("a refused symbol keeps its reason until it is served", () => {
  const store = liveStore();
  store.apply({ type: "subscribed", id: 1, symbols: [], rejected: { [SYMBOL]: "unknown symbol" } });
  assert.equal(store.refused.get(SYMBOL), "unknown symbol");
  assert.equal(store.freshness(SYMBOL), "off");
  store.apply({ type: "subscribed", id: 2, symbols: [SYMBOL], rejected: {} });
  assert.equal(store.refused.has(SYMBOL), false);
});

test("bars go to every chart they belong to, and to no other", () => {
  const store = liveStore();
  const [one, same, other] = [store.openChart(SYMBOL, "1m"), store.openChart(SYMBOL, "1m"), store.openChart(SYMBOL, "15m")];
  store.apply(update({ bars: [streamed(0), streamed(0, 1, { interval: "5m" }), streamed(60, 1, { symbol: "SIM:X" })] }));
  assert.deepEqual([one, same, other].map((chart) => chart.series.bars.length), [1, 1, 0]);
  store.closeChart(one);
  assert.equal(store.history(one, [candle(0)]), 0);
  store.apply(update({ bars: [streamed(60)] }));
  assert.deepEqual([one, same].map((chart) => chart.series.bars.length), [1, 2]);
});

test("a listener that left hears nothing more", () => {
  const store = liveStore();
  const heard = [];
  const leave = store.on("connection", (state) => heard.push(state));
  store.setConnection("down");
  leave();
  store.setConnection("live");
  assert.deepEqual(heard, ["down"]);
});

test("whether a price is late its quote says, and its venue by how much; a formula's legs count", () => {
  const store = liveStore(new Map([["SIM", { delay_minutes: 15 }], ["FAST", { delay_minutes: 0 }]]));
  store.apply({ type: "status", venue: "FORMULA", state: "live", since: 0, reason: "" });
  const states = (symbol) => ["live", "delayed", "closed", "stale"].map((state) => {
    store.apply(snapshot({ symbol, quote: quote({ symbol, state }) }));
    return store.freshness(symbol);
  });
  for (const symbol of [SYMBOL, "=FAST:A - SIM:A"]) assert.deepEqual(states(symbol), ["live", "delayed", "closed", "stale"]);
  assert.deepEqual([SYMBOL, "=FAST:A - SIM:A", "FAST:A", "NEW:A"].map((symbol) => store.delay(symbol)), [15, 15, 0, 0]);
});

test("the newest price is the quote's or a newer trade's, but never a recap's", () => {
  const store = liveStore();
  store.setActive(SYMBOL);
  assert.equal(store.newest(SYMBOL), null);
  store.apply(snapshot());
  const trade = { symbol: SYMBOL, id: "1", time: 15, price: 103, size: 1, side: "buy" };
  store.apply(update({ trades: [{ ...trade, time: 99, price: 1, recap: true }, trade] }));
  assert.deepEqual(store.newest(SYMBOL), { price: 103, time: 15 });
});

test("trades are bounded, and what nobody looks at is forgotten", () => {
  const store = liveStore();
  store.setActive(SYMBOL);
  store.apply(snapshot());
  for (let time = 0; time < 1000; time += 1) {
    store.apply(update({ trades: [{ symbol: SYMBOL, id: String(time), time, price: 1, size: 1, side: null }] }));
  }
  assert.equal(store.trades.get(SYMBOL).length, 200);
  assert.equal(store.trades.get(SYMBOL)[0].time, 999);
  store.keepOnly(new Set());
  assert.equal(store.trades.size, 0);
});

test("trades of a symbol that isn't used any more are forgotten, and begin again with its next snapshot", () => {
  const store = liveStore();
  const other = "SIM:ETH-USD";
  const trade = (time) => ({ symbol: SYMBOL, id: String(time), time, price: 1, size: 1, side: null });
  const heard = [];
  store.on("trade", ({ time }) => heard.push(time));
  const use = (symbol) => {
    store.setActive(symbol);
    store.keepOnly(new Set([SYMBOL, other]));
  };
  use(SYMBOL);
  store.apply(snapshot({ trades: [trade(1)] }));
  store.apply(update({ trades: [trade(2)] }));
  use(other);
  store.apply(update({ trades: [trade(3)] }));
  store.apply(snapshot());
  assert.equal(store.quotes.has(SYMBOL), true);
  use(SYMBOL);
  store.apply(update({ trades: [trade(4)] }));
  assert.equal(store.trades.has(SYMBOL), false);
  store.apply(snapshot({ trades: [trade(90)] }));
  assert.deepEqual(store.trades.get(SYMBOL).map(({ time }) => time), [90]);
  assert.deepEqual(heard, [2]);
});

test("a symbol that is used again before anything was asked keeps its trades: no snapshot will come", () => {
  const store = liveStore();
  store.setActive(SYMBOL);
  store.apply(snapshot({ trades: [{ symbol: SYMBOL, id: "1", time: 1, price: 1, size: 1, side: null }] }));
  store.setActive("SIM:ETH-USD");
  store.setActive(SYMBOL);
  store.keepOnly(new Set([SYMBOL]));
  assert.equal(store.trades.get(SYMBOL).length, 1);
});

test("listeners hear what changed", () => {
  const store = liveStore();
  const heard = [];
  for (const topic of ["quote", "bars", "status", "snapshot", "error"]) store.on(topic, (what) => heard.push([topic, what.symbol ?? what]));
  store.openChart(SYMBOL, "1m");
  store.apply(snapshot({ bars: { "1m": [streamed(0)] } }));
  store.apply({ type: "error", id: null, code: "bad_json", message: "not JSON" });
  assert.deepEqual(heard, [["quote", SYMBOL], ["bars", SYMBOL], ["snapshot", SYMBOL], ["error", "not JSON"]]);
});

test("why symbols were refused is told once: where they stand, or where no row says it", () => {
  const store = liveStore();
  const heard = [];
  store.on("error", (text) => heard.push(text));
  const refuse = (id, symbol) => {
    store.apply({ type: "subscribed", id, symbols: [], rejected: { [symbol]: "no such thing" } });
    store.apply({ type: "error", id, code: "unknown_symbol", message: `${symbol}: no such thing` });
  };
  refuse(1, "SIM:ROW");
  assert.deepEqual([heard, store.refused.get("SIM:ROW")], [[], "no such thing"]);
  store.openChart("SIM:COMPARED", "1m");
  refuse(2, "SIM:COMPARED");
  store.apply({ type: "error", id: null, code: "unknown_symbol", message: "SIM:LATE: gone" });
  store.apply({ type: "error", id: 2, code: "rate_limited", message: "too many" });
  assert.deepEqual(heard, ["SIM:COMPARED: no such thing", "SIM:LATE: gone", "too many"]);
});

test("a formula that nobody watched until now is on its way, and is as stale as its quote", () => {
  const store = liveStore();
  const formula = "=SIM:A - SIM:B";
  store.apply({ type: "status", venue: "FORMULA", state: "off", since: 0, reason: "no formula is watched" });
  assert.deepEqual([store.venueState(formula), store.freshness(formula)], ["connecting", "stale"]);
  store.apply({ type: "status", venue: "FORMULA", state: "live", since: 0, reason: "" });
  store.apply(snapshot({ symbol: formula, quote: quote({ symbol: formula, last: -0.4 }) }));
  assert.equal(store.freshness(formula), "live");
  store.apply(update({ quotes: [quote({ symbol: formula, seq: 2, state: "stale" })] }));
  assert.equal(store.freshness(formula), "stale");
});

test("a sum is shown in the ticks of its legs, a ratio by its size", () => {
  const store = liveStore();
  store.setInstrument({ symbol: "SIM:A", tick_size: 0.01 });
  assert.equal(store.decimals("=SIM:A - SIM:B", 0.00002), 8);
  store.setInstrument({ symbol: "SIM:B", tick_size: 0.001 });
  assert.equal(store.decimals("=SIM:A - SIM:B", 0.00002), 3);
  assert.equal(store.decimals("=SIM:A / SIM:B", 0.0375), 6);
  assert.deepEqual([store.decimals("DESK:X", 9.9), store.decimals("DESK:X", 10.1)], [4, 4]);
});

test("the chart goes on under the name that the server gives its symbol", () => {
  const store = liveStore();
  const heard = [];
  store.on("renamed", (what) => heard.push(what));
  const chart = store.openChart("=SIM:A+1", "1m");
  store.rename("=SIM:A+1", "=SIM:A + 1");
  store.apply(update({ bars: [streamed(0, 1, { symbol: "=SIM:A + 1" })] }));
  assert.equal(chart.series.bars.length, 1);
  assert.deepEqual(heard, [{ from: "=SIM:A+1", to: "=SIM:A + 1" }]);
});
