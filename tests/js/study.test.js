import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { test } from "node:test";

import { Series } from "../../static/js/bars.js";
import { Study } from "../../static/js/study.js";
import { beside, boundedParams, cleaned, defaults, label, loadDefinitions, matching } from "../../static/js/studies.js";
import { dice, step, walk } from "./walk.js";

const FOLDER = new URL("../../static/js/indicators/", import.meta.url);
const definitions = await loadDefinitions(readdirSync(FOLDER).sort().map((name) => new URL(name, FOLDER).href));
const drawn = [...definitions.values()].filter(({ place }) => place !== "profile");
const HOUR = 3_600_000;

/** An indicator that counts how often it is asked; its value is the sum of closes. */
function counting() {
  const counts = { made: 0, push: 0, peek: 0 };
  const create = () => {
    let sum = 0;
    counts.made += 1;
    return {
      push: ({ close }) => { counts.push += 1; sum += close; return { line: sum }; },
      peek: ({ close }) => { counts.peek += 1; return { line: sum + close }; },
    };
  };
  return { counts, definition: { kind: "sum", title: "Sum", place: "pane", params: [], colours: [], lines: [{ key: "line" }], create } };
}

function seriesOf(many) {
  const series = new Series();
  series.history(walk(dice(many), many).map((bar) => ({ ...bar, streamed: false })));
  return series;
}

/** Something that may happen to the bars of a chart. */
const OPERATIONS = {
  price: (series, roll) => series.newest && series.stream(step(roll, series.newest.time, series.newest.close)),
  next: (series, roll) => series.stream(step(roll, (series.newest?.time ?? 0) + HOUR, series.newest?.close ?? 900)),
  late: (series, roll) => {
    const bar = series.bars[Math.floor(roll() * series.bars.length)];
    if (bar) series.stream(step(roll, bar.time, bar.close));
  },
  older: (series, roll) => {
    const first = series.bars[0]?.time ?? 500 * HOUR;
    series.history(walk(roll, 15).map((bar) => ({ ...bar, time: bar.time + first - 12 * HOUR })));
  },
  between: (series, roll) => series.newest && series.history([step(roll, series.newest.time - 1, series.newest.close)]),
  again: (series, roll) => { series.loosen(); series.history(series.bars.slice(-8).map((bar) => step(roll, bar.time, bar.close))); },
  trim: (series, roll) => {
    const surplus = Math.floor(roll() * 5);
    series.base += series.bars.splice(0, surplus).length;
    series.revision += 1;
  },
};

test("after anything that may happen to the bars, values are those of a study made now", () => {
  const roll = dice(11);
  const names = Object.keys(OPERATIONS);
  for (let round = 0; round < 12; round += 1) {
    const series = new Series();
    const studies = drawn.map((definition) => new Study(definition, { length: 5, fast: 3, slow: 6, signal: 2 }));
    const done = [];
    for (let turn = 0; turn < 60; turn += 1) {
      const name = roll() < 0.6 ? names[turn % 2] : names[Math.floor(roll() * names.length)];
      done.push(name);
      OPERATIONS[name](series, roll);
      if (roll() < 0.7) for (const study of studies) agree(study, series, done);
    }
    for (const study of studies) agree(study, series, done);
  }
});

function agree(study, series, done) {
  const fresh = new Study(study.definition, study.params);
  study.update(series);
  fresh.update(series);
  for (const { key } of study.definition.lines) {
    assert.equal(study.values(key).length, series.bars.length, `${study.definition.kind} after ${done}`);
    assert.deepEqual(study.values(key), fresh.values(key), `${study.definition.kind} ${key} after ${done}`);
    assert.equal(study.head(key), fresh.values(key).at(-1) ?? null);
  }
}

test("values are those of all bars pushed but the newest, which is peeked", () => {
  for (const definition of drawn) {
    const series = seriesOf(90);
    const study = new Study(definition, {});
    study.update(series);
    const state = definition.create(study.params);
    const wanted = series.bars.map((bar, place) => (place === 89 ? state.peek(bar) : state.push(bar)));
    for (const { key } of definition.lines) assert.deepEqual(study.values(key), wanted.map((values) => values[key]), definition.kind);
  }
});

