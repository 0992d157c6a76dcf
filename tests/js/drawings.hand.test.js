/** What a hand does with drawings, without a page; and the way back from what it did. */

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { Hand } from "../../static/js/drawings/hand.js";
import { Drawings, Steps } from "../../static/js/drawings/history.js";

const MINUTE = 60_000;
const [FINGER, SHIFT, SNAP] = [{ touch: true }, { shift: true }, { snap: true }];

/** One pixel is a hundredth; a bar is eight pixels and begins at its minute. */
const FRAME = {
  x: (place) => place * 8, placeAt: (pixel) => pixel / 8,
  y: (price) => 420 - (price - 100) * 100, priceAt: (pixel) => 100 + (420 - pixel) / 100,
  placeOf: (time) => time / MINUTE, timeOf: (place) => place * MINUTE,
  snap: () => 101.5, width: 800, height: 400, top: 20, decimals: 2, length: MINUTE, epoch: 1,
};

let drawings, hand, said;

beforeEach(() => {
  said = { tools: [], written: [], told: [], saved: 0, marks: 0, symbols: [] };
  drawings = new Drawings({}, { save: () => { said.saved += 1; }, tell: (symbol) => said.symbols.push(symbol) });
  hand = new Hand({
    list: () => drawings.of("A:A"), changed: (list, name) => drawings.change("A:A", list, name),
    mark: () => { said.marks += 1; }, onTool: (tool) => said.tools.push(tool),
    write: (shape) => said.written.push(shape), tell: (text) => said.told.push(text),
  });
  hand.frame = FRAME;
});

const list = () => drawings.of("A:A");
const spot = (x, y) => ({ x, y });
const points = (shape = list()[list().length - 1]) => shape.points.map(({ time, price }) => [time / MINUTE, price]);

function drag([x, y], [toX, toY], how = {}) {
  const taken = hand.press(spot(x, y), how);
  hand.move(spot((x + toX) / 2, (y + toY) / 2), how);
  hand.move(spot(toX, toY), how);
  hand.release(spot(toX, toY), how);
  return taken;
}

function click(x, y, how = {}) {
  const taken = hand.press(spot(x, y), how);
  hand.release(spot(x, y), how);
  return taken;
}

function made(kind, ...spots) {
  hand.tool = kind;
  for (const each of spots) click(...each);
  hand.choice.choose(null);
}

// ---------------------------------------------------------------------- making
test("without a tool, on nothing, a press is the chart's", () => {
  assert.equal(drag([100, 100], [300, 200]), false);
  assert.deepEqual(list(), []);
});

test("two points are set by two clicks or by one drag, on bars and prices", () => {
  for (const kind of ["trend", "ray", "box", "fib"]) {
    hand.tool = kind;
    assert.equal(drag([99, 120], [300.4, 220.4]), true);
    assert.equal(list()[list().length - 1].kind, kind);
    assert.deepEqual(points(), [[12, 103], [38, 102]]);
    hand.tool = kind;
    click(99, 120);
    hand.move(spot(200, 200));
    assert.equal(hand.busy, true);
    click(300.4, 220.4);
    assert.deepEqual(points(), [[12, 103], [38, 102]]);
  }
  assert.equal(list().length, 8);
  assert.equal(new Set(list().map(({ id }) => id)).size, 8);
  assert.deepEqual(said.tools, Array(8).fill(null));
  assert.equal(hand.tool, null);
});

test("one click makes a level, and it is the chosen one", () => {
  hand.tool = "level";
  assert.equal(click(100, 120), true);
  assert.deepEqual(points(), [[13, 103]]);
  assert.equal(hand.choice.id, list()[0].id);
  assert.equal(said.saved, 1);
});

test("a double click makes no line without a length", () => {
  hand.tool = "trend";
  click(100, 100);
  click(101, 101);
  assert.equal(hand.busy, true);
  click(200, 200);
  assert.equal(list().length, 1);
});

test("with Ctrl a point is at one of the bar's prices", () => {
  hand.tool = "trend";
  drag([100, 120], [300, 220], SNAP);
  assert.deepEqual(points().map(([, price]) => price), [101.5, 101.5]);
});

