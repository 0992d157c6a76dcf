/** What is seen of a chart, and that data never moves it: by hand-made cases and by random ones. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { Series, fromStream } from "../../static/js/bars.js";
import { Camera } from "../../static/js/chart/camera.js";
import { inSight } from "../../static/js/view.js";
import { candle, streamed } from "./helpers.js";
import { dice } from "./walk.js";

const MINUTE = 60_000;
const WIDTH = 800;

/** Return a series of minute bars from minute `from` to minute `to`. */
function minutes(from, to) {
  const series = new Series(MINUTE);
  series.history(Array.from({ length: to - from + 1 }, (_, each) => candle((from + each) * MINUTE)));
  return series;
}

/** Return a camera on the newest bars of a series. */
function cameraOn(series) {
  const camera = new Camera();
  camera.advance(series, WIDTH, false);
  return camera;
}

const push = (series, minute) => series.stream(fromStream(streamed(minute * MINUTE)));
const near = (one, two, what = "") => assert.ok(Math.abs(one - two) < 1e-6, `${what}: ${one} is not ${two}`);

test("it goes along with new bars while the newest is in sight", () => {
  const series = minutes(1000, 1400);
  const camera = cameraOn(series);
  const ahead = camera.view.end - series.last;
  for (let minute = 1401; minute < 1410; minute += 1) {
    push(series, minute);
    camera.advance(series, WIDTH, false);
    near(camera.view.end - series.last, ahead);
  }
});

test("a hand that holds it stops it, and lets it catch up", () => {
  const series = minutes(1000, 1400);
  const camera = cameraOn(series);
  const before = { ...camera.view };
  for (const minute of [1401, 1402, 1403]) {
    push(series, minute);
    camera.advance(series, WIDTH, true);
    assert.deepEqual(camera.view, before);
  }
  camera.advance(series, WIDTH, false);
  assert.deepEqual(camera.view, { start: before.start + 3, end: before.end + 3 });
});

test("while it is held, bars that were missed come in without moving what is under the hand", () => {
  const series = minutes(1000, 1400);
  const camera = cameraOn(series);
  push(series, 1410);
  camera.advance(series, WIDTH, false);
  camera.advance(series, WIDTH, true);
  const first = series.bars[inSight(camera.view, series.base, series.bars.length)[0]].time;
  const [place, before] = [series.placeOf(first), { ...camera.view }];
  series.history([1401, 1402, 1403].map((minute) => candle(minute * MINUTE)));
  camera.advance(series, WIDTH, true);
  assert.equal(series.placeOf(first), place);
  assert.deepEqual(camera.view, before);
  camera.advance(series, WIDTH, false);
  near(camera.view.end - series.last, before.end - place - (series.last - 3 - place), "it catches up by what came");
});

test("a hand takes it to a time, back to the newest, and never to where no bars are", () => {
  const series = minutes(1000, 1400);
  const camera = cameraOn(series);
  camera.goTo(1100 * MINUTE, series);
  near((camera.view.start + camera.view.end) / 2, series.placeOf(1100 * MINUTE));
  assert.equal(camera.follow, false);
  camera.price = { low: 1, high: 2 };
  const wide = camera.view.end - camera.view.start;
  camera.toLive(series);
  assert.ok(camera.follow && camera.price === null && camera.view.end > series.last);
  camera.toLive(series);
  near(camera.view.end - camera.view.start, wide, "as many bars as before");
  for (const far of [-1e6, 1e6]) {
    camera.move(far, series);
    const [from, to] = inSight(camera.view, series.base, series.bars.length);
    assert.ok(to - from > 0, `${to - from} bars are left`);
  }
});

test("charts of other intervals see the same times", () => {
  const fine = minutes(0, 2000);
  const coarse = new Series(5 * MINUTE);
  coarse.history(Array.from({ length: 401 }, (_, each) => candle(each * 5 * MINUTE)));
  const [one, other] = [cameraOn(fine), cameraOn(coarse)];
  one.goTo(800 * MINUTE, fine);
  const { from, to } = one.times(fine);
  other.show({ start: coarse.placeOf(from), end: coarse.placeOf(to) }, coarse);
  const seen = other.times(coarse);
  near(seen.from, from);
  near(seen.to, to);
});

test("a place's time and a time's place are each other's inverse, also between bars, in gaps and beyond", () => {
  for (let seed = 1; seed <= 60; seed += 1) {
    const roll = dice(seed);
    const series = new Series(MINUTE);
    let minute = 1000;
    series.history(Array.from({ length: 1 + Math.floor(roll() * 40) }, () => candle((minute += 1 + Math.floor(roll() * roll() * 9)) * MINUTE)));
    series.base = Math.floor(roll() * 2000) - 1000;
    for (let each = 0; each < 40; each += 1) {
      const place = series.base - 20 + roll() * (series.bars.length + 40);
      near(series.placeOf(series.timeOf(place)), place, `seed ${seed}, place`);
      const time = Math.round((980 + roll() * (minute - 940)) * MINUTE);
      assert.ok(Math.abs(series.timeOf(series.placeOf(time)) - time) < 1e-2, `seed ${seed}, time ${time}`);
    }
    for (const bar of series.bars) assert.equal(series.timeOf(series.placeOf(bar.time)), bar.time);
  }
});

/** Do one thing that data does: a bar, an older page, or bars that were missed. */
function happen(roll, series, known) {
  const chance = roll();
  if (chance < 0.6) push(series, known.last += 1 + (roll() < 0.2 ? Math.floor(roll() * 6) : 0));
  else if (chance < 0.8) {
    const page = Array.from({ length: 50 }, (_, each) => candle((known.first - 50 + each) * MINUTE));
    known.first -= 50;
    series.history(page);
  } else series.history(Array.from({ length: 30 }, (_, each) => candle((known.last - 30 + each) * MINUTE)));
}

test("whatever data comes, away from the newest bar the view and the first bar in it stay where they are", () => {
  for (let seed = 1; seed <= 80; seed += 1) {
    const roll = dice(seed);
    const known = { first: 1000, last: 1300 };
    const series = minutes(known.first, known.last);
    const camera = cameraOn(series);
    for (let step = 0; step < 60; step += 1) {
      if (roll() < 0.1) camera.move(-Math.floor(20 + roll() * 150), series);
      if (roll() < 0.05) camera.zoom(0.7 + roll(), camera.view.start + roll() * 50, series);
      if (roll() < 0.05) camera.toLive(series);
      const held = roll() < 0.3;
      camera.advance(series, WIDTH, held);
      const [before, follow] = [{ ...camera.view }, camera.follow];
      const first = series.bars[inSight(camera.view, series.base, series.bars.length)[0]].time;
      const [place, ahead] = [series.placeOf(first), camera.view.end - series.last];
      happen(roll, series, known);
      camera.advance(series, WIDTH, held);
      if (follow && !held) near(camera.view.end - series.last, ahead, `seed ${seed} step ${step}, goes along`);
      else {
        assert.deepEqual(camera.view, before, `seed ${seed} step ${step}`);
        assert.equal(series.placeOf(first), place, `seed ${seed} step ${step}, the first bar in sight`);
      }
    }
  }
});
