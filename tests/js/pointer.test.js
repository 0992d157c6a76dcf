/** Hands on a chart: what a mouse, one finger and two fingers do to the view and to the crosshair. */

import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";

import { Pointer } from "../../static/js/pointer.js";

const REST = 350;
const PLOT = { width: 300, height: 200 };

/** An element that hears what the test does, and what its chart was told. */
function chart() {
  const element = new EventTarget();
  const classes = new Set();
  Object.assign(element, {
    closest: () => null, getBoundingClientRect: () => ({ left: 10, top: 20 }),
    classList: { add: (name) => classes.add(name), remove: (name) => classes.delete(name) },
  });
  const told = [];
  const tell = (name) => (...values) => told.push([name, ...values]);
  const names = ["onPoint", "onZoom", "onShift", "onStretch", "onLift", "onReset", "onHold"];
  const partAt = ({ x, y }) => (x > PLOT.width ? "price" : y > PLOT.height ? "time" : "plot");
  const pointer = new Pointer(element, { partAt, ...Object.fromEntries(names.map((name) => [name, tell(name.slice(2).toLowerCase())])) });
  const does = (type, x, y, more = {}) => {
    const event = Object.assign(new Event(type, { cancelable: true }), { clientX: x + 10, clientY: y + 20, pointerId: 1, pointerType: "touch", button: 0, ...more });
    element.dispatchEvent(event);
  };
  const of = (name) => told.filter(([each]) => each === name).map(([, ...values]) => (values.length > 1 ? values : values[0]));
  return { told, does, of, classes, pointer };
}

/** A press somewhere on the page, which the page hears before the chart does. */
const pressPage = () => globalThis.document.dispatchEvent(new Event("pointerdown"));

beforeEach(() => {
  globalThis.document = new EventTarget();
  mock.timers.reset();
  mock.timers.enable({ apis: ["setTimeout"] });
});

test("a finger that rests points, moves the crosshair and not the view, and leaves it there until the next press", () => {
  const { told, does, of, classes } = chart();
  does("pointerdown", 100, 50);
  does("pointermove", 104, 53);
  mock.timers.tick(REST - 1);
  assert.deepEqual(of("point"), []);
  mock.timers.tick(1);
  assert.deepEqual(of("point"), [{ x: 100, y: 50 }]);
  does("pointermove", 160, 90);
  does("pointerup", 160, 90);
  does("pointerleave", 160, 90);
  assert.deepEqual(of("point").at(-1), { x: 160, y: 90 });
  assert.deepEqual([of("shift"), of("lift"), of("zoom"), classes.has("read")], [[], [], [], true]);
  pressPage();
  pressPage();
  assert.deepEqual([of("point").slice(2), classes.has("read")], [[null], false]);
  assert.deepEqual(told.at(-1), ["point", null]);
});

test("a finger that moves before it has rested pans, however long it then rests", () => {
  const { does, of } = chart();
  does("pointerdown", 100, 50);
  does("pointermove", 107, 50);
  assert.deepEqual(of("shift"), [], "a finger trembles");
  does("pointermove", 80, 50);
  mock.timers.tick(10 * REST);
  does("pointermove", 70, 50);
  does("pointerup", 70, 50);
  assert.deepEqual([of("shift"), of("point")], [[20, 10], []]);
});

test("a short press leaves no crosshair behind", () => {
  const { does, of, pointer } = chart();
  does("pointerdown", 100, 50);
  assert.equal(pointer.held, true);
  does("pointerup", 100, 50);
  mock.timers.tick(10 * REST);
  assert.deepEqual([of("point"), of("hold"), pointer.held], [[], [true, false], false]);
});

test("a finger that draws takes the crosshair with it", () => {
  const { does, of } = chart();
  does("pointermove", 120, 60); // its press was for the drawing, the chart never heard it
  does("pointerleave", 120, 60);
  assert.equal(of("point").at(-1), null);
});

test("a finger that rests on an axis stretches it all the same", () => {
  const { does, of } = chart();
  does("pointerdown", 320, 50);
  mock.timers.tick(REST);
  does("pointermove", 320, 80);
  assert.deepEqual([of("point"), of("stretch").length], [[], 1]);
});

test("a second finger takes the crosshair away and pinches", () => {
  const { does, of, classes } = chart();
  does("pointerdown", 100, 50);
  mock.timers.tick(REST);
  does("pointerdown", 200, 50, { pointerId: 2 });
  assert.deepEqual([of("point"), classes.has("read")], [[{ x: 100, y: 50 }, null], false]);
  does("pointermove", 250, 50, { pointerId: 2 });
  const [[factor]] = of("zoom");
  assert.ok(factor < 1, "closer");
  does("pointerup", 250, 50, { pointerId: 2 });
  does("pointerup", 100, 50);
  pressPage();
  assert.equal(of("point").length, 2);
});

test("a second finger before the first has rested only pinches", () => {
  const { does, of } = chart();
  does("pointerdown", 100, 50);
  does("pointerdown", 200, 50, { pointerId: 2 });
  mock.timers.tick(10 * REST);
  assert.deepEqual(of("point"), []);
});

test("a mouse points always, pans at once, and takes the crosshair with it", () => {
  const { does, of } = chart();
  const mouse = { pointerType: "mouse" };
  does("pointermove", 90, 50, mouse);
  does("pointerdown", 100, 50, mouse);
  mock.timers.tick(10 * REST);
  does("pointermove", 104, 50, mouse);
  does("pointerup", 104, 50, mouse);
  does("pointerleave", 104, 50, mouse);
  assert.deepEqual([of("point"), of("shift")], [[{ x: 90, y: 50 }, { x: 104, y: 50 }, null], [-4]]);
});

test("a chart is told whether it was a finger that tapped twice", () => {
  const { does, of } = chart();
  for (const pointerType of ["mouse", "touch", "mouse"]) {
    does("pointerdown", 100, 50, { pointerType });
    does("pointerup", 100, 50, { pointerType });
    does("dblclick", 100, 50, { pointerType: undefined });
  }
  does("dblclick", 320, 50);
  assert.deepEqual(of("reset"), [["plot", false], ["plot", true], ["plot", false], ["price", false]]);
});
