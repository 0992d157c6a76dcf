import assert from "node:assert/strict";
import { test } from "node:test";

import { timeTicks } from "../../static/js/ticks.js";
import { candle } from "./helpers.js";

const MINUTE = 60_000;
const DAY = 86_400_000;
const START = Date.UTC(2026, 10, 19, 20, 0);
const every = (length, count, start = START) => Array.from({ length: count }, (_, place) => candle(start + place * length));

test("labels are on round times", () => {
  const { values, texts } = timeTicks(every(MINUTE, 61), 1000, 0, 61, MINUTE, 13);
  assert.deepEqual(texts, ["20:15", "20:30", "20:45", "21:00"]);
  assert.deepEqual(values, [1015, 1030, 1045, 1060]);
});

test("midnight is a date", () => {
  assert.deepEqual(timeTicks(every(30 * MINUTE, 17), 0, 0, 17, 30 * MINUTE, 4).texts, ["22:00", "20 Nov", "02:00", "04:00"]);
});

test("seconds are shown where they count", () => {
  assert.deepEqual(timeTicks(every(1000, 31), 0, 0, 31, 1000, 14).texts, ["20:00:15", "20:00:30"]);
});

test("days and months go by the calendar", () => {
  const texts = timeTicks(every(DAY, 100, Date.UTC(2026, 10, 1)), 0, 0, 100, DAY, 25).texts;
  assert.deepEqual(texts, ["Dec", "2027", "Feb"]);
});

test("a closed market leaves no crowd of labels, and the new day wins", () => {
  const bars = [...every(MINUTE, 35, START), ...every(MINUTE, 35, START + DAY + 4 * MINUTE)];
  const { values, texts } = timeTicks(bars, 0, 0, bars.length, MINUTE, 12);
  assert.deepEqual(texts, ["20:15", "20 Nov", "20:15", "20:30"]);
  for (let place = 1; place < values.length; place += 1) assert.ok(values[place] - values[place - 1] >= 8);
});

test("no bars, no labels", () => {
  assert.deepEqual(timeTicks([], 0, 0, 0, MINUTE, 10), { values: [], texts: [] });
});
