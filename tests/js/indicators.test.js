import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";

import { boundedParams, loadDefinitions } from "../../static/js/studies.js";
import { dice, walk } from "./walk.js";

const FOLDER = new URL("../../static/js/indicators/", import.meta.url);
const failed = [];
const urls = readdirSync(FOLDER).map((name) => new URL(name, FOLDER).href);
const definitions = await loadDefinitions(urls, (url, error) => failed.push(`${url}: ${error.message}`));
const drawn = [...definitions.values()].filter(({ place }) => place !== "profile");
const { profile } = definitions.get("profile");

const reference = (name) => JSON.parse(readFileSync(new URL(`./reference/${name}.json`, import.meta.url), "utf8"));
const { bars } = reference("bars");

function near(got, wanted, what, tolerance = 1e-9) {
  if (wanted === null || got === null) return assert.equal(got, wanted, what);
  const apart = Math.abs(got - wanted);
  return assert.ok(apart <= tolerance * Math.max(1e-3, Math.abs(wanted)), `${what}: ${got}, not ${wanted}`);
}

/** Return what an indicator makes of bars that close one by one. */
function pushed(definition, params, some) {
  const state = definition.create(params);
  return some.map((bar) => state.push(bar));
}

/** Return parameters within their bounds, short enough for few bars. */
function some(definition, roll) {
  const given = definition.params.map(({ key, least, step }) => [key, least + Math.floor(roll() * 14) * step]);
  return boundedParams(definition, Object.fromEntries(given));
}

const recount = (values, length, count) =>
  values.map((_, place) => (place + 1 < length ? null : count(values.slice(place + 1 - length, place + 1))));
const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
const deviation = (values) => Math.sqrt(mean(values.map((value) => (value - mean(values)) ** 2)));

test("every file of the folder is an indicator, and is all it says", () => {
  assert.deepEqual(failed, []);
  const asked = ["sma", "ema", "vwap", "bollinger", "donchian", "rsi", "macd", "atr", "obv", "profile"];
  assert.deepEqual(asked.filter((kind) => !definitions.has(kind)), []);
  for (const { kind, long, params, colours, lines } of definitions.values()) {
    assert.ok(long, kind);
    for (const { value, least, most } of params) assert.ok(least <= value && value <= most, kind);
    const keys = lines.map(({ key }) => key);
    for (const { colour, fillTo } of lines) {
      assert.ok(colours.some(({ key }) => key === colour), `${kind}: ${colour}`);
      assert.ok(fillTo === undefined || keys.includes(fillTo), `${kind}: ${fillTo}`);
    }
  }
});

for (const definition of drawn) {
  const { source, cases } = reference(definition.kind);
  test(`${definition.kind} is what ${source} makes of the same bars`, () => {
    assert.ok(cases.length > 0);
    for (const { params, values } of cases) {
      const got = pushed(definition, params, bars);
      assert.deepEqual(Object.keys(values).sort(), definition.lines.map(({ key }) => key).sort());
      for (const [key, wanted] of Object.entries(values)) {
        assert.ok(wanted.filter((value) => value !== null).length > 200, `${definition.kind} ${key}: enough to compare`);
        wanted.forEach((value, place) => near(got[place][key], value, `${key} ${JSON.stringify(params)} at ${place}`));
      }
    }
  });
}

test(`the volume profile is what ${reference("profile").source} makes of the same bars`, () => {
  for (const { rows, profile: wanted } of reference("profile").cases) {
    const got = profile(bars, rows, {});
    assert.equal(got.rows.length, rows);
    assert.equal(got.control, wanted.control);
    got.rows.forEach((row, place) => {
      near(row.low, wanted.edges[place], `low of row ${place}`);
      near(row.high, wanted.edges[place + 1], `high of row ${place}`);
      for (const side of ["up", "down"]) near(row[side], wanted[side][place], `${side} of row ${place}`);
    });
  }
});

test("whatever was peeked before, a peek is the push that follows, and a push is a count from scratch", () => {
  const roll = dice(5);
  for (const definition of drawn) {
    for (let round = 0; round < 4; round += 1) {
      const [params, history] = [some(definition, roll), walk(roll, 70)];
      const state = definition.create(params);
      history.forEach((bar, place) => {
        for (const other of walk(roll, 3, bar.close * 2)) state.peek({ ...other, time: bar.time });
        const peeked = state.peek(bar);
        assert.deepEqual(state.push(bar), peeked, `${definition.kind} at ${place}`);
        assert.deepEqual(pushed(definition, params, history.slice(0, place + 1)).at(-1), peeked, `${definition.kind} at ${place}`);
      });
    }
  }
});

