import assert from "node:assert/strict";
import { test } from "node:test";

import * as format from "../../static/js/format.js";

const { THIN } = format;

test("a tick size says how many decimals", () => {
  const known = [[0.01, 2], [0.1, 1], [1, 0], [5, 0], [0.25, 2], [0.5, 1], [0.00001, 5], [1e-8, 8], [0.005, 3]];
  for (const [tick, decimals] of known) assert.equal(format.tickDecimals(tick), decimals, `tick ${tick}`);
});

test("without a tick size the price says it", () => {
  assert.equal(format.decimalsFor([null], 84737.59), 2);
  assert.equal(format.decimalsFor([undefined], 1.0871), 4);
  assert.equal(format.decimalsFor([0], -0.0000123), 8);
  assert.equal(format.decimalsFor([0.01, 0.001], 5), 3);
  assert.deepEqual([0, 0.0375, -0.93, 12, 5000].map((price) => format.decimalsFor([], price)), [2, 6, 6, 4, 2]);
});

test("without a tick size the decimals don't jump about where a price crosses a power of ten", () => {
  assert.equal(format.decimalsFor([null], 10.01, 4), 4);
  assert.equal(format.decimalsFor([null], 9.99, 2), 4);
  assert.equal(format.decimalsFor([null], 123, 6), 2);
});

test("a price below zero has a sign, one that rounds to zero has none", () => {
  assert.equal(format.formatPrice(-1234.5, 2), `-1${THIN}234.50`);
  assert.equal(format.formatPrice(-123456, 0), `-123${THIN}456`);
  assert.equal(format.formatPrice(-0.001, 2), "0.00");
  assert.equal(format.formatDifference(-0.001, 2), "+0.00");
});

test("prices have thin spaces, fixed decimals and no float noise", () => {
  assert.equal(format.formatPrice(84737.5, 2), `84${THIN}737.50`);
  assert.equal(format.formatPrice(0.1 + 0.2, 2), "0.30");
  assert.equal(format.formatPrice(1234567.891, 1), `1${THIN}234${THIN}567.9`);
  assert.equal(format.formatPrice(0.00001234, 8), "0.00001234");
  assert.equal(format.formatPrice(999, 0), "999");
});

test("what is not known is a dash, never NaN", () => {
  for (const make of [format.formatPrice, format.formatVolume, format.formatPercent, format.formatAge, format.formatLatency]) {
    assert.equal(make(NaN, 2), "–");
  }
  assert.equal(format.changePercent(1, null), null);
  for (const open of [0, -5]) assert.equal(format.changePercent(1, open), null, `open ${open}`);
});

test("a change has its sign", () => {
  assert.equal(format.formatPercent(format.changePercent(101, 100)), "+1.00%");
  assert.equal(format.formatPercent(-0.314), "-0.31%");
  assert.equal(format.formatPercent(-0.001), "0.00%");
  assert.equal(format.formatDifference(-1234.5, 2), `-1${THIN}234.50`);
});

test("ages are in one unit and never negative", () => {
  const known = [[-50, "0.0 s"], [240, "0.2 s"], [9949, "9.9 s"], [9960, "9 s"], [41_000, "41 s"], [900_000, "15 m"],
    [4 * 3_600_000, "4 h"], [47 * 3_600_000, "47 h"], [72 * 3_600_000, "3 d"]];
  for (const [age, text] of known) assert.equal(format.formatAge(age), text);
});

test("a countdown ends at zero", () => {
  assert.equal(format.formatCountdown(134_000), "02:14");
  assert.equal(format.formatCountdown(3_734_000), "1:02:14");
  assert.equal(format.formatCountdown(-5), "00:00");
});

test("volumes stay short", () => {
  const known = [[0, "0.00"], [0.0421, "0.0421"], [41.82, "41.82"], [1836.97, `1${THIN}837`], [12_400_000, `12.4${THIN}M`],
    [389_590_000, `390${THIN}M`], [3.2e9, `3.20${THIN}B`]];
  for (const [volume, text] of known) assert.equal(format.formatVolume(volume), text);
});

test("times are in UTC", () => {
  const time = Date.UTC(2026, 10, 20, 14, 2, 11);
  assert.equal(format.formatClock(time), "14:02:11");
  assert.equal(format.formatBarTime(time, 60_000), "20 Nov 14:02");
  assert.equal(format.formatBarTime(time, 1000), "20 Nov 14:02:11");
  assert.equal(format.formatBarTime(time, 86_400_000), "20 Nov 2026");
  assert.equal(format.formatMonth(Date.UTC(2026, 0, 1)), "2026");
});
