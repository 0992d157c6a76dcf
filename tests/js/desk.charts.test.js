/** What is done to the charts of a desk: linked ones go together, limits hold, and nothing is lost when it is kept. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { Charts } from "../../static/js/desk/charts.js";
import { Links } from "../../static/js/desk/links.js";
import { cleanDocument, firstDocument } from "../../static/js/deskdoc.js";
import { dice } from "./walk.js";

const EMA = { kind: "ema", title: "EMA", params: [{ key: "length", value: 20, least: 1, most: 500, step: 1 }], colours: [{ key: "line", value: "#ffffff" }], lines: [] };

/** A grid whose panels only remember what they show. */
class FakeGrid {
  made = [];

  show(desk) {
    this.desk = desk;
    while (this.made.length < desk.grid) this.made.push(new FakePanel());
    this.made.forEach((panel, place) => { panel.state = place < desk.grid ? desk.charts[place] : null; });
  }

  get panels() {
    return this.made.slice(0, this.desk.grid);
  }

  get active() {
    return this.made[this.desk.active];
  }
}

class FakePanel {
  seen = [];
  model = { series: {} };
  camera = { times: () => ({ from: 1, to: 2 }) };
  lens = { share: (time) => this.seen.push(time), seeTimes: (times) => this.seen.push(times) };

  open(state) {
    this.state = state;
  }
}

/** Return charts over a new document, with counts of what was told. */
function desk(listed = []) {
  const told = { saves: 0, opened: [], changes: 0 };
  const state = { document: firstDocument([]), save: () => { told.saves += 1; } };
  const grid = new FakeGrid();
  const links = new Links(() => grid.panels);
  const charts = new Charts({ state, grid, links, definitions: new Map([["ema", EMA]]), listed: () => listed,
    onOpened: (symbol) => told.opened.push(symbol), onChanged: () => { told.changes += 1; }, onDesk: () => grid.show(charts.desk) });
  grid.show(charts.desk);
  const use = (place) => { charts.desk.active = place; return charts; };
  return { charts, grid, links, told, state, use, shown: () => grid.panels.map((panel) => panel.state.symbol) };
}

test("an address opens its symbol in all charts of the colour", () => {
  const { charts, state } = desk();
  charts.count(3);
  [0, 2].forEach((place) => Object.assign(state.document.desks[0].charts[place], { symbol: "A:A", link: "blue" }));
  charts.ask({ symbol: "A:B", interval: "5m" });
  const shown = state.document.desks[0].charts;
  assert.deepEqual(shown.map(({ symbol }) => symbol), ["A:B", null, "A:B"]);
  assert.deepEqual(shown.map(({ interval }) => interval), ["5m", "1m", "1m"]);
});

test("charts of one colour show one symbol, the others stay", () => {
  const { charts, use, shown, told } = desk(["SIM:B", "SIM:C", "SIM:D"]);
  charts.open("SIM:A");
  charts.count(4);
  assert.deepEqual(shown(), ["SIM:A", "SIM:B", "SIM:C", "SIM:D"]);
  use(0).link("blue");
  use(2).link("blue");
  assert.deepEqual(shown(), ["SIM:A", "SIM:B", "SIM:A", "SIM:D"], "it takes the symbol of its colour");
  charts.open("SIM:X");
  assert.deepEqual(shown(), ["SIM:X", "SIM:B", "SIM:X", "SIM:D"]);
  use(1).open("SIM:Y");
  assert.deepEqual(shown(), ["SIM:X", "SIM:Y", "SIM:X", "SIM:D"]);
  use(2).link(null);
  charts.open("SIM:Z");
  assert.deepEqual(shown(), ["SIM:X", "SIM:Y", "SIM:Z", "SIM:D"]);
  assert.equal(told.opened.at(-1), "SIM:Z");
});

test("interval, range and crosshair are shared where both want it", () => {
  const { charts, use, grid, links } = desk(["SIM:B", "SIM:C"]);
  charts.open("SIM:A");
  charts.count(3);
  for (const place of [0, 1, 2]) use(place).link("red");
  for (const place of [0, 1]) for (const what of ["interval", "range"]) use(place).follow(what);
  use(0).interval("1h");
  assert.deepEqual(grid.panels.map(({ state }) => state.interval), ["1h", "1h", "1m"]);
  use(2).interval("5m");
  assert.deepEqual(grid.panels.map(({ state }) => state.interval), ["1h", "1h", "5m"]);
  links.range(grid.panels[0]);
  links.point(grid.panels[0], 77);
  assert.deepEqual(grid.panels.map(({ seen }) => seen), [[], [{ from: 1, to: 2 }, 77], [77]]);
});

test("a linked chart that begins again has nothing to say of its range, and the others begin again, too", () => {
  const { charts, use, grid, links } = desk(["SIM:B"]);
  charts.open("SIM:A");
  charts.count(2);
  for (const place of [0, 1]) use(place).link("red");
  for (const place of [0, 1]) use(place).follow("range");
  grid.panels[0].camera.times = () => null;
  links.range(grid.panels[0]);
  assert.deepEqual(grid.panels[1].seen, [null]);
});

