import assert from "node:assert/strict";
import { test } from "node:test";

import { LIMIT, Series, fromAnswer, fromStream, lowerBound } from "../../static/js/bars.js";
import { candle, streamed } from "./helpers.js";

const times = (series) => series.bars.map(({ time }) => time);
const placeOf = (series, time) => series.base + series.bars.findIndex((bar) => bar.time === time);

test("the stream's bar wins over history, whichever came first", () => {
  for (const order of ["stream first", "history first"]) {
    const series = new Series();
    const steps = [() => series.stream(fromStream(streamed(60, 105))), () => series.history([candle(0), candle(60, 99)])];
    for (const step of order === "stream first" ? steps : steps.reverse()) step();
    assert.deepEqual(times(series), [0, 60], order);
    assert.equal(series.newest.close, 105, order);
  }
});

test("after a loss history may replace what the stream had said", () => {
  const series = new Series();
  series.stream(fromStream(streamed(0, 101)));
  series.loosen();
  series.stream(fromStream(streamed(60, 102)));
  series.history([candle(0, 107), candle(60, 108)]);
  assert.deepEqual(series.bars.map(({ close }) => close), [107, 102]);
});

test("bars before and after leave every place as it was", () => {
  const series = new Series();
  series.history([candle(120), candle(180)]);
  const place = placeOf(series, 180);
  series.history([candle(0), candle(60), candle(120)]);
  series.stream(fromStream(streamed(240)));
  assert.equal(placeOf(series, 180), place);
  assert.deepEqual(times(series), [0, 60, 120, 180, 240]);
  assert.equal(series.last, place + 1);
});

test("a bar put in between does not move the anchor", () => {
  const series = new Series();
  series.history([candle(0), candle(120), candle(180)]);
  const [early, late] = [placeOf(series, 0), placeOf(series, 180)];
  series.stream(fromStream(streamed(60)));
  assert.equal(placeOf(series, 180), late);
  assert.equal(placeOf(series, 0), early - 1);
  series.anchor = 60;
  const anchored = placeOf(series, 60);
  series.history([candle(90)]);
  assert.equal(placeOf(series, 60), anchored);
  assert.equal(placeOf(series, 180), late + 1);
});

test("only the newest bar changes without a new revision", () => {
  const series = new Series();
  series.history([candle(0), candle(60)]);
  const before = series.revision;
  series.stream(fromStream(streamed(60, 101)));
  assert.equal(series.revision, before);
  series.stream(fromStream(streamed(0, 99)));
  assert.equal(series.revision, before + 1);
  series.stream(fromStream(streamed(120)));
  assert.equal(series.revision, before + 2);
});

test("history says how many bars are new", () => {
  const series = new Series();
  assert.equal(series.history([candle(0), candle(60)]), 2);
  assert.equal(series.history([candle(0), candle(60)]), 0);
});

test("memory is bounded, and the places hold", () => {
  const series = new Series();
  for (let time = 0; time < 3 * LIMIT; time += 1) series.stream(fromStream(streamed(time)));
  assert.ok(series.bars.length <= LIMIT + 250);
  assert.equal(series.last, 3 * LIMIT - 1);
  assert.equal(series.at(series.last).time, 3 * LIMIT - 1);
  assert.equal(series.at(0), undefined);
});

test("a row of history is closed when its time is over", () => {
  const row = [0, 1, 2, 0.5, 1.5, 3];
  assert.deepEqual([60_000, 59_999].map((now) => fromAnswer({ bars: [row], sources: {} }, 60_000, now)[0].closed), [true, false]);
});

test("a row of history says when it is not whole", () => {
  const rows = [0, 60, 120].map((time) => [time, 2, 2, 1, 1, 3]);
  const bars = fromAnswer({ bars: rows, sources: { mixed: [60], hole: [120] } }, 60, 1000);
  assert.deepEqual(bars.map(({ source }) => source), ["backfill", "mixed", "hole"]);
});

test("the first bar at or after a time is found", () => {
  const bars = [0, 60, 120].map((time) => candle(time));
  assert.deepEqual([-1, 0, 1, 60, 121].map((time) => lowerBound(bars, time)), [0, 0, 1, 1, 3]);
});

test("while somebody looks at what was, the bars that are looked at stay", () => {
  const series = new Series(1000);
  for (let time = 0; time < LIMIT; time += 1) series.stream(candle(time));
  series.anchor = 10;
  const before = series.base;
  for (let time = LIMIT; time < LIMIT + 2000; time += 1) series.stream(candle(time));
  assert.deepEqual([series.base, series.at(before + 10).time], [before, 10]);
  series.anchor = null;
  series.stream(candle(LIMIT + 2000));
  assert.equal(series.bars.length, LIMIT);
});
