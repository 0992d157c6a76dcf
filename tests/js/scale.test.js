import assert from "node:assert/strict";
import { test } from "node:test";

import { Scale, percentValues, roundStep, roundValues, stepDecimals } from "../../static/js/scale.js";
import { shiftOf, unshifted, zoneText } from "../../static/js/zones.js";

const near = (one, two) => assert.ok(Math.abs(one - two) <= 1e-9 * Math.max(1, Math.abs(two)), `${one} is not ${two}`);

test("pixels and values are each other's inverse, straight and by logarithm", () => {
  for (const log of [false, true]) {
    const scale = new Scale(50, 500, 10, 410, log);
    near(scale.y(50), 410);
    near(scale.y(500), 10);
    for (const value of [51, 100, 333.3]) near(scale.value(scale.y(value)), value);
  }
  near(new Scale(10, 1000, 0, 100, true).y(100), 50);
});

test("stretching keeps the middle, shifting keeps the span", () => {
  assert.deepEqual(new Scale(100, 200, 0, 100).stretched(2), { low: 50, high: 250 });
  assert.deepEqual(new Scale(100, 200, 0, 100).shifted(10), { low: 110, high: 210 });
  const log = new Scale(10, 1000, 0, 100, true).stretched(0.5);
  near(log.low * log.high, 10 * 1000);
  near(log.high / log.low, 10);
});

test("labels are round and far enough apart", () => {
  const { values, step } = roundValues(new Scale(83_012, 85_021, 0, 500), 70);
  assert.equal(step, 500);
  assert.deepEqual(values, [83_500, 84_000, 84_500, 85_000]);
  const log = roundValues(new Scale(1, 10_000, 0, 400, true), 80).values;
  for (let each = 1; each < log.length; each += 1) assert.ok(log[each] > log[each - 1]);
  assert.ok(log.length >= 3 && log.every((value) => [1, 2, 2.5, 5, 10].some((head) => Math.abs(Math.log10(value / head) % 1) < 1e-9)));
});

test("a step asks for the decimals that it needs", () => {
  assert.deepEqual([1, 0.5, 0.25, 0.0001, 500].map((step) => stepDecimals(step)), [0, 1, 2, 4, 0]);
  assert.deepEqual([1.2, 0.03, 700].map(roundStep), [2, 0.05, 1000]);
});

test("percent labels lie round percentages from the base", () => {
  const { values, percents } = percentValues(new Scale(95, 112, 0, 400), 100, 80);
  assert.deepEqual(percents, [-5, 0, 5, 10]);
  values.forEach((value, each) => near(value, 100 + percents[each]));
});

test("a zone's clock, with its summer time", () => {
  const [winter, summer] = [Date.UTC(2026, 0, 15, 15), Date.UTC(2026, 6, 15, 15)];
  const newYork = shiftOf("exchange", "America/New_York");
  assert.deepEqual([newYork(winter) - winter, newYork(summer) - summer], [-5 * 3_600_000, -4 * 3_600_000]);
  assert.equal(shiftOf("utc")(winter), winter);
  assert.equal(zoneText("exchange", "America/New_York", winter), "New York");
  assert.equal(zoneText("utc", "", winter), "UTC");
});

test("what a place's clock shows is found again, also beside the hours at which it is set", () => {
  const newYork = shiftOf("exchange", "America/New_York");
  for (const day of ["2026-03-08", "2026-07-01", "2026-11-01"]) {
    for (const hour of ["00", "04", "09", "23"]) {
      const shown = Date.parse(`${day}T${hour}:30:00Z`);
      assert.equal(newYork(unshifted(newYork, shown)), shown);
    }
  }
  const twice = Date.parse("2026-11-01T01:30:00Z");
  assert.equal(newYork(unshifted(newYork, twice)), twice);
  const never = Date.parse("2026-03-08T02:30:00Z");
  assert.ok(Math.abs(newYork(unshifted(newYork, never)) - never) <= 3_600_000);
});