test("a point stays in the pane, and outside of it a tool takes nothing", () => {
  hand.tool = "box";
  assert.equal(hand.press(spot(100, 430)), false);
  assert.equal(hand.press(spot(810, 100)), false);
  drag([100, 100], [900, 600]);
  assert.deepEqual(points()[1], [100, 100]);
});

test("a half-made line is seen but not kept; Esc gives up it, then the tool, then the choice", () => {
  made("level", [100, 300]);
  hand.choice.choose(list()[0].id);
  hand.tool = "trend";
  click(100, 100);
  hand.move(spot(200, 200));
  assert.deepEqual([hand.shapes().length, list().length], [2, 1]);
  assert.equal(hand.cancel(), true);
  assert.deepEqual([hand.shapes().length, hand.tool, hand.busy], [1, "trend", false]);
  assert.equal(hand.cancel(), true);
  assert.deepEqual([hand.tool, said.tools.length], [null, 2]);
  hand.choice.choose(list()[0].id);
  assert.equal(hand.cancel(), true);
  assert.equal(hand.choice.id, null);
  assert.equal(hand.cancel(), false);
});

test("another tool gives up the half-made, and the chart's next symbol everything", () => {
  hand.tool = "trend";
  click(100, 100);
  hand.tool = "box";
  assert.equal(hand.busy, false);
  click(100, 100);
  hand.forget();
  assert.deepEqual([hand.busy, hand.tool, hand.shapes().length], [false, "box", 0]);
});

test("a symbol has at most two hundred drawings, and the user is told", () => {
  drawings.change("A:A", Array.from({ length: 200 }, (_, each) => ({ id: `n${each}`, kind: "level", points: [{ time: 0, price: 90 }] })));
  hand.tool = "level";
  assert.equal(click(100, 100), true);
  assert.deepEqual([list().length, said.told.length, hand.tool], [200, 1, null]);
});

test("a note asks for its text; without any there is none", () => {
  hand.tool = "note";
  click(100, 120);
  assert.deepEqual([list().length, said.written.length], [0, 1]);
  hand.choice.written(said.written[0], "  ");
  assert.equal(list().length, 0);
  hand.choice.written(said.written[0], " <b>sell\nhere ");
  assert.deepEqual([list()[0].text, hand.choice.id], ["<b>sell here", list()[0].id]);
  hand.choice.written(list()[0], "<b>sell here");
  assert.equal(said.saved, 1);
  hand.choice.written(list()[0], "later");
  assert.equal(list()[0].text, "later");
  hand.choice.written(list()[0], "");
  assert.deepEqual([list().length, hand.choice.id], [0, null]);
});

// ---------------------------------------------------------------------- moving
test("a held line follows by whole bars and keeps its shape; one hold is one step back", () => {
  made("trend", [80, 120], [240, 220]);
  assert.equal(drag([160, 170], [195, 180]), true);
  assert.deepEqual(points(), [[14, 102.9], [34, 101.9]]);
  assert.equal(said.saved, 2);
  drawings.undo("A:A");
  assert.deepEqual(points(), [[10, 103], [30, 102]]);
});

test("a handle moves one point by as much as the pointer; a trembling click moves nothing", () => {
  made("trend", [80, 120], [240, 220]);
  drag([244, 222], [253, 222]);
  assert.deepEqual(points(), [[10, 103], [31, 102]]);
  drag([249, 221], [321, 321]);
  assert.deepEqual(points(), [[10, 103], [40, 101]]);
  const before = list();
  drag([80, 120], [82, 122]);
  assert.equal(list(), before);
});

test("a level moves in price only, and snaps", () => {
  made("level", [80, 120]);
  drag([300, 121], [500, 221]);
  assert.deepEqual(points(), [[10, 102]]);
  drag([300, 221], [500, 300], SNAP);
  assert.deepEqual(points(), [[10, 101.5]]);
});

test("a corner of a rectangle that is no point of it can be moved", () => {
  made("box", [80, 120], [240, 220]);
  drag([80, 220], [40, 320]);
  assert.deepEqual(points(), [[5, 103], [30, 101]]);
});