test("a price costs one peek, a new bar one push, however many bars there are", () => {
  for (const many of [10, 4000]) {
    const { counts, definition } = counting();
    const [series, study] = [seriesOf(many), new Study(definition, {})];
    study.update(series);
    assert.deepEqual(counts, { made: 1, push: many - 1, peek: 1 });
    const held = study.values("line");
    for (let price = 0; price < 100; price += 1) {
      series.stream({ ...series.newest, close: price });
      study.update(series);
    }
    assert.deepEqual(counts, { made: 1, push: many - 1, peek: 101 });
    series.stream({ ...series.newest, time: series.newest.time + HOUR });
    study.update(series);
    assert.deepEqual(counts, { made: 1, push: many, peek: 102 });
    assert.equal(study.values("line"), held, "no list was copied");
  }
});

test("a price reads no bar but the newest", () => {
  const { definition } = counting();
  const [series, study] = [seriesOf(50), new Study(definition, {})];
  study.update(series);
  let read = 0;
  const bars = new Proxy(series.bars, { get: (list, key) => { read += /^\d+$/.test(String(key)); return list[key]; } });
  series.bars = bars;
  study.update(series);
  assert.equal(read, 1);
});

test("an old bar that is told again as it was is not counted again; one that differs is", () => {
  const { counts, definition } = counting();
  const [series, study] = [seriesOf(30), new Study(definition, {})];
  study.update(series);
  series.stream({ ...series.bars[20] });
  study.update(series);
  assert.equal(counts.made, 1);
  series.stream({ ...series.bars[20], close: 1 });
  study.update(series);
  assert.equal(counts.made, 2);
  assert.equal(counts.push, 29 * 2);
});

test("the revision rises with all but a price", () => {
  const [series, study] = [seriesOf(30), new Study(definitions.get("ema"), {})];
  const after = (change) => { change(); const before = study.revision; study.update(series); return study.revision - before; };
  assert.equal(after(() => {}), 1);
  assert.equal(after(() => {}), 0);
  assert.equal(after(() => series.stream({ ...series.newest, close: 1 })), 0);
  assert.equal(after(() => series.stream({ ...series.newest, time: series.newest.time + HOUR })), 1);
  assert.equal(after(() => series.stream({ ...series.bars[3], close: 1 })), 1);
});

test("another series with the same revision is counted anew; an empty one has no values", () => {
  const study = new Study(definitions.get("obv"), {});
  const [one, other] = [seriesOf(20), seriesOf(25)];
  assert.equal(one.revision, other.revision);
  study.update(one);
  study.update(other);
  assert.equal(study.values("line").length, 25);
  for (const last of [other, seriesOf(1)]) {
    study.update(last);
    study.update(new Series());
    assert.deepEqual(study.values("line"), []);
    assert.equal(study.head("line"), null);
  }
});

test("a hole that turns out to be a bar with the same figures counts from then on", () => {
  const [series, study] = [seriesOf(30), new Study(definitions.get("sma"), { length: 3 })];
  series.stream({ ...series.bars[20], source: "hole" });
  study.update(series);
  assert.equal(study.values("line")[20], null);
  series.stream({ ...series.bars[20], source: "live" });
  study.update(series);
  assert.notEqual(study.values("line")[20], null);
});

// ------------------------------------------------------------------ studies as a chart keeps them
const ema = definitions.get("ema");

test("parameters are bounded, on their step, and their own where they are no number", () => {
  const lengthOf = (length) => boundedParams(ema, { length }).length;
  assert.deepEqual([0, -5, 501, 1e9, Infinity, -Infinity].map(lengthOf), [1, 1, 500, 500, 500, 1]);
  assert.deepEqual([20.4, 20.6, NaN, "30", null, undefined, {}].map(lengthOf), [20, 21, 20, 20, 20, 20, 20]);
  const width = (given) => boundedParams(definitions.get("bollinger"), { width: given }).width;
  assert.deepEqual([2.26, 0.3, 0, 11].map(width), [2.3, 0.3, 0.1, 10]);
  assert.deepEqual(new Study(ema, { length: 9999 }).params, { length: 500 });
});