test("a hole gives nothing and changes nothing", () => {
  const roll = dice(6);
  for (const definition of drawn) {
    const [params, history] = [boundedParams(definition, {}), walk(roll, 120)];
    const known = history.filter(({ source }) => source !== "hole");
    const got = pushed(definition, params, history);
    assert.deepEqual(got.filter((_, place) => history[place].source !== "hole"), pushed(definition, params, known), definition.kind);
    const void_ = definition.create(params).peek({ ...known[0], source: "hole" });
    assert.deepEqual(Object.values(void_).filter((value) => value !== null), [], definition.kind);
    assert.ok(known.length < history.length);
  }
});

test("windows of any length are what a recount makes of them", () => {
  const roll = dice(7);
  for (const length of [1, 2, 3, 7, 19, 60]) {
    const history = walk(roll, 130).filter(({ source }) => source !== "hole");
    const closes = history.map(({ close }) => close);
    const line = (kind, key, params) => pushed(definitions.get(kind), { length, ...params }, history).map((values) => values[key]);
    const both = (got, wanted) => wanted.forEach((value, place) => near(got[place], value, `length ${length} at ${place}`));
    both(line("sma", "line"), recount(closes, length, mean));
    both(line("bollinger", "upper", { width: 3 }), recount(closes, length, (part) => mean(part) + 3 * deviation(part)));
    both(line("donchian", "upper"), recount(history.map(({ high }) => high), length, (part) => Math.max(...part)));
    both(line("donchian", "lower"), recount(history.map(({ low }) => low), length, (part) => Math.min(...part)));
  }
});

test("nothing drifts: bands around 1e5 with tiny moves are right after 50,000 bars, and after a crash", () => {
  const roll = dice(8);
  const closes = Array.from({ length: 50_000 }, (_, place) => (place === 40_000 ? 3e9 : 1e5 + roll() * 1e-4));
  const got = pushed(definitions.get("bollinger"), { length: 20, width: 2 }, closes.map((close) => ({ close })));
  for (let place = 19; place < closes.length; place += place > 39_990 && place < 40_050 ? 1 : 97) {
    const part = closes.slice(place - 19, place + 1).map((close) => close - 1e5);
    const width = got[place].upper - got[place].lower;
    const wanted = 4 * deviation(part);
    assert.ok(Math.abs(width - wanted) < Math.max(1e-10, 1e-9 * wanted), `at ${place}: ${width}, not ${wanted}`);
  }
});

test("without any move RSI leans to neither side", () => {
  const rsi = definitions.get("rsi");
  const flat = Array.from({ length: 20 }, () => ({ close: 5 }));
  assert.equal(pushed(rsi, { length: 14 }, flat).at(-1).line, 50);
  assert.equal(pushed(rsi, { length: 14 }, [...flat, { close: 6 }]).at(-1).line, 100);
});

test("MACD is the same whichever of its lengths is called fast", () => {
  const macd = definitions.get("macd");
  assert.deepEqual(pushed(macd, { fast: 26, slow: 12, signal: 9 }, bars), pushed(macd, { fast: 12, slow: 26, signal: 9 }, bars));
});

test("VWAP begins again with each UTC day, a forming bar's too", () => {
  const bar = (time, price, volume) => ({ time, open: price, high: price, low: price, close: price, volume });
  const state = definitions.get("vwap").create({});
  const DAY = 86_400_000;
  assert.equal(state.push(bar(DAY - 2, 10, 1)).line, 10);
  assert.equal(state.push(bar(DAY - 1, 20, 3)).line, 17.5);
  assert.equal(state.peek(bar(DAY, 100, 0)).line, null);
  assert.equal(state.peek(bar(DAY, 100, 2)).line, 100);
  assert.equal(state.peek(bar(DAY - 1, 17.5, 4)).line, 17.5);
});

test("a volume profile holds all that was traded, in rows that touch", () => {
  const roll = dice(9);
  for (const rows of [4, 31, 200]) {
    const history = walk(roll, 150);
    const { rows: got, low, high, control } = profile(history, rows);
    const traded = history.filter(({ source }) => source !== "hole").reduce((sum, { volume }) => sum + (volume ?? 0), 0);
    near(got.reduce((sum, { up, down }) => sum + up + down, 0), traded, "sum");
    assert.equal(got[0].low, low);
    assert.equal(got.at(-1).high, high);
    for (let place = 1; place < rows; place += 1) assert.equal(got[place].low, got[place - 1].high);
    assert.equal(got[control].up + got[control].down, Math.max(...got.map(({ up, down }) => up + down)));
  }
});

test("a volume profile of one price has one row; of nothing, none", () => {
  const bar = { time: 0, open: 5, high: 5, low: 5, close: 5, volume: 2 };
  assert.deepEqual(profile([bar, bar], 20), { low: 5, high: 5, rows: [{ low: 5, high: 5, up: 4, down: 0 }], control: 0 });
  const none = { low: null, high: null, rows: [], control: -1 };
  assert.deepEqual(profile([], 20), none);
  assert.deepEqual(profile([{ ...bar, source: "hole" }], 20), none);
  assert.equal(profile([{ ...bar, high: 6, volume: 0 }], 4).control, -1);
});
