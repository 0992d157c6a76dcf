/** Two changes of one desk's document, made in two windows: what either added or took out, and what both changed. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { cleanDocument, newChart, newDesk } from "../../static/js/deskdoc.js";
import { asShown, merged, partsOf, staying, wholeOf } from "../../static/js/deskmerge.js";
import { dice } from "./walk.js";

const both = (...three) => wholeOf(merged(...three.map(partsOf)));
const bare = (text) => text.split(" ").filter(Boolean).map((symbol) => ({ symbol }));
/** Documents of lists: "A: X Y | B: Z". */
const listsOf = (text) => ({ lists: text.split("|").map((each) => each.split(":")).map(([name, symbols]) => ({ name: name.trim(), symbols: bare(symbols) })) });
const said = ({ lists }) => lists.map(({ name, symbols }) => `${name}: ${symbols.map(({ symbol }) => symbol).join(" ")}`.trim()).join(" | ");
const lists = (...three) => said(both(...three.map(listsOf)));

test("what either window added to a list, or took off it, is so in both", () => {
  assert.equal(lists("A: X Y", "A: X Y O", "A: X Y T"), "A: X Y O T");
  assert.equal(lists("A: X Y Z", "A: X Z", "A: X Y"), "A: X");
  assert.equal(lists("A: X Y", "A: O X Y", "A: Y T"), "A: O Y T");
  assert.equal(lists("A: X", "A: X N", "A: X N"), "A: X N");
  assert.equal(lists("A: X Y Z", "A: Z Y X O", "A: X Y T Z"), "A: Z Y T X O", "our order where we changed it");
  assert.equal(lists("A: X Y Z", "A: X Y Z O", "A: Z Y X"), "A: Z O Y X", "theirs where we didn't");
});

test("lists are added and taken out on both sides; of one that is taken out what the other window adds stays", () => {
  assert.equal(lists("A: X", "A: X | O: Y", "A: X | T: Z"), "A: X | O: Y | T: Z");
  assert.equal(lists("A: X | B: Y | C: Z", "A: X | C: Z", "A: X | B: Y"), "A: X");
  assert.equal(lists("A: X | B: Y", "A: X", "A: X | B: Y T"), "A: X | B: T");
  assert.equal(lists("A: X | B: Y", "A: X | B: Y O", "A: X"), "A: X | B: O");
  assert.equal(lists("A: X | B: Y Z", "A: X", "A: X | B: Y"), "A: X");
  assert.equal(lists("A: X", "New: X", "A: X T"), "New: X | A: T");
  assert.equal(lists("A: X | A: Y", "A: X O | A: Y", "A: X | A: Y T"), "A: X O | A: Y T", "also of two called alike");
});

test("a symbol that was taken off a list isn't back because something was learnt of it meanwhile", () => {
  const [X, known] = [{ symbol: "X" }, { symbol: "X", base: "X" }];
  const one = (...symbols) => ({ lists: [{ name: "A", symbols }] });
  assert.deepEqual(both(one(X), one(), one(known)), one());
  assert.deepEqual(both(one(X), one(known), one()), one());
  assert.deepEqual(both(one(X), one(known), one(X, { symbol: "T" })), one(known, { symbol: "T" }));
});

test("the list that is open is the same one, wherever it stands now", () => {
  const at = (text, list) => ({ ...listsOf(text), list });
  const open = (document) => document.lists[document.list].name;
  assert.equal(open(both(at("A: | B:", 1), at("A: | B:", 1), at("T: | A: | B:", 2))), "B");
  assert.equal(open(both(at("A: | B:", 0), at("A: | B: X", 1), at("T: | A: | B:", 1))), "B", "the one that we opened");
  assert.equal(open(both(at("A: | B:", 0), at("A: | B: X", 0), at("T: | A: | B:", 0))), "T", "the one that they opened");
  assert.equal(open(wholeOf(staying(partsOf(at("T: | A: | B:", 0)), partsOf(at("A: | B:", 0))))), "A");
});

const level = (id, price = 1, more = {}) => ({ id: String(id), kind: "level", points: [{ time: 1, price }], ...more });
const drawn = (...three) => both(...three.map((drawings) => ({ drawings }))).drawings;

test("drawings of both windows stay, on one symbol as on two; what either took out is gone", () => {
  assert.deepEqual(drawn({}, { A: [level(1)] }, { B: [level(1)] }), { A: [level(1)], B: [level(1)] });
  assert.deepEqual(drawn({ A: [level(1), level(2)] }, { A: [level(1)] }, { A: [level(1), level(2), level(3)] }), { A: [level(1), level(3)] });
  assert.deepEqual(drawn({ A: [level(1)] }, {}, { A: [level(1), level(2)] }), { A: [level(2)] });
  assert.deepEqual(drawn({ A: [level(1)] }, { A: [level(1), level(2)] }, {}), { A: [level(2)] });
  assert.deepEqual(drawn({ A: [level(1), level(2)] }, { A: [level(1)] }, { A: [level(2)] }), {});
});

test("a drawing that one window changed is changed; of one that both changed ours counts", () => {
  const base = { A: [level(1), level(2), level(3)] };
  const [ours, theirs] = [{ A: [level(1, 10), level(2, 20), level(3)] }, { A: [level(1), level(2, 21), level(3, 31)] }];
  assert.deepEqual(drawn(base, ours, theirs), { A: [level(1, 10), level(2, 20), level(3, 31)] });
  assert.deepEqual(drawn(base, { A: [level(1)] }, { A: [level(1), level(2, 9), level(3)] }), { A: [level(1)] }, "we took it out");
  assert.deepEqual(drawn({ A: [level(1)] }, { A: [level(1, 7)] }, {}), { A: [level(1, 7)] }, "they took it out");
});