test("a move that is given up leaves everything as it was", () => {
  made("trend", [80, 120], [240, 220]);
  const before = list();
  hand.press(spot(160, 170));
  hand.move(spot(300, 300));
  assert.notDeepEqual(hand.shapes(), before);
  hand.cancel();
  hand.release(spot(300, 300));
  assert.equal(list(), before);
  assert.equal(hand.shapes(), before);
});

test("what another chart deleted meanwhile doesn't come back by a move", () => {
  made("level", [80, 120]);
  hand.press(spot(300, 120));
  drawings.undo("A:A");
  hand.move(spot(300, 220));
  hand.release(spot(300, 220));
  assert.deepEqual([list(), drawings.steps("A:A").canRedo], [[], true]);
});

test("a finger chooses by a tap, and drags only what is chosen; a tap on a chosen note writes it", () => {
  made("level", [80, 120]);
  assert.equal(drag([300, 120], [300, 220], FINGER), false);
  assert.deepEqual(points(), [[10, 103]]);
  assert.equal(click(300, 126, FINGER), false);
  assert.equal(hand.choice.id, list()[0].id);
  assert.equal(drag([300, 126], [300, 226], FINGER), true);
  assert.deepEqual(points(), [[10, 102]]);
  hand.choice.add({ id: "n", kind: "note", points: [{ time: 60 * MINUTE, price: 103.5 }], text: "Hello" });
  click(490, 60, FINGER);
  assert.equal(said.written[0].id, "n");
});

test("a press on nothing lets go of the chosen one; of two the chosen one is taken", () => {
  made("level", [80, 120]);
  made("level", [80, 121]);
  hand.choice.choose("1");
  hand.press(spot(300, 122));
  hand.release(spot(300, 122));
  assert.equal(hand.choice.id, "1");
  assert.equal(click(300, 300), false);
  assert.equal(hand.choice.id, null);
  click(300, 122);
  assert.equal(hand.choice.id, "2");
});

test("what is under the pointer is known, and said only when it changes", () => {
  made("level", [80, 120]);
  hand.move(spot(300, 121));
  const marks = said.marks;
  hand.move(spot(310, 121));
  assert.deepEqual([hand.over, said.marks], ["1", marks]);
  hand.move(spot(310, 200));
  assert.deepEqual([hand.over, said.marks], [null, marks + 1]);
  hand.move(spot(310, 121));
  hand.leave();
  assert.equal(hand.over, null);
});

// ---------------------------------------------------------------------- measuring
test("Shift and a drag, or two clicks, measure; the next press or Esc takes it away", () => {
  assert.equal(drag([80, 120], [240, 220], SHIFT), true);
  assert.deepEqual([points({ points: [hand.measured.a, hand.measured.b] }), list().length], [[[10, 103], [30, 102]], 0]);
  assert.equal(hand.cancel(), true);
  assert.equal(hand.measured, null);
  hand.tool = "measure";
  click(80, 120);
  click(240, 220);
  assert.deepEqual([hand.measured.b.price, hand.tool], [102, null]);
  hand.move(spot(500, 300));
  assert.equal(hand.measured.b.price, 102);
  assert.equal(click(300, 300), false);
  assert.equal(hand.measured, null);
});

// ---------------------------------------------------------------------- keys
test("the arrows move the chosen one by a bar and a tick; a row of them is one step back", () => {
  made("trend", [80, 120], [240, 220]);
  assert.equal(hand.choice.nudge(1, 0, FRAME), false);
  hand.choice.choose("1");
  for (let each = 0; each < 3; each += 1) assert.equal(hand.choice.nudge(1, -2, FRAME), true);
  assert.deepEqual(points(), [[13, 102.94], [33, 101.94]]);
  drawings.undo("A:A");
  assert.deepEqual(points(), [[10, 103], [30, 102]]);
});

test("a line can be drawn with the keyboard alone", () => {
  assert.equal(hand.put(), false);
  hand.tool = "trend";
  hand.steer(-10, -5);
  hand.put();
  hand.steer(20, 10);
  hand.put();
  assert.deepEqual(points(), [[40, 102.2], [60, 101.8]]);
  assert.equal(hand.pen, null);
});

