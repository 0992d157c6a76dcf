/** Pure parts of a picture: what a style sheet says, as attributes; boxes and lines of letters. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { inked, larger } from "../../static/js/out/inked.js";
import { inside, linesOf, outline } from "../../static/js/out/letters.js";

const style = (values) => ({ getPropertyValue: (name) => values[name] ?? "" });

test("what a style sheet says becomes attributes; what the parent says already doesn't", () => {
  const above = style({ fill: "none", stroke: "rgb(1, 2, 3)" });
  assert.deepEqual(inked(style({ fill: "rgb(9, 9, 9)", stroke: "rgb(1, 2, 3)", opacity: "1" }), above), { fill: "rgb(9, 9, 9)" });
  assert.deepEqual(inked(style({ fill: "none", stroke: "red" }), null), { fill: "none", stroke: "red" });
});

test("opacity and clips belong to an element itself, whatever its parent has", () => {
  const same = style({ opacity: "0.5", "clip-path": 'url("#clip-1")', "text-decoration-line": "underline" });
  assert.deepEqual(inked(same, same), { opacity: "0.5", "clip-path": 'url("#clip-1")', "text-decoration": "underline" });
  assert.deepEqual(inked(style({ opacity: "1", "clip-path": "none", "text-decoration-line": "none" }), null), {});
});

test("patterns and clips are found in the picture, not in the page it was taken of", () => {
  const fill = (value) => inked(style({ fill: value }), null).fill;
  assert.equal(fill('url("http://localhost/?a=b#hatch-1")'), 'url("#hatch-1")');
  assert.equal(fill("url(#hatch-1)"), "url(#hatch-1)");
});

test("letters make lines where the page broke them, and blank lines none", () => {
  const letter = (sign, left, top) => ({ letter: sign, left, right: left + 7, top });
  const letters = [letter("B", 0, 10), letter("T", 7, 10.3), letter(" ", 14, 10), letter("C", 0, 26), letter(" ", 0, 50)];
  assert.deepEqual(linesOf(letters), [{ text: "BT ", left: 0, right: 21, top: 10 }, { text: "C", left: 0, right: 7, top: 26 }]);
});

test("a box is round where it is on the page, and never rounder than it is high", () => {
  const box = { left: 10, top: 20, width: 80, height: 20 };
  assert.equal(outline(box, [0, 0, 0, 0]), "M10 20H90V40H10V20z");
  assert.equal(outline(box, [3, 0, 0, 3]), "M13 20H90V40H13a3 3 0 0 1 -3 -3V23a3 3 0 0 1 3 -3z");
  assert.equal(outline(box, [99, 99, 99, 99]).match(/a10 10/g).length, 4);
});

test("within a border there is less room, and the corners are less round", () => {
  const box = { left: 10, top: 20, width: 80, height: 20 };
  assert.deepEqual(inside(box, [3, 3, 3, 3], [1, 1, 1, 3]), [{ left: 13, top: 21, width: 76, height: 18 }, [0, 2, 2, 0]]);
});

test("a line that keeps its width while it is stretched is as wide in a larger picture as the others", () => {
  const above = style({ "stroke-width": "1.4px", "stroke-dasharray": "none" });
  const line = inked(style({ "stroke-width": "1.4px", "stroke-dasharray": "none", "vector-effect": "non-scaling-stroke" }), above);
  assert.deepEqual(line, { "vector-effect": "non-scaling-stroke", "stroke-width": "1.4px", "stroke-dasharray": "none" });
  assert.deepEqual([larger("1.5px", 2), larger("4px, 2.5px", 2), larger("none", 2)], ["3px", "8px, 5px", "none"]);
});