test("two windows number what they draw alike: both drawings stay, and what is kept already keeps its id", () => {
  const [O, P, T] = [level(2, 5), level(3, 6), level(2, 7)];
  assert.deepEqual(drawn({ A: [level(1)] }, { A: [level(1), O, P] }, { A: [level(1), T] }), { A: [level(1), { ...O, id: "4" }, P, T] });
  assert.deepEqual(drawn({}, { A: [level(1, 5)] }, { A: [level(1, 6)] }), { A: [level(2, 5), level(1, 6)] });
  assert.deepEqual(drawn({}, { A: [level(1, 5)] }, { A: [level(1, 5)] }), { A: [level(1, 5)] }, "the same one, sent before without an answer");
});

const desk = (name, symbols, more = {}) => ({ ...newDesk(name, symbols.map((symbol) => newChart(symbol))), ...more });
const desks = (...three) => both(...three.map((each) => ({ desks: each }))).desks;

test("within a desk each chart and each setting counts by itself, ours where both changed it", () => {
  const base = [desk("Main", ["S:A", "S:B", "S:C"])];
  const ours = [desk("Main", ["S:X", "S:Y", "S:C"], { grid: 2 })];
  const theirs = [desk("Main", ["S:A", "S:T", "S:U", "S:V"], { side: { width: 500 } })];
  assert.deepEqual(desks(base, ours, theirs), [desk("Main", ["S:X", "S:Y", "S:U", "S:V"], { grid: 2, side: { width: 500 } })]);
});

test("a desk that both opened under one name is ours; one that we deleted is gone, one that they deleted and we changed is not", () => {
  const [A, changed] = [desk("A", ["S:A"]), desk("A", ["S:B"])];
  const other = desk("Other", ["S:O"]);
  assert.deepEqual(desks([other], [other, A], [other, changed]), [other, A]);
  assert.deepEqual(desks([other, A], [other], [other, changed]), [other]);
  assert.deepEqual(desks([other, A], [other, changed], [other]), [other, changed]);
});

test("a page shows its open desk as it was, also one that was deleted elsewhere, and the others as they are", () => {
  const shown = { desk: "Main", desks: [desk("Main", ["S:A"]), desk("B", ["S:B"])] };
  const show = (...kept) => wholeOf(asShown(partsOf({ ...shown, desks: kept }), partsOf(shown))).desks;
  assert.deepEqual(show(desk("Main", ["S:T"]), desk("B", ["S:T"])), [desk("Main", ["S:A"]), desk("B", ["S:T"])]);
  assert.deepEqual(show(desk("B", ["S:B"])), [desk("B", ["S:B"]), desk("Main", ["S:A"])]);
  assert.deepEqual(wholeOf(asShown(partsOf({ a: 1 }), partsOf({ a: 2 }))), { a: 1 });
});

/** Return the document with a few things done to it, as hands do. */
function worked(roll, document, mark) {
  const made = structuredClone(document);
  const pick = (held) => held[Math.floor(roll() * held.length)];
  const acts = [
    () => pick(made.lists).symbols.push({ symbol: `S:${mark}${Math.floor(roll() * 1e6)}` }),
    () => pick(made.lists).symbols.splice(0, 1),
    () => pick(made.lists).symbols.reverse(),
    () => made.lists.push({ name: `${mark}${made.lists.length}`, symbols: [] }),
    () => { pick(pick(made.desks).charts).symbol = `S:${mark}`; },
    () => (made.drawings["S:A"] ??= []).push(level(1 + (made.drawings["S:A"].length || 0), roll())),
    () => delete made.drawings["S:A"],
  ];
  for (let each = 0; each < 4; each += 1) pick(acts)();
  return cleanDocument(made);
}

test("whatever two windows did, the result can be shown, and holds each symbol and drawing that is new", () => {
  const start = cleanDocument({ desks: [desk("Main", ["S:A", "S:B"], { grid: 2 })], drawings: { "S:A": [level(1), level(2)] },
    lists: [{ name: "A", symbols: bare("S:A S:B S:C") }, { name: "B", symbols: bare("S:D S:E") }] });
  for (let seed = 1; seed <= 300; seed += 1) {
    const roll = dice(seed);
    const [ours, theirs] = [worked(roll, start, "O"), worked(roll, start, "T")];
    const result = both(start, ours, theirs);
    assert.deepEqual(cleanDocument(structuredClone(result)), result, `seed ${seed}: sound`);
    const all = new Set(result.lists.flatMap(({ symbols }) => symbols.map(({ symbol }) => symbol)));
    for (const { symbol } of [ours, theirs].flatMap((each) => each.lists.flatMap(({ symbols }) => symbols))) {
      assert.ok(all.has(symbol) || !/[OT]\d/.test(symbol), `seed ${seed}: ${symbol} is lost`);
    }
    const prices = new Set((result.drawings["S:A"] ?? []).map(({ points }) => points[0].price));
    const added = [ours, theirs].flatMap(({ drawings }) => (drawings["S:A"] ?? []).filter(({ id }) => Number(id) > 2));
    for (const { points } of added) assert.ok(prices.has(points[0].price), `seed ${seed}: a drawing is lost`);
  }
});
