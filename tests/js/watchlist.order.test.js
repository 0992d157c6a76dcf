/** The order of the watchlist's rows, its columns, and which of its rows exist. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { COLUMNS, DEFAULT_COLUMNS, allColumns, cleanColumns, isSortable, layoutOf, toggled } from "../../static/js/watchlist/columns.js";
import { changedFrom } from "../../static/js/watchlist/digits.js";
import { cycled, held, keyOf, moved, needsPrices, nextSort, sorted } from "../../static/js/watchlist/order.js";
import { placesOf, scrollFor, windowOf } from "../../static/js/watchlist/window.js";

const QUOTES = {
  "A:ONE": { last: 110, open: 100, bid: 109, ask: 112, volume: 5, time: 1000 },
  "A:TWO": { last: 90, open: 100, bid: 89, ask: 90, volume: 7, time: 3000 },
  "B:THREE": { last: 100, open: 100, volume: 5, time: 2000 },
};
const LIST = ["B:NONE", "A:TWO", "A:ONE", "B:THREE"];
const by = (column, way) => sorted(LIST, { column, way }, (symbol) => QUOTES[symbol]);

test("rows are sorted either way, those that have nothing to be sorted by come last, equal ones stay as stored", () => {
  assert.deepEqual(by("change", "down"), ["A:ONE", "B:THREE", "A:TWO", "B:NONE"]);
  assert.deepEqual(by("change", "up"), ["A:TWO", "B:THREE", "A:ONE", "B:NONE"]);
  assert.deepEqual(by("volume", "up"), ["A:ONE", "B:THREE", "A:TWO", "B:NONE"]);
  assert.deepEqual(by("volume", "down"), ["A:TWO", "A:ONE", "B:THREE", "B:NONE"]);
  assert.deepEqual(by("spread", "up"), ["A:TWO", "A:ONE", "B:NONE", "B:THREE"]);
  assert.deepEqual(by("age", "up"), ["A:TWO", "B:THREE", "A:ONE", "B:NONE"]);
  assert.deepEqual(by("symbol", "up"), ["B:NONE", "A:ONE", "B:THREE", "A:TWO"]);
  assert.deepEqual(by("venue", "down"), ["B:NONE", "B:THREE", "A:TWO", "A:ONE"]);
  assert.deepEqual(sorted(LIST, null, () => undefined), LIST);
});

test("what a row is sorted by is null where it isn't known, never NaN", () => {
  for (const column of ["last", "change", "difference", "spread", "age", "high"]) {
    assert.equal(keyOf(column, "A:X", undefined), null);
    assert.equal(keyOf(column, "A:X", { last: null, open: null, bid: 1 }), null);
  }
});

test("a column that doesn't exist sorts nothing, whatever it is called", () => {
  for (const column of ["__proto__", "constructor", "toString", "nothing"]) {
    assert.equal(keyOf(column, "A:ONE", QUOTES["A:ONE"]), null);
    assert.deepEqual(by(column, "up"), LIST);
  }
  assert.deepEqual(["symbol", "last", "trend", "__proto__", ["last"], null].map(isSortable), [true, true, false, false, false, false]);
  assert.deepEqual(cleanColumns(["__proto__", ["last"], "bid"]), ["bid"]);
});

test("a click on a head sorts up, down, not at all; another column begins up", () => {
  const up = nextSort(null, "last");
  const down = nextSort(up, "last");
  assert.deepEqual([up, down, nextSort(down, "last")], [{ column: "last", way: "up" }, { column: "last", way: "down" }, null]);
  assert.deepEqual(nextSort(down, "bid"), { column: "bid", way: "up" });
});

test("the key for sorts goes through all of them and comes back to none", () => {
  let sort = null;
  const seen = [];
  do seen.push(sort = cycled(sort)); while (sort);
  assert.equal(seen.length, 5);
  assert.deepEqual(seen[0], { column: "change", way: "down" });
  assert.equal(cycled({ column: "bid", way: "up" }), null);
});

test("only a sort by prices needs the prices of all", () => {
  assert.deepEqual([null, { column: "symbol" }, { column: "venue" }, { column: "change" }].map(needsPrices), [false, false, false, true]);
});

test("a held order loses what is gone and takes what is new at its end", () => {
  assert.deepEqual(held(["C", "A", "B"], ["A", "B", "C", "D"]), ["C", "A", "B", "D"]);
  assert.deepEqual(held(["C", "A", "B"], ["B", "C"]), ["C", "B"]);
});

test("an item is moved to where another is, and not out of its list", () => {
  const list = ["A", "B", "C"];
  assert.deepEqual(moved(list, 0, 2), ["B", "C", "A"]);
  assert.deepEqual(moved(list, 2, 0), ["C", "A", "B"]);
  assert.deepEqual(moved(list, 0, 9), ["B", "C", "A"]);
  assert.deepEqual(moved(list, 1, -4), ["B", "A", "C"]);
  assert.deepEqual(list, ["A", "B", "C"]);
});

test("columns that aren't known fall out, and there is always one", () => {
  assert.deepEqual(cleanColumns(["bid", "nonsense", "bid", "toString"]), ["bid"]);
  assert.deepEqual(cleanColumns([]), DEFAULT_COLUMNS);
  assert.deepEqual(toggled(["last", "bid"], "last"), ["bid"]);
  assert.deepEqual(toggled(["bid"], "bid"), ["bid"]);
  assert.deepEqual(toggled(["bid"], "low"), ["bid", "low"]);
  assert.deepEqual(allColumns(["low", "bid"]).slice(0, 3), ["low", "bid", "last"]);
  assert.equal(allColumns(["low"]).length, Object.keys(COLUMNS).length);
});

test("the usual columns fit the side in two lines, with the book below the price", () => {
  const { lines, tight, areas } = layoutOf(DEFAULT_COLUMNS, 366);
  assert.deepEqual([lines, tight], [2, false]);
  assert.equal(areas.last, "1 / 2 / 2 / 3");
  assert.equal(areas.bid, "2 / 2 / 3 / 3");
  assert.equal(areas.trend, "1 / 4 / 3 / 5");
  assert.equal(areas.volume, "2 / 5 / 3 / 6");
});

test("what fits stands on one line in the order that was chosen", () => {
  const { lines, areas, template } = layoutOf(["age", "last", "bid"], 366);
  assert.equal(lines, 1);
  assert.deepEqual(areas, { age: "1 / 2 / 3 / 3", last: "1 / 3 / 3 / 4", bid: "1 / 4 / 3 / 5" });
  assert.equal(template.split(" ").length, 5);
});

test("where room is short the columns give some of theirs to the names, before a row is wider than what is seen", () => {
  const narrow = layoutOf(DEFAULT_COLUMNS, 322);
  assert.equal(narrow.tight, true);
  assert.ok(narrow.least <= 322 - 10, `least ${narrow.least}`);
  assert.ok(layoutOf(DEFAULT_COLUMNS, 290).least > 310, "who must scroll anyhow sees the names");
  assert.deepEqual(narrow.areas, layoutOf(DEFAULT_COLUMNS, 366).areas);
});

test("every place is taken only once, whatever is chosen", () => {
  const all = Object.keys(COLUMNS);
  for (const columns of [all, all.toReversed(), ["bid", "ask", "low"], ["trend", "volume", "bid"]]) {
    const { areas } = layoutOf(columns, 200);
    assert.deepEqual(Object.keys(areas).sort(), [...columns].sort());
    const places = Object.values(areas).flatMap((area) => {
      const [top, left, bottom] = area.split(" / ").map(Number);
      return bottom - top === 2 ? [`1/${left}`, `2/${left}`] : [`${top}/${left}`];
    });
    assert.equal(new Set(places).size, places.length);
  }
});

test("of many rows those are drawn that are seen, and some more", () => {
  const at = (scroll, height = 400, count = 200) => windowOf({ scroll, height, row: 40, count, over: 6 });
  assert.deepEqual(at(0), { from: 0, to: 16 });
  assert.deepEqual(at(4010), { from: 94, to: 117 });
  assert.deepEqual(at(7600), { from: 184, to: 200 });
  assert.deepEqual(at(0, 400, 3), { from: 0, to: 3 });
  assert.deepEqual(at(90_000, 400, 3), { from: 0, to: 3 });
  assert.deepEqual(at(-50), { from: 0, to: 16 });
  assert.deepEqual(at(0, 400, 0), { from: 0, to: 0 });
});

test("a row that is held by a hand is drawn wherever it is, once and in its place", () => {
  assert.deepEqual(placesOf({ from: 4, to: 7 }, [1, 5, -1, 20], 20), [1, 4, 5, 6]);
});

test("a row is scrolled to by no more than it must", () => {
  const to = (place) => scrollFor(place, { scroll: 400, height: 200, row: 40 });
  assert.deepEqual([9, 10, 14, 15].map(to), [360, 400, 400, 440]);
});

test("only the digits that changed are told, all of them when there are more or fewer", () => {
  const tail = (before, after) => after.slice(changedFrom(before, after));
  assert.equal(tail("84 737.59", "84 737.61"), "61");
  assert.equal(tail("84 737.59", "84 741.59"), "41.59");
  assert.equal(tail("1.10", "1.10"), "");
  assert.equal(tail("999.99", "1 000.00"), "1 000.00");
  assert.equal(tail("", "1.10"), "1.10");
});
