/** The vertical scales of a chart's panes, and symbols that are laid over it. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { Series, fromStream } from "../../static/js/bars.js";
import { percentBaseOf } from "../../static/js/chart/canvas.js";
import { Camera } from "../../static/js/chart/camera.js";
import { Fit, scalesOf, steady } from "../../static/js/chart/fit.js";
import { PRICE, VOLUME, boxOf } from "../../static/js/chart/layout.js";
import { Model } from "../../static/js/chart/model.js";
import { Store } from "../../static/js/store.js";
import { newChart } from "../../static/js/deskdoc.js";
import { comparisonOf, modelOf, seriesOf, studyOf } from "./chart.helpers.js";
import { candle, streamed } from "./helpers.js";
import { dice, walk } from "./walk.js";

const near = (one, two) => assert.ok(Math.abs(one - two) <= 1e-9 * Math.max(1, Math.abs(two)), `${one} is not ${two}`);

/** Return a camera that sees [start, end]. */
const seeing = (start, end, price = null) => Object.assign(new Camera(), { view: { start, end }, price });
const boxed = (studies = []) => boxOf(800, 600, true, studies);

test("whatever is in sight fits its pane, straight, by logarithm and upside down", () => {
  for (let seed = 1; seed <= 60; seed += 1) {
    const roll = dice(seed);
    const series = seriesOf(walk(roll, 200), Math.floor(roll() * 100));
    const model = modelOf(series, { scale: ["linear", "log", "percent"][seed % 3], inverted: seed % 2 === 0 });
    const start = series.base + roll() * 100;
    const box = boxed();
    const scales = scalesOf(model, seeing(start, start + 60), box, 0.15);
    const scale = scales.get(PRICE);
    assert.equal(scale.log, seed % 3 === 1);
    const { top, bottom } = box.panes.get(PRICE);
    const head = top + (bottom - top) * 0.14;
    for (const bar of series.bars.slice(Math.ceil(start - series.base), Math.floor(start - series.base + 60))) {
      const [one, other] = [scale.y(bar.high), scale.y(bar.low)].sort((a, b) => a - b);
      assert.ok(one >= head - 1e-6 && other <= bottom + 1e-6, `seed ${seed}: ${one} to ${other}`);
      assert.equal(scale.y(bar.high) < scale.y(bar.low), !model.state.inverted && bar.high > bar.low);
      assert.ok(bar.volume === null || bar.volume <= scales.get(VOLUME).high);
    }
  }
});

test("prices at or below zero have no logarithm, and are shown all the same", () => {
  const series = seriesOf([candle(0, -5, { low: -6 }), candle(1, 20)]);
  const scale = scalesOf(modelOf(series, { scale: "log" }), seeing(-1, 3), boxed(), 0).get(PRICE);
  assert.equal(scale.log, false);
  assert.ok(scale.has(-6));
});

test("a range set by hand is the range; without bars in sight there is none", () => {
  const series = seriesOf([candle(0), candle(1)]);
  const scale = scalesOf(modelOf(series), seeing(0, 2, { low: 7, high: 9 }), boxed(), 0.2).get(PRICE);
  assert.deepEqual([scale.low, scale.high], [7, 9]);
  assert.equal(scalesOf(modelOf(series), seeing(500, 600), boxed(), 0), null);
});

test("a study's pane holds its values and levels; one with a range of its own keeps that", () => {
  const series = seriesOf([candle(0), candle(1), candle(2)]);
  const free = studyOf({ line: [null, -4, 12] }, { pane: "study 0", definition: { levels: [20] } });
  const fixed = studyOf({ line: [10, 20, 30] }, { pane: "study 1", definition: { range: [0, 100] } });
  const scales = scalesOf(modelOf(series, {}, { studies: [free, fixed] }), seeing(0, 3), boxed(["study 0", "study 1"]), 0);
  for (const value of [-4, 12, 20]) assert.ok(scales.get("study 0").has(value));
  assert.deepEqual([scales.get("study 1").low, scales.get("study 1").high], [0, 100]);
  const nothing = studyOf({ line: [null, null, null] }, { pane: "study 0" });
  assert.ok(scalesOf(modelOf(series, {}, { studies: [nothing] }), seeing(0, 3), boxed(["study 0"]), 0).get("study 0").size > 0);
});

test("a comparison begins where the chart does, and the scale has room for it", () => {
  const series = seriesOf([candle(0, 100), candle(60, 110), candle(120, 120)]);
  const part = comparisonOf([candle(0, 10), candle(60, 5), candle(120, 20)]);
  part.follow(series);
  near(part.factor(series.bars, 0, 3), 10);
  near(part.factor(series.bars, 1, 3), 22);
  near(part.percent(0, 2), 100);
  near(part.percent(1, 2), 300);
  const model = modelOf(series, {}, { comparisons: [part] });
  const scale = scalesOf(model, seeing(-0.5, 2.5), boxed(), 0).get(PRICE);
  assert.ok(scale.has(50) && scale.has(200), "halved and doubled");
  near(percentBaseOf(model, { start: 0, end: 3 }), 100);
  assert.equal(percentBaseOf(modelOf(series), { start: 0, end: 3 }), null);
  near(percentBaseOf(modelOf(series, { scale: "percent" }), { start: 1, end: 3 }), 110);
});

