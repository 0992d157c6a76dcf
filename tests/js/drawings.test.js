/** Drawings as arithmetic: what is kept, where it lies, what a pointer finds, how it moves, what is measured. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { Series } from "../../static/js/bars.js";
import { frameOf as chartFrame } from "../../static/js/drawings/frame.js";
import { clipped, distance, handles, hit, outline, RATIOS, spot } from "../../static/js/drawings/outline.js";
import * as shapes from "../../static/js/drawings/shapes.js";
import { THIN } from "../../static/js/format.js";
import { Scale } from "../../static/js/scale.js";
import { candle } from "./helpers.js";

const MINUTE = 60_000;
const START = Date.UTC(2026, 10, 19, 20, 0);

const near = (value, wanted, within = 1e-9) => assert.ok(Math.abs(value - wanted) <= within, `${value} is not ${wanted}`);

/** Numbers from 0 to 1 that are the same in every run. */
function dice(seed) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** 100 bars of a minute from place 40 on, with half an hour missing in the middle. */
function someSeries() {
  const series = new Series();
  series.history(Array.from({ length: 100 }, (_, each) => candle(START + (each < 50 ? each : each + 30) * MINUTE, 100 + each / 10)));
  series.base = 40;
  return series;
}

/** A pane of 800 by 400 that begins at pixel 20 and shows 100 places and prices 50 to 200. */
function frameOf({ log = false, inverted = false, series = someSeries() } = {}) {
  const scale = new Scale(50, 200, 20, 420, log, inverted);
  return chartFrame({ view: { start: 40, end: 140 }, scale, width: 800, series, decimals: 2 });
}

const at = (frame, x, y) => ({ time: frame.timeOf(frame.placeAt(x)), price: frame.priceAt(y) });
const shape = (frame, kind, ...spots) => ({ id: "1", kind, points: spots.map(([x, y]) => at(frame, x, y)), text: "Hello" });
const FRAMES = [frameOf(), frameOf({ log: true }), frameOf({ log: true, inverted: true })];

// ---------------------------------------------------------------------- the frame
test("pixels and what they stand for undo each other, in gaps and beyond both ends", () => {
  const roll = dice(1);
  for (const frame of FRAMES) {
    for (let each = 0; each < 300; each += 1) {
      const [x, y] = [2400 * roll() - 800, 400 * roll() + 20];
      near(frame.x(frame.placeOf(frame.timeOf(frame.placeAt(x)))), x, 1e-6);
      near(frame.y(frame.priceAt(y)), y, 1e-6);
    }
  }
});

test("a frame has another epoch when anything of it is other, and only then", () => {
  const series = someSeries();
  const chart = { view: { start: 40, end: 140 }, scale: new Scale(50, 200, 20, 420), width: 800, series, decimals: 2 };
  const { epoch } = chartFrame(chart);
  const others = [
    { view: { start: 41, end: 140 } }, { view: { start: 40, end: 141 } }, { scale: new Scale(51, 200, 20, 420) },
    { scale: new Scale(50, 201, 20, 420) }, { scale: new Scale(50, 200, 21, 420) }, { scale: new Scale(50, 200, 20, 421) },
    { scale: new Scale(50, 200, 20, 420, true) }, { scale: new Scale(50, 200, 20, 420, false, true) }, { width: 801 }, { decimals: 3 },
  ];
  const epochs = others.map((other) => chartFrame({ ...chart, ...other }).epoch);
  assert.equal(new Set([epoch, ...epochs]).size, others.length + 1);
  series.stream({ ...series.newest, close: 1 });
  assert.equal(chartFrame(chart).epoch, epoch);
  series.stream(candle(series.newest.time + MINUTE));
  assert.notEqual(chartFrame(chart).epoch, epoch);
});

test("older bars move no drawing off its bar", () => {
  const series = someSeries();
  const before = frameOf({ series }).placeOf(START + 3 * MINUTE);
  series.history(Array.from({ length: 20 }, (_, each) => candle(START - (20 - each) * MINUTE)));
  assert.equal(frameOf({ series }).placeOf(START + 3 * MINUTE), before);
});

test("a price snaps to the nearest of the bar's four, and to none of a hole", () => {
  const series = new Series();
  series.history([candle(START, 120, { open: 100, high: 150, low: 80 }), candle(START + MINUTE, 100, { source: "hole" })]);
  series.base = 40;
  const frame = frameOf({ series });
  assert.deepEqual([145, 122, 95, 60].map((price) => frame.snap(1, frame.y(price))), [150, 120, 100, 80]);
  assert.equal(frame.snap(8, 100), null);
  assert.equal(frame.snap(400, 100), null);
  assert.equal(shapes.pointAt(frame, { x: 1, y: frame.y(145) }, true).price, 150);
  near(shapes.pointAt(frame, { x: 400, y: frame.y(145) }, true).price, 145);
});