test("what was kept becomes a valid copy, or nothing", () => {
  const begun = { kind: "ema", params: { length: 20 }, colours: { line: "#e6b450" } };
  assert.deepEqual(defaults(ema), begun);
  for (const study of [{ kind: "ema" }, { kind: "ema", params: 3, colours: [] }, { kind: "ema", params: null, colours: null, more: 1 }]) {
    assert.deepEqual(cleaned(study, definitions), begun);
  }
  for (const colour of ["red", "#fff", "#12345g", "url(x)", 7, "#123456;", null]) {
    assert.deepEqual(cleaned({ ...begun, colours: { line: colour } }, definitions), begun);
  }
  const kept = { kind: "ema", params: { length: 9, other: 1 }, colours: { line: "#ABCDEF", other: "#000000" } };
  assert.deepEqual(cleaned(kept, definitions), { kind: "ema", params: { length: 9 }, colours: { line: "#abcdef" } });
  for (const study of [null, undefined, 3, "ema", {}, { kind: "none" }, { kind: "__proto__" }]) assert.equal(cleaned(study, definitions), null);
});

test("a study is called by its title and parameters", () => {
  const named = (kind, params) => label(cleaned({ kind, params }, definitions), definitions.get(kind));
  assert.equal(named("ema", { length: 9 }), "EMA 9");
  assert.equal(named("macd", {}), "MACD 12 26 9");
  assert.equal(named("bollinger", { width: 2.5 }), "Bollinger 20 2.5");
  assert.equal(named("vwap", {}), "VWAP");
  assert.equal(named("profile", { rows: 60 }), "Volume profile");
});

test("one added beside others has a colour of its own, while there are any", () => {
  const studies = [{ kind: "ghost" }];
  for (let many = 0; many < 12; many += 1) studies.push(beside(studies, ema));
  const colours = studies.slice(1).map((study) => study.colours.line);
  assert.equal(colours[0], "#e6b450");
  assert.equal(new Set(colours.slice(0, 8)).size, 8);
  assert.equal(colours[11], "#e6b450");
  for (const study of studies.slice(1)) assert.deepEqual(cleaned(study, definitions), study);
});

test("the search finds every word anywhere in the names, the beginning first", () => {
  const found = (text) => matching(definitions, text).map(({ kind }) => kind);
  assert.deepEqual(found(" "), ["atr", "bollinger", "donchian", "ema", "macd", "obv", "rsi", "sma", "profile", "vwap"]);
  assert.deepEqual(found("average  EXP"), ["ema"]);
  assert.deepEqual(found("vol")[0], "profile");
  assert.ok(found("vol").includes("obv") && found("vol").includes("vwap"));
  assert.deepEqual(found("nothing like it"), []);
});

test("a file that fails breaks no other, and is told", async () => {
  const code = (text) => `data:text/javascript,${encodeURIComponent(text)}`;
  const good = new URL("ema.js", FOLDER).href;
  const bad = [code("export default"), code("throw new Error('no')"), code("export const x = 1;"), "file:///nowhere/none.js",
    code("export default { kind: 'x', title: 'X', place: 'over', params: [], colours: [], lines: [] };"),
    code("export default { kind: 'ema', title: 'E', place: 'over', params: [], colours: [], lines: [], create() {} };")];
  const told = [];
  const loaded = await loadDefinitions([...bad.slice(0, 5), good, bad[5]], (url, error) => told.push([url, error instanceof Error]));
  assert.deepEqual([...loaded.keys()], ["ema"]);
  assert.equal(loaded.get("ema").title, "EMA", "the first of a kind stays");
  assert.deepEqual(told, bad.map((url) => [url, true]));
  assert.equal((await loadDefinitions(bad)).size, 1);
});
