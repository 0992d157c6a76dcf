/** What is drawn of a chart and where: panes, looks, lines, Heikin-Ashi, and that nothing is drawn twice or not at all. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { Series, fromStream } from "../../static/js/bars.js";
import { Heikin } from "../../static/js/chart/heikin.js";
import { PRICE, VOLUME, boxOf, paneAt } from "../../static/js/chart/layout.js";
import { extremesOf, sceneOf, tailOf } from "../../static/js/chart/scene.js";
import { lookOf, priceSpecs, studySpecs } from "../../static/js/chart/specs.js";
import { Scale } from "../../static/js/scale.js";
import { inSight } from "../../static/js/view.js";
import { COLOURS, modelOf, seriesOf, studyOf } from "./chart.helpers.js";
import { candle, streamed } from "./helpers.js";
import { dice, walk } from "./walk.js";

test("panes lie one below the other and never overlap, however many and however small", () => {
  for (const height of [40, 200, 480, 1200]) {
    for (let studies = 0; studies <= 8; studies += 1) {
      for (const volume of [true, false]) {
        const box = boxOf(700, height, volume, Array.from({ length: studies }, (_, each) => `study ${each}`));
        const panes = [...box.panes.values()];
        assert.equal(panes.length, 1 + studies + Number(volume));
        assert.ok(panes[0].bottom - panes[0].top >= box.plotHeight * 0.42 - 1e-9, "the price keeps its part");
        panes.slice(1).forEach(({ top }, each) => assert.ok(top > panes[each].bottom, "one below the other"));
        assert.ok(Math.abs(panes[panes.length - 1].bottom - box.plotHeight) < 1e-9, "nothing is left over");
      }
    }
  }
});

test("a pane has a top above its bottom, also in the smallest of six charts with eight indicators", () => {
  const box = boxOf(300, 160, true, Array.from({ length: 8 }, (_, each) => `study ${each}`));
  for (const { top, bottom } of box.panes.values()) assert.ok(bottom > top, `${top} to ${bottom}`);
});

test("a pixel belongs to the pane it lies in, and to none between two", () => {
  const box = boxOf(700, 500, true, ["study 0"]);
  for (const [id, { top, bottom }] of box.panes) assert.equal(paneAt(box, (top + bottom) / 2), id);
  assert.equal(paneAt(box, box.panes.get(PRICE).bottom + 2), null);
  assert.equal(paneAt(box, box.plotHeight + 5), null);
});

test("a bar looks as much as is known of it", () => {
  const looks = [["live", true], ["live", false], ["backfill", true], ["mixed", true], ["mixed", false], ["hole", true]];
  assert.deepEqual(looks.map(([source, closed]) => lookOf({ source, closed })), ["whole", "whole", "past", "part", "whole", "hole"]);
});

test("each bar is in one trace, that of its look", () => {
  const roll = dice(7);
  const bars = Array.from({ length: 300 }, (_, each) => candle(each, 100 + roll(), { source: ["live", "backfill", "mixed", "hole"][Math.floor(roll() * 4)] }));
  for (const type of ["candles", "bars", "heikin"]) {
    const specs = priceSpecs(type, PRICE, bars, 1000, 20, 280, "#fff", 0);
    assert.deepEqual(specs.map(({ look }) => look), ["whole", "past", "part", "hole"]);
    const places = specs.flatMap(({ look, x, close }) => x.map((place, each) => {
      assert.equal(lookOf(bars[place - 1000]), look);
      assert.equal(close[each], bars[place - 1000].close);
      return place;
    }));
    assert.deepEqual(places.sort((a, b) => a - b), Array.from({ length: 260 }, (_, each) => 1020 + each));
  }
});

test("a hole interrupts a line, and the area under it", () => {
  const bars = [candle(0, 1), candle(1, 2, { source: "hole" }), candle(2, 3)];
  const [line] = priceSpecs("line", PRICE, bars, 5, 0, 3, "#fff", -9);
  assert.deepEqual([line.x, line.y], [[5, 6, 7], [1, null, 3]]);
  const [area, over] = priceSpecs("area", PRICE, bars, 5, 0, 3, "#fff", -9);
  assert.deepEqual([area.kind, area.y, over.y], ["area", [1, -9, 3], [1, null, 3]]);
});

test("a line that is filled to another comes right after it, columns lie under lines", () => {
  const lines = [{ key: "upper", style: "line", colour: "line", fillTo: "lower" }, { key: "mid", style: "line", colour: "line" },
    { key: "lower", style: "line", colour: "line" }, { key: "bars", style: "histogram", colour: "line", signed: true }];
  const study = studyOf({ upper: [3, 3], mid: [2, 2], lower: [1, 1], bars: [-1, 1] }, { definition: { lines } });
  const specs = studySpecs(study, PRICE, 0, 0, 2, COLOURS);
  assert.deepEqual(specs.map(({ kind, y, fillTo }) => [kind, y[0], fillTo]), [["columns", -1, false], ["line", 2, false], ["line", 1, false], ["line", 3, true]]);
  assert.deepEqual(specs[0].colours, [COLOURS.down, COLOURS.up]);
});

/** Do one thing that a stream or its history does to a series. */
function happen(roll, series, known) {
  const bar = (time, more) => candle(time, 90 + roll() * 20, { open: 100 + roll(), high: 125, low: 85, ...more });
  const chance = roll();
  if (chance < 0.35) series.stream(fromStream(streamed(known.last, 90 + roll() * 20)));
  else if (chance < 0.6) series.stream(fromStream(streamed(known.last += 1, 90 + roll() * 20)));
  else if (chance < 0.7) series.history([bar(known.first -= 1), bar(known.first - 1), bar(known.first -= 2)]);
  else if (chance < 0.8) series.loosen();
  else if (chance < 0.9) series.history([bar(known.last - 3), bar(known.last - 1), bar(known.last), bar(known.last += 1)]);
  else series.stream(fromStream(streamed(known.last - Math.floor(roll() * 6), 95)));
}