// ---------------------------------------------------------------------- what is kept
test("only what belongs to a drawing is kept of what comes from outside", () => {
  const [point, other] = [{ time: START, price: 1.5 }, { time: START + 1.4, price: 2, more: 1 }];
  const [kept] = shapes.cleaned([{ id: "7", kind: "trend", points: [point, other, point], colour: "up", onclick: "x", text: "no" }]);
  assert.deepEqual(kept, { id: "7", kind: "trend", points: [point, { time: START + 1, price: 2 }], colour: "up" });
  const bad = [
    null, 7, "level", {}, { kind: "toString", points: [point] }, { kind: "level" }, { kind: "level", points: [] },
    { kind: "level", points: "1" }, { kind: "trend", points: [point] }, { kind: "level", points: [null] },
    { kind: "level", points: [{ time: START, price: "1" }] }, { kind: "level", points: [{ time: NaN, price: 1 }] },
    { kind: "level", points: [{ time: START, price: Infinity }] }, { kind: "level", points: [{ time: 9e15, price: 1 }] },
    { kind: "note", points: [point] }, { kind: "note", points: [point], text: " \n " }, { kind: "note", points: [point], text: 7 },
  ];
  assert.deepEqual(shapes.cleaned(bad), []);
  for (const nothing of [undefined, null, {}, "text", 7]) assert.deepEqual(shapes.cleaned(nothing), []);
  assert.equal("colour" in shapes.cleaned([{ kind: "level", points: [point], colour: "red;x" }])[0], false);
});

test("every drawing has an id of its own, and there are not too many nor too long ones", () => {
  const level = { kind: "level", points: [{ time: START, price: 1 }] };
  const ids = shapes.cleaned([{ ...level, id: "3" }, { ...level, id: "3" }, level, { ...level, id: 5 }]).map(({ id }) => id);
  assert.equal(new Set(ids).size, 4);
  assert.equal(ids[0], "3");
  const many = shapes.cleaned(Array.from({ length: 300 }, (_, each) => ({ ...level, id: `n${each}` })));
  assert.deepEqual([many.length, many[0].id], [shapes.MOST, "n100"]);
  const [note] = shapes.cleaned([{ ...level, kind: "note", text: "😀".repeat(300) }]);
  assert.equal(note.text, "😀".repeat(200));
  assert.equal(shapes.cleanText("  <b>a</b>\n\tb "), "<b>a</b> b");
});

test("what was cleaned is clean", () => {
  const roll = dice(5);
  const odd = () => [undefined, null, 3, "x", NaN, START, { time: START, price: roll() }, []][Math.floor(roll() * 8)];
  const list = Array.from({ length: 400 }, () => ({
    id: odd(), kind: [...Object.keys(shapes.KINDS), "other"][Math.floor(roll() * 7)], text: odd(), colour: odd(),
    points: roll() < 0.5 ? [{ time: START, price: roll() }, { time: START, price: roll() }] : [odd(), odd()],
  }));
  const once = shapes.cleaned(list);
  assert.ok(once.length > 20);
  assert.deepEqual(shapes.cleaned(once), once);
  assert.deepEqual(shapes.cleaned(JSON.parse(JSON.stringify(once))), once);
});

// ---------------------------------------------------------------------- where it lies
test("a line is cut at the pane, a ray goes on to its edge", () => {
  const frame = frameOf();
  assert.deepEqual(clipped({ x: 100, y: 100 }, { x: 200, y: 100 }, 1, frame), [100, 100, 200, 100]);
  assert.deepEqual(clipped({ x: -100, y: 100 }, { x: 900, y: 100 }, 1, frame), [0, 100, 800, 100]);
  assert.deepEqual(clipped({ x: 100, y: 120 }, { x: 200, y: 220 }, Infinity, frame), [100, 120, 400, 420]);
  assert.deepEqual(clipped({ x: 200, y: 100 }, { x: 100, y: 100 }, Infinity, frame), [200, 100, 0, 100]);
  assert.equal(clipped({ x: 100, y: 5 }, { x: 200, y: 10 }, 1, frame), null);
  assert.equal(clipped({ x: 900, y: 100 }, { x: 1000, y: 100 }, Infinity, frame), null);
  assert.equal(clipped({ x: 100, y: 100 }, { x: 100, y: 100 }, Infinity, frame), null);
});

