import assert from "node:assert/strict";
import { test } from "node:test";

import * as views from "../../static/js/view.js";
import { candle } from "./helpers.js";

const near = (value, wanted) => assert.ok(Math.abs(value - wanted) < 1e-9, `${value} is not ${wanted}`);

test("a fresh view shows the newest bars and goes along", () => {
  const view = views.newest(99, 100);
  near(view.end - view.start, 100);
  assert.ok(views.follows(view, 99));
  assert.ok(!views.follows(views.moved(view, -10), 99));
});

test("zooming keeps the place under the cursor", () => {
  const view = { start: 0, end: 100 };
  for (const factor of [0.5, 0.01, 2, 1000]) {
    const zoomed = views.zoomed(view, factor, 25);
    near((25 - zoomed.start) / (zoomed.end - zoomed.start), 0.25);
    const span = zoomed.end - zoomed.start;
    assert.ok(span >= views.FEWEST && span <= views.MOST);
  }
});

test("bars stay in sight", () => {
  const right = views.clamped({ start: 500, end: 600 }, 0, 99);
  near(right.end, 139);
  const left = views.clamped({ start: -500, end: -400 }, 0, 99);
  near(left.start, -40);
  near(left.end - left.start, 100);
  assert.deepEqual(views.clamped({ start: 10, end: 50 }, 0, 99), { start: 10, end: 50 });
});

test("what is in sight is found whatever the first bar's place", () => {
  assert.deepEqual(views.inSight({ start: -10, end: 5 }, -100, 200), [90, 106]);
  assert.deepEqual(views.inSight({ start: 500, end: 600 }, 0, 10), [10, 10]);
  assert.deepEqual(views.inSight({ start: -50, end: -20 }, 0, 10), [0, 0]);
});

test("what is drawn reaches a view to either side and at least so far", () => {
  assert.deepEqual(views.drawn({ start: 1000, end: 1100 }, 0, 5000, 300), [900, 1201]);
  assert.deepEqual(views.drawn({ start: 1900, end: 2000 }, 0, 2000, 500), [1500, 2000]);
  assert.deepEqual(views.drawn({ start: 0, end: 100 }, 0, 50, 500), [0, 50]);
});

test("the price axis fits what is seen, with room for the legend", () => {
  const bars = [candle(0, 110), candle(1, 90), candle(2, 500)];
  const fit = views.fitted(bars, 0, 2, 0.2);
  assert.ok(fit.low < 90 && fit.high > 110 && fit.high < 120);
  near((fit.high - 110) / (fit.high - fit.low), 0.2);
  assert.equal(views.fitted(bars, 1, 1), null);
});

test("a price that never moved still has an axis", () => {
  const fit = views.fitted([candle(0, 100)], 0, 1);
  assert.ok(fit.high > 100 && fit.low < 100);
});
