import assert from "node:assert/strict";
import { mock, test } from "node:test";

import { Clock } from "../../static/js/clock.js";
import { History } from "../../static/js/history.js";
import { Store } from "../../static/js/store.js";
import { streamed } from "./helpers.js";

const SYMBOL = "SIM:BTC-USD";
const MINUTE = 60_000;
const NOW = 1000 * MINUTE;
const row = (time) => [time, 100, 101, 99, 100, 1];
const rows = (from, count) => Array.from({ length: count }, (_, place) => row(from + place * MINUTE));
const settled = () => new Promise((resolve) => setImmediate(resolve));

/** A history whose requests are answered by hand. */
function openHistory() {
  const asked = [];
  const store = new Store();
  const fetchBars = (query) => new Promise((answer, fail) => asked.push({ ...query, answer, fail }));
  const chart = store.openChart(SYMBOL, "1m");
  const history = new History({ store, chart, clock: new Clock(() => NOW), fetchBars, onState: () => {} });
  const answer = async (bars, trouble = "") => { asked.at(-1).answer({ bars, sources: {}, trouble }); await settled(); };
  return { asked, store, history, answer, series: () => chart.series, chart };
}

test("a chart begins with its newest 500 bars", async () => {
  const { asked, history, answer, series } = openHistory();
  assert.deepEqual([asked[0].symbol, asked[0].interval, asked[0].limit, asked[0].end], [SYMBOL, "1m", 500, undefined]);
  assert.equal(history.state, "loading");
  await answer(rows(NOW - 500 * MINUTE, 500));
  assert.equal(history.state, "ready");
  assert.equal(series().bars.length, 500);
});

test("older bars are asked for once at a time, from the oldest on, until there are none", async () => {
  const { asked, history, answer, series } = openHistory();
  await answer(rows(NOW - 10 * MINUTE, 10));
  history.older();
  history.older();
  assert.equal(asked.length, 2);
  assert.equal(asked[1].end, NOW - 10 * MINUTE);
  await answer(rows(NOW - 15 * MINUTE, 5));
  assert.equal(series().bars.length, 15);
  history.older();
  await answer([]);
  assert.equal(history.complete, true);
  history.older();
  assert.equal(asked.length, 3);
});

test("a venue that can't tell now is not a venue that has nothing older", async () => {
  const { history, answer } = openHistory();
  await answer(rows(NOW - 500 * MINUTE, 500));
  history.older();
  await answer([], "rate limited (HTTP 429)");
  assert.equal(history.exhausted, false);
  assert.match(history.reason, /rate limited/);
});

test("bars that a venue couldn't tell are asked for again", async (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const { asked, history, answer, series } = openHistory();
  await answer(rows(NOW - 3 * MINUTE, 3), "no answer");
  assert.equal(history.state, "ready");
  assert.equal(asked.length, 1);
  context.mock.timers.tick(5000);
  assert.equal(asked.length, 2);
  await answer(rows(NOW - 500 * MINUTE, 500));
  assert.equal(series().bars.length, 500);
  context.mock.timers.tick(60_000);
  assert.equal(asked.length, 2);
});

test("an answer for a chart that was left is thrown away", async () => {
  const { asked, store, chart, history, series } = openHistory();
  store.closeChart(chart);
  history.close();
  assert.equal(asked[0].signal.aborted, true);
  asked[0].answer({ bars: rows(NOW - 10 * MINUTE, 10), sources: {} });
  await settled();
  assert.equal(series().bars.length, 0);
  assert.equal(history.state, "loading");
});

test("a failure says why, and can be tried again", async () => {
  const { asked, history, answer } = openHistory();
  asked[0].fail(new Error("the server does not answer"));
  await settled();
  assert.equal(history.state, "failed");
  assert.match(history.reason, /does not answer/);
  history.retry();
  await answer(rows(NOW - MINUTE, 1));
  assert.equal(history.state, "ready");
  assert.equal(history.reason, "");
});

test("no bars yet is looked at again by itself", async (context) => {
  mock.timers.enable({ apis: ["setTimeout"] });
  context.after(() => mock.timers.reset());
  const { asked, history, answer } = openHistory();
  await answer([]);
  assert.equal(history.state, "empty");
  mock.timers.tick(5000);
  assert.equal(asked.length, 2);
  await answer(rows(NOW - MINUTE, 1));
  assert.equal(history.state, "ready");
});

test("after a loss the bars between are fetched, however many", async () => {
  const { asked, store, answer, series } = openHistory();
  await answer(rows(0, 2));
  store.apply({ type: "snapshot", symbol: SYMBOL, epoch: "f", seq: 1, quote: null, trades: [], bars: { "1m": [] } });
  assert.equal(asked.at(-1).limit, 1001);
  await answer(rows(MINUTE, 900));
  assert.equal(series().bars.length, 901);
});

test("the stream's newest bar survives the history that comes after it", async () => {
  const { store, answer, series } = openHistory();
  store.apply({ type: "update", n: 1, time: 1, bars: [streamed(NOW - MINUTE, 105)] });
  await answer(rows(NOW - 3 * MINUTE, 3));
  assert.equal(series().newest.close, 105);
});