test("what is clipped lies in the pane and on the line", () => {
  const [frame, roll] = [frameOf(), dice(9)];
  const anywhere = () => ({ x: 4000 * roll() - 1600, y: 3000 * roll() - 1300 });
  let seen = 0;
  for (let each = 0; each < 1000; each += 1) {
    const [a, b] = [anywhere(), anywhere()];
    const part = clipped(a, b, 1, frame);
    if (!part) continue;
    seen += 1;
    for (const [x, y] of [part.slice(0, 2), part.slice(2)]) {
      assert.ok(x > -1e-6 && x < 800 + 1e-6 && y > 20 - 1e-6 && y < 420 + 1e-6);
      near(distance([a.x, a.y, b.x, b.y], x, y), 0, 1e-6);
    }
  }
  assert.ok(seen > 100);
});

test("Fibonacci's rows are at their shares of the way back, also on a log scale", () => {
  for (const frame of FRAMES) {
    const fib = { id: "1", kind: "fib", points: [{ time: START, price: 100 }, { time: START + 20 * MINUTE, price: 150 }] };
    const seen = outline(fib, frame);
    assert.equal(seen.lines.length, RATIOS.length);
    RATIOS.forEach((ratio, each) => near(frame.priceAt(seen.lines[each][1]), 150 - 50 * ratio, 1e-6));
    assert.equal(seen.texts[4].text, "61.8%  119.10");
  }
});

test("a level says its price on the axis; out of sight there is nothing", () => {
  const frame = frameOf();
  const level = (price) => outline({ id: "1", kind: "level", points: [{ time: 0, price }] }, frame);
  assert.equal(level(123.456).tag.text, "123.46");
  assert.equal(level(250), null);
  assert.equal(outline({ id: "1", kind: "level", points: [{ time: 0, price: -5 }] }, frameOf({ log: true })), null);
});

test("far out of sight the screen's numbers stay small", () => {
  const frame = frameOf();
  const box = { id: "1", kind: "box", points: [{ time: START - 1e12, price: 60 }, { time: START + 1e12, price: 1e12 }] };
  for (const number of outline(box, frame).lines.flat()) assert.ok(Math.abs(number) < 1000);
});

// ---------------------------------------------------------------------- what a pointer finds
test("lines are felt six pixels to either side, by a finger fourteen", () => {
  for (const frame of FRAMES) {
    const trend = shape(frame, "trend", [100, 100], [300, 200]);
    assert.deepEqual(hit(trend, frame, 101, 102), { point: 0 });
    assert.deepEqual(hit(trend, frame, 299, 199), { point: 1 });
    assert.deepEqual(hit(trend, frame, 96, 97), { point: 0 });
    assert.deepEqual(hit(trend, frame, 200, 155), { body: true });
    assert.equal(hit(trend, frame, 200, 160), null);
    assert.deepEqual(hit(trend, frame, 200, 160, 14), { body: true });
    assert.equal(hit(trend, frame, 400, 250), null);
    assert.deepEqual(hit(shape(frame, "ray", [100, 100], [300, 200]), frame, 400, 250), { body: true });
  }
});

test("a level is felt anywhere at its price, and only in the price pane", () => {
  const frame = frameOf();
  const level = shape(frame, "level", [10, 418]);
  assert.deepEqual(hit(level, frame, 790, 414), { body: true });
  assert.deepEqual(hit(level, frame, 400, 416), { point: 0 });
  assert.equal(hit(level, frame, 790, 422), null);
  assert.equal(hit(level, frame, 803, 418), null);
});

test("inside a rectangle the chart can be dragged, unless it is chosen; its corners are handles", () => {
  for (const frame of FRAMES) {
    const box = shape(frame, "box", [100, 100], [300, 200]);
    assert.equal(hit(box, frame, 200, 150), null);
    assert.deepEqual(hit(box, frame, 200, 150, 6, true), { body: true });
    assert.deepEqual(hit(box, frame, 200, 103), { body: true });
    const corners = [[100, 100], [300, 200], [100, 200], [300, 100]];
    assert.deepEqual(corners.map((corner) => hit(box, frame, ...corner).point), [0, 1, 2, 3]);
    corners.forEach(([x, y], each) => {
      near(handles(box, frame)[each].x, x, 1e-6);
      near(handles(box, frame)[each].y, y, 1e-6);
    });
  }
});

test("a note is felt where its text is", () => {
  const frame = frameOf();
  const note = shape(frame, "note", [100, 100]);
  assert.deepEqual(hit(note, frame, 120, 90), { body: true });
  assert.equal(hit(note, frame, 180, 90), null);
  assert.equal(hit(note, frame, 120, 70), null);
});