const prices = (bars) => bars.map(({ time, open, high, low, close, source }) => [time, open, high, low, close, source]);

test("Heikin-Ashi bars kept up to date are those made from scratch, whatever happened to the bars", () => {
  for (let seed = 1; seed <= 100; seed += 1) {
    const roll = dice(seed);
    const [series, kept, known] = [new Series(1), new Heikin(), { first: 1000, last: 1010 }];
    series.history(Array.from({ length: 11 }, (_, each) => candle(1000 + each, 100 + each)));
    for (let step = 0; step < 60; step += 1) {
      happen(roll, series, known);
      if (roll() < 0.7) assert.deepEqual(prices(kept.follow(series)), prices(new Heikin().follow(series)), `seed ${seed} step ${step}`);
    }
  }
});

test("Heikin-Ashi bars are right when memory is trimmed", () => {
  const [series, kept] = [new Series(1), new Heikin()];
  for (let time = 0; time < 5400; time += 1) {
    series.stream(fromStream(streamed(time, 100 + (time % 7))));
    if (time % 9 === 0 || time > 5240) kept.follow(series);
  }
  assert.deepEqual(kept.follow(series), new Heikin().follow(series));
});

test("a Heikin-Ashi bar is the mean of its own, from the middle of the one before", () => {
  const bars = [{ ...candle(0), open: 10, high: 14, low: 8, close: 12 }, { ...candle(1), open: 12, high: 15, low: 11, close: 14 }];
  const [one, two] = new Heikin().follow(seriesOf(bars));
  assert.deepEqual([one.open, one.close, two.open, two.close], [11, 11, 11, 13]);
  assert.deepEqual([two.high, two.low], [15, 11]);
});

test("the plot and what is drawn over it have each bar once, and lines meet", () => {
  for (let seed = 1; seed <= 60; seed += 1) {
    const roll = dice(seed);
    const series = seriesOf(walk(roll, 5 + Math.floor(roll() * 900)), Math.floor(roll() * 5000) - 2500);
    const type = ["candles", "bars", "line", "area", "heikin"][seed % 5];
    const studies = [studyOf({ line: series.bars.map(({ close }) => close) })];
    const model = modelOf(series, { type }, { studies });
    const end = series.base + roll() * series.bars.length;
    const view = { start: end - 8 - roll() * 200, end };
    const scales = new Map([[PRICE, new Scale(900, 1100, 0, 300)], [VOLUME, new Scale(0, 100, 300, 400)]]);
    const scene = sceneOf({ model, view, box: boxOf(900, 500, true, []), scales, colours: COLOURS });
    const solid = scene.specs.filter(({ pane, kind }) => pane === PRICE && kind !== "line" && kind !== "area");
    const main = solid.length ? solid : scene.specs.slice(type === "area" ? 1 : 0).slice(0, 1);
    const places = main.flatMap(({ x }) => x).sort((a, b) => a - b);
    assert.equal(new Set(places).size, places.length, "no bar twice");
    const [from, to] = inSight(view, series.base, series.bars.length - 1);
    for (let each = from; each < to; each += 1) assert.ok(places.includes(series.base + each), `seed ${seed}: bar ${each} is in sight`);
    const { tail, first, lines } = tailOf(model, scene.last, COLOURS, view);
    assert.deepEqual([first, tail.length, tail.at(-1)], [scene.last + 1, 1, series.newest], "the forming bar is drawn over it");
    for (const { points } of lines) assert.deepEqual(points.map(([at]) => at), series.bars.length > 1 ? [scene.last, scene.last + 1] : [first]);
    const later = { ...model, series, bars: series.bars };
    for (const more of [1, 2, 3]) series.stream(fromStream(streamed(series.newest.time + more * 3_600_000)));
    assert.deepEqual(tailOf(later, scene.last, COLOURS, view).tail.map(({ time }) => time), series.bars.slice(-4).map(({ time }) => time));
  }
});

test("the highest and the lowest price are those in sight", () => {
  const series = seriesOf([candle(0, 900), candle(1, 120), candle(2, 80), candle(3, 110)], 50);
  const found = extremesOf(modelOf(series), { start: 50.6, end: 53 });
  assert.deepEqual(found, [{ at: 51, price: 120, high: true }, { at: 52, price: 80, high: false }]);
  assert.deepEqual(extremesOf(modelOf(series), { start: 60, end: 70 }), []);
});