test("where it has no bar it has its last close; before its first one it has none", () => {
  const series = seriesOf([0, 60, 120, 180].map((time) => candle(time, 100 + time)));
  const part = comparisonOf([candle(60, 7), candle(180, 9)]);
  part.follow(series);
  assert.deepEqual(part.closes, [null, 7, 7, 9]);
  near(part.factor(series.bars, 0, 4), 160 / 7);
  near(part.percent(0, 3), (9 / 7 - 1) * 100);
  assert.equal(part.percent(0, 0), null);
  assert.equal(comparisonOf([]).factor(series.bars, 0, 4), null);
});

test("closes kept up to date are those laid out from scratch, whatever comes on either side", () => {
  for (let seed = 1; seed <= 80; seed += 1) {
    const roll = dice(seed);
    const [mine, part] = [seriesOf([candle(1000), candle(1001)]), comparisonOf([candle(1000, 50)])];
    const known = new Map([[mine, 1001], [part.chart.series, 1000]]);
    for (let step = 0; step < 60; step += 1) {
      const series = roll() < 0.5 ? mine : part.chart.series;
      const last = known.get(series) + (roll() < 0.4 ? 1 : 0);
      if (roll() < 0.8) series.stream(fromStream(streamed(last, 50 + roll() * 9)));
      else series.history([candle(990 + Math.floor(roll() * 10), 50), candle(last, 51)]);
      known.set(series, last);
      part.follow(mine);
      const wanted = mine.bars.map(({ time }) => part.chart.series.bars.filter((bar) => bar.time <= time).at(-1)?.close ?? null);
      assert.deepEqual(part.closes, wanted, `seed ${seed} step ${step}`);
    }
  }
});

test("symbols laid over a chart keep their colours, and no two have the same", () => {
  const parts = { store: new Store(), clock: { time: () => 0 }, fetchBars: () => new Promise(() => {}), definitions: new Map(), onState() {} };
  const model = new Model(parts);
  const show = (...compare) => {
    model.open({ ...newChart("SIM:A"), compare });
    return Object.fromEntries(model.comparisons.map(({ symbol, colour }) => [symbol, colour]));
  };
  const both = show("SIM:B", "SIM:C");
  const after = show("SIM:C", "SIM:D", "SIM:E");
  assert.equal(after["SIM:C"], both["SIM:C"]);
  assert.equal(new Set(Object.values(after)).size, 3);
  assert.equal(parts.store.charts.size, 4, "what was taken off is kept no longer");
  assert.deepEqual(show("SIM:A"), {}, "no chart is laid over itself");
});

test("a scale holds still while prices fit it, grows with room, and shrinks when it is much too wide", () => {
  const before = { low: 100, high: 200 };
  assert.deepEqual(steady(before, { low: 105, high: 195 }), before);
  assert.deepEqual(steady(before, { low: 101, high: 210 }), { low: 100, high: 210 + 109 * 0.06 });
  assert.deepEqual(steady(before, { low: 100, high: 150 }), { low: 100, high: 150 });
  assert.ok(steady({ low: 1, high: 2 }, { low: 0.5, high: 2 }).low > 0);
});

test("prices that go on rising move the scale now and then; a view that is moved is fitted exactly", () => {
  const series = new Series();
  for (let time = 0; time < 60; time += 1) series.stream(candle(time, 100));
  series.stream(candle(60, 110));
  const fit = new Fit();
  const model = modelOf(series);
  const highs = new Set();
  for (let price = 110; price < 120; price += 0.1) {
    series.stream({ ...candle(60, price), low: 99 });
    const scale = fit.scales(model, seeing(0, 62), boxed(), 0.1).get(PRICE);
    assert.ok(scale.high >= price);
    highs.add(scale.high);
  }
  assert.ok(highs.size < 15, `${highs.size} scales for 100 prices`);
  assert.equal(fit.scales(model, seeing(1, 62), boxed(), 0.1).get(PRICE).high, scalesOf(model, seeing(1, 62), boxed(), 0.1).get(PRICE).high);
});

test("a study that lies over the bars moves no scale; a pane of its own is fitted anew", () => {
  const series = seriesOf(walk(dice(3), 100));
  const [fit, camera, model] = [new Fit(), seeing(20, 80), modelOf(series)];
  const rangeOf = () => fit.scales(model, camera, boxed(), 0.12).get(PRICE).range;
  model.revision = 1;
  fit.scales(model, camera, boxed(), 0.12);
  series.bars[50] = { ...series.bars[50], high: series.bars[50].high * 1.004 };
  const before = rangeOf();
  model.revision = 2;
  assert.deepEqual(rangeOf(), before);
  model.state.compare = ["SIM:ETH-USD"];
  rangeOf();
  camera.view = { start: 21, end: 80 };
  assert.notDeepEqual(rangeOf(), before);
});
