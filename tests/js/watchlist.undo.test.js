/** What was taken off the list comes back with its button or Ctrl-Z, and nothing else goes back with it. */

import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";

import { Undo, isUndo } from "../../static/js/watchlist/undo.js";

const kept = globalThis.document;
let heard;

class FakeElement {
  hidden = false;
  listeners = {};

  setAttribute() {}

  append() {}

  addEventListener(type, run) {
    this.listeners[type] = run;
  }
}

beforeEach(() => {
  heard = [];
  const listeners = [];
  globalThis.document = {
    createElement: () => new FakeElement(),
    addEventListener: (type, run, capture) => listeners.push({ run, capture }),
    press(event) {
      let stopped = false;
      const whole = { key: "z", ctrlKey: true, repeat: false, target: null, preventDefault() {}, stopPropagation() { stopped = true; }, ...event };
      for (const { run, capture } of listeners) if (capture) run(whole);
      if (!stopped) heard.push(whole.key);
    },
  };
});

afterEach(() => { globalThis.document = kept; });

const over = (t) => t.mock.timers.enable({ apis: ["setTimeout"] });

test("the key brings it back once, and no one else hears it", (t) => {
  over(t);
  const [undo, back] = [new Undo(), t.mock.fn()];
  undo.offer("SIM:A removed", back);
  assert.equal(undo.element.hidden, false);
  document.press({});
  assert.deepEqual([back.mock.callCount(), undo.element.hidden, heard], [1, true, []]);
  document.press({ repeat: true });
  assert.deepEqual([back.mock.callCount(), heard], [1, []]);
  document.press({});
  assert.deepEqual([back.mock.callCount(), heard], [1, ["z"]]);
});

test("while nothing can be had back, the key is another's; so it is when the time is over", (t) => {
  over(t);
  const [undo, back] = [new Undo(), t.mock.fn()];
  document.press({});
  undo.offer("SIM:A removed", back);
  document.press({ repeat: true });
  t.mock.timers.tick(8000);
  document.press({});
  assert.deepEqual([back.mock.callCount(), undo.element.hidden, heard], [0, true, ["z", "z", "z"]]);
});

test("the button brings it back as well", (t) => {
  over(t);
  const [undo, back] = [new Undo(), t.mock.fn()];
  undo.offer("SIM:A removed", back);
  undo.button.listeners.click();
  document.press({});
  assert.deepEqual([back.mock.callCount(), heard], [1, ["z"]]);
});

test("only Ctrl-Z or Cmd-Z takes back, and not where something is typed", () => {
  const key = (more) => isUndo({ key: "z", ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, target: null, ...more });
  assert.deepEqual([key({ ctrlKey: true }), key({ metaKey: true, key: "Z" })], [true, true]);
  assert.deepEqual([key({}), key({ ctrlKey: true, shiftKey: true }), key({ ctrlKey: true, altKey: true }), key({ ctrlKey: true, key: "y" })], [false, false, false, false]);
  assert.equal(key({ ctrlKey: true, target: { closest: () => ({}) } }), false);
});