// ---------------------------------------------------------------------- moving
test("there and back again is where it was", () => {
  const roll = dice(3);
  for (const frame of FRAMES) {
    for (let each = 0; each < 300; each += 1) {
      const kind = ["level", "trend", "ray", "box", "fib", "note"][each % 6];
      const before = shape(frame, kind, ...Array.from({ length: shapes.KINDS[kind] }, () => [800 * roll(), 20 + 400 * roll()]));
      const [dx, dy] = [600 * roll() - 300, 300 * roll() - 150];
      const after = shapes.moved(shapes.moved(before, frame, dx, dy), frame, -dx, -dy);
      before.points.forEach((point, place) => {
        near(after.points[place].price / point.price, 1);
        near(after.points[place].time, point.time, 0.01);
      });
    }
  }
});

test("every point moves by the same pixels, on a log scale too", () => {
  for (const frame of FRAMES) {
    const before = shape(frame, "trend", [100, 100], [300, 200]);
    const spots = shapes.moved(before, frame, 80, -30).points.map((point) => spot(point, frame));
    near(spots[0].x, 180, 1e-6);
    near(spots[0].y, 70, 1e-6);
    near(spots[1].x, 380, 1e-6);
    near(spots[1].y, 170, 1e-6);
  }
});

test("what doesn't move stays exactly as it was", () => {
  const frame = frameOf({ log: true });
  const odd = { id: "1", kind: "trend", points: [{ time: START + 17_123, price: 99.123456 }, { time: START + 1e6 + 1, price: 101.98765 }] };
  const across = shapes.moved(odd, frame, 40, 0);
  assert.deepEqual(across.points.map(({ price }) => price), [99.123456, 101.98765]);
  assert.deepEqual(shapes.settled(across, odd, frame).points.map(({ price }) => price), [99.123456, 101.98765]);
  const up = shapes.settled(shapes.moved(odd, frame, 0, 40), odd, frame);
  assert.deepEqual(up.points.map(({ time }) => time), odd.points.map(({ time }) => time));
  for (const { price } of up.points) assert.equal(price, Number(price.toFixed(2)));
  const level = { id: "1", kind: "level", points: [{ time: 5, price: 100 }] };
  assert.equal(shapes.moved(level, frame, 40, 10).points[0].time, 5);
});

test("a corner of a rectangle takes along what belongs to it", () => {
  const [a, b, to] = [{ time: 1, price: 10 }, { time: 2, price: 20 }, { time: 7, price: 70 }];
  const box = { id: "1", kind: "box", points: [a, b] };
  assert.deepEqual(shapes.reshaped(box, 0, to).points, [to, b]);
  assert.deepEqual(shapes.reshaped(box, 1, to).points, [a, to]);
  assert.deepEqual(shapes.reshaped(box, 2, to).points, [{ time: 7, price: 10 }, { time: 2, price: 70 }]);
  assert.deepEqual(shapes.reshaped(box, 3, to).points, [{ time: 1, price: 70 }, { time: 7, price: 20 }]);
});

// ---------------------------------------------------------------------- measuring
test("a stretch is measured in price, percent, bars that are there, and time", () => {
  const frame = frameOf();
  const [a, b] = [{ time: START + 45 * MINUTE, price: 100 }, { time: START + 85 * MINUTE, price: 103 }];
  assert.deepEqual(shapes.measure(a, b, frame), { change: 3, percent: 3, bars: 10, milliseconds: 40 * MINUTE });
  assert.equal(shapes.measure(b, a, frame).bars, -10);
  assert.equal(shapes.measure({ ...a, price: 0 }, b, frame).percent, null);
});

test("a measure reads as people say it", () => {
  const measured = { change: 135.49, percent: 0.1602, bars: 27, milliseconds: 135 * MINUTE };
  assert.equal(shapes.measureText(measured, 2), "+135.49  +0.16%  27 bars  2 h 15 m");
  assert.equal(shapes.measureText({ change: -1234.5, percent: null, bars: -1, milliseconds: -MINUTE }, 1), `-1${THIN}234.5  -1 bar  -1 m`);
  const spans = [[0, "0 s"], [45_000, "45 s"], [3_600_000, "1 h"], [90_061_000, "1 d 1 h"], [86_400_000 * 400, "400 d"], [61_000, "1 m 1 s"]];
  for (const [milliseconds, text] of spans) assert.equal(shapes.formatSpan(milliseconds), text);
});
