import assert from "node:assert/strict";
import { test } from "node:test";

import { sessionStarts, timeTicks } from "../../static/js/ticks.js";
import { candle } from "./helpers.js";

const MINUTE = 60_000;
const DAY = 86_400_000;
const START = Date.UTC(2026, 10, 19, 20, 0);
const texts = (found) => found.map((tick) => tick.text);
const every = (length, count, start = START) => Array.from({ length: count }, (_, place) => candle(start + place * length));

test("labels are on round times", () => {
  const found = timeTicks(every(MINUTE, 61), 1000, 0, 61, MINUTE, 13);
  assert.deepEqual(texts(found), ["20:15", "20:30", "20:45", "21:00"]);
  assert.deepEqual(found.map((tick) => tick.place), [1015, 1030, 1045, 1060]);
});

test("midnight is a date", () => {
  const found = timeTicks(every(30 * MINUTE, 17), 0, 0, 17, 30 * MINUTE, 4);
  assert.deepEqual(found.map((tick) => tick.day), [false, true, false, false]);
  assert.deepEqual(texts(found), ["22:00", "20 Nov", "02:00", "04:00"]);
});

test("seconds are shown where they count", () => {
  assert.deepEqual(texts(timeTicks(every(1000, 31), 0, 0, 31, 1000, 14)), ["20:00:15", "20:00:30"]);
});

test("days and months go by the calendar", () => {
  const found = timeTicks(every(DAY, 100, Date.UTC(2026, 10, 1)), 0, 0, 100, DAY, 25);
  assert.deepEqual(texts(found), ["Dec", "2027", "Feb"]);
});

test("a closed market leaves no crowd of labels, and the new day wins", () => {
  const bars = [...every(MINUTE, 35, START), ...every(MINUTE, 35, START + DAY + 4 * MINUTE)];
  const found = timeTicks(bars, 0, 0, bars.length, MINUTE, 12);
  const values = found.map((tick) => tick.place);
  assert.deepEqual(texts(found), ["20:15", "20 Nov", "20:15", "20:30"]);
  for (let place = 1; place < values.length; place += 1) assert.ok(values[place] - values[place - 1] >= 8);
});

test("no bars, no labels", () => {
  assert.deepEqual(timeTicks([], 0, 0, 0, MINUTE, 10), []);
});

test("labels go by the clock that is shown", () => {
  const found = timeTicks(every(30 * MINUTE, 17), 0, 0, 17, 30 * MINUTE, 4, (time) => time + 60 * MINUTE);
  assert.deepEqual(texts(found), ["22:00", "20 Nov", "02:00", "04:00"]);
  assert.equal(found[1].place, 6);
});

test("a session begins after a pause that no quiet spell makes", () => {
  const bars = [...every(MINUTE, 5), ...every(MINUTE, 5, START + DAY), ...every(MINUTE, 5, START + DAY + 30 * MINUTE)];
  assert.deepEqual(sessionStarts(bars, 100, 0, bars.length, MINUTE), [105]);
  assert.deepEqual(sessionStarts(every(DAY, 5), 0, 0, 5, DAY), []);
});