test("the next drawing is chosen round and round, either way", () => {
  hand.choice.next();
  assert.equal(hand.choice.id, null);
  for (const y of [100, 200, 300]) made("level", [80, y]);
  const ids = [1, 1, 1, 1, -1].map((by) => { hand.choice.next(by); return hand.choice.id; });
  assert.deepEqual(ids, ["1", "2", "3", "1", "3"]);
  hand.choice.choose(null);
  hand.choice.next(-1);
  assert.equal(hand.choice.id, "3");
});

test("the chosen one is deleted, coloured, all are deleted; each can be taken back", () => {
  for (const y of [100, 200]) made("level", [80, y]);
  assert.equal(hand.choice.remove(), false);
  hand.choice.choose("1");
  hand.choice.recolour();
  assert.equal(list()[0].colour, "up");
  assert.equal(hand.choice.remove(), true);
  assert.deepEqual([list().map(({ id }) => id), hand.choice.id], [["2"], null]);
  hand.choice.clear();
  assert.deepEqual(list(), []);
  for (const count of [1, 2, 2, 1, 0]) {
    assert.equal(drawings.undo("A:A"), true);
    assert.equal(list().length, count);
  }
  assert.equal(drawings.undo("A:A"), false);
  for (const count of [1, 2, 2, 1, 0]) {
    drawings.redo("A:A");
    assert.equal(list().length, count);
  }
});

// ---------------------------------------------------------------------- the way back
test("steps lead back and forth, and a new one ends the way forth", () => {
  const steps = new Steps();
  assert.equal(steps.undo("now"), null);
  steps.did("a");
  steps.did("b");
  assert.equal(steps.undo("c"), "b");
  assert.equal(steps.redo("b"), "c");
  assert.equal(steps.undo("c"), "b");
  assert.equal(steps.undo("b"), "a");
  assert.equal(steps.canUndo, false);
  steps.did("a");
  assert.equal(steps.canRedo, false);
  assert.equal(steps.redo("x"), null);
});

test("a hundred steps are kept, and a row of one name is one, until something comes between", () => {
  const steps = new Steps();
  for (let each = 0; each < 250; each += 1) steps.did(each);
  let count = 0;
  for (let now = 250; now !== null; now = steps.undo(now)) count += 1;
  assert.equal(count - 1, 100);
  steps.did("a", "nudge");
  steps.did("b", "nudge");
  assert.equal(steps.undo("c"), "a");
  steps.did("a", "nudge");
  assert.equal(steps.undo("d"), "a");
});

test("each symbol has its own drawings and its own way back; the document is changed in place", () => {
  const kept = { "A:A": [{ id: "1", kind: "level", points: [{ time: 1, price: 2 }] }, "rubbish"] };
  drawings.load(kept);
  assert.equal(list().length, 1);
  assert.equal(list(), list());
  drawings.change("B:B", [{ id: "1", kind: "level", points: [{ time: 1, price: 3 }] }]);
  assert.deepEqual(said.symbols, ["B:B"]);
  assert.equal(kept["B:B"][0].points[0].price, 3);
  assert.equal(drawings.undo("A:A"), false);
  drawings.undo("B:B");
  assert.equal("B:B" in kept, false);
  assert.deepEqual(drawings.of("constructor"), []);
});

test("a document from elsewhere takes the way back only where it holds something else", () => {
  const level = { id: "1", kind: "level", points: [{ time: 1, price: 2 }] };
  const kept = {};
  drawings.load(kept);
  for (const symbol of ["A:A", "B:B"]) drawings.change(symbol, drawings.of(symbol).concat(level));
  drawings.load({ ...structuredClone(kept), "B:B": [] });
  assert.deepEqual(["A:A", "B:B"].map((symbol) => drawings.undo(symbol)), [true, false]);
  assert.deepEqual(drawings.of("A:A"), []);
});

test("a symbol's new name takes its drawings along, but not over others", () => {
  const level = { id: "1", kind: "level", points: [{ time: 1, price: 2 }] };
  const kept = { "a:a": [level] };
  drawings.load(kept);
  drawings.renamed("a:a", "A:A");
  assert.deepEqual([Object.keys(kept), drawings.of("A:A")], [["A:A"], [level]]);
  drawings.change("b", []);
  drawings.change("b", [level, { ...level, id: "2" }]);
  drawings.renamed("b", "A:A");
  assert.equal(drawings.of("A:A").length, 1);
  assert.equal(kept.b.length, 2);
});