test("a symbol is compared once, not with itself, and with four at most", () => {
  const { charts } = desk();
  charts.open("SIM:A");
  assert.match(charts.compare("SIM:A"), /itself/);
  for (const name of ["B", "C", "C", "D", "E"]) assert.equal(charts.compare(`SIM:${name}`), "");
  assert.match(charts.compare("SIM:F"), /4/);
  assert.equal(charts.compare("SIM:E"), "", "what is there already is no more");
  assert.deepEqual(charts.chart.compare, ["SIM:B", "SIM:C", "SIM:D", "SIM:E"]);
  charts.open("SIM:C");
  assert.deepEqual(charts.chart.compare, ["SIM:B", "SIM:D", "SIM:E"], "what it shows itself is laid over it no longer");
  charts.uncompare("SIM:B");
  charts.uncompare(null);
  assert.deepEqual(charts.chart.compare, []);
});

test("indicators come with their parameters, twelve at most, and go by them", () => {
  const { charts } = desk();
  assert.match(charts.study("nothing"), /no indicator/);
  assert.equal(charts.study("ema"), "");
  assert.equal(charts.study("ema", { length: 50 }), "");
  assert.deepEqual(charts.chart.studies.map(({ params }) => params.length), [20, 50]);
  assert.notEqual(charts.chart.studies[0].colours.line, charts.chart.studies[1].colours.line);
  charts.unstudy("ema", { length: 20 });
  assert.deepEqual(charts.chart.studies.map(({ params }) => params.length), [50]);
  for (let each = 1; each < 12; each += 1) assert.equal(charts.study("ema"), "");
  assert.match(charts.study("ema"), /12/);
  charts.unstudy("ema");
  assert.deepEqual(charts.chart.studies, []);
});

test("a grid grows by the next symbols of the list, and comes back as it was", () => {
  const { charts, use, shown } = desk(["SIM:A", "SIM:B", "SIM:C"]);
  charts.open("SIM:B");
  charts.interval("15m");
  charts.count(6);
  assert.deepEqual(shown(), ["SIM:B", "SIM:A", "SIM:C", "SIM:B", "SIM:B", "SIM:B"]);
  assert.ok(charts.desk.charts.every(({ interval }) => interval === "15m"));
  use(5).open("SIM:Z");
  charts.count(1);
  assert.deepEqual([shown(), charts.desk.active], [["SIM:B"], 0]);
  charts.count(6);
  assert.equal(shown()[5], "SIM:Z");
});

test("desks are made, opened whatever their capitals, called otherwise and dropped; one always stays", () => {
  const { charts, state } = desk();
  charts.open("SIM:A");
  charts.openDesk("Night", true);
  charts.open("SIM:B");
  assert.equal(charts.openDesk("main"), "");
  assert.equal(charts.chart.symbol, "SIM:A", "the other desk's chart is its own");
  assert.match(charts.openDesk("nowhere"), /no desk nowhere/);
  assert.match(charts.renameDesk("night"), /already/);
  assert.match(charts.renameDesk("  "), /name/);
  assert.equal(charts.renameDesk("MAIN"), "");
  assert.equal(charts.renameDesk("  Day "), "");
  assert.deepEqual([state.document.desk, state.document.desks.map(({ name }) => name)], ["Day", ["Day", "Night"]]);
  charts.dropDesk();
  assert.deepEqual([charts.desk.name, charts.chart.symbol], ["Night", "SIM:B"]);
  charts.dropDesk();
  assert.equal(state.document.desks.length, 1);
  for (let each = 2; each <= 20; each += 1) assert.equal(charts.openDesk(`Desk ${each}`, true), "");
  assert.match(charts.openDesk("One more", true), /20/);
});

/** Do something that a hand may do. */
function act(roll, { charts, use }) {
  const pick = (values) => values[Math.floor(roll() * values.length)];
  const name = () => pick(["Main", "main", " Day ", "Night", "x".repeat(60), `${"y".repeat(39)} z`, "<b>", ""]);
  const symbol = () => pick(["SIM:A", "SIM:B", "SIM:C", "SIM:D", "SIM:E", "SIM:F"]);
  pick([
    () => charts.open(symbol()), () => charts.compare(symbol()), () => charts.uncompare(symbol()), () => charts.interval(pick(["1s", "1h"])),
    () => charts.link(pick([null, "blue", "red"])), () => charts.follow(pick(["interval", "range"])), () => charts.study("ema", { length: pick([5, 0, 9999]) }),
    () => charts.unstudy("ema", {}), () => charts.count(pick([1, 2, 3, 4, 6])), () => use(Math.floor(roll() * charts.desk.grid)),
    () => charts.openDesk(name(), roll() < 0.6), () => charts.renameDesk(name()), () => roll() < 0.2 && charts.dropDesk(), () => charts.set({ type: pick(["bars", "area"]) }),
  ])();
}

test("whatever is done, what is kept comes back as it is, and charts of one colour show one symbol", () => {
  for (let seed = 1; seed <= 40; seed += 1) {
    const roll = dice(seed);
    const made = desk(["SIM:A", "SIM:B"]);
    for (let step = 0; step < 80; step += 1) {
      act(roll, made);
      const kept = JSON.parse(JSON.stringify(made.state.document));
      assert.deepEqual(cleanDocument(kept), kept, `seed ${seed} step ${step}`);
      const colours = new Map();
      for (const { state } of made.grid.panels) {
        if (state.link) colours.set(state.link, (colours.get(state.link) ?? new Set()).add(state.symbol));
        assert.ok(!state.compare.includes(state.symbol));
      }
      for (const [colour, symbols] of colours) assert.equal(symbols.size, 1, `seed ${seed} step ${step}: ${colour} ${[...symbols]}`);
    }
  }
});
