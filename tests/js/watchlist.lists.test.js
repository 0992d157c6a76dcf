/** The lists of the watchlist: what is kept, what is pasted, and the line of a day. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { DayLine } from "../../static/js/watchlist/dayline.js";
import { Lists } from "../../static/js/watchlist/lists.js";
import { findPasted, readPasted, unknownText } from "../../static/js/watchlist/pasted.js";
import { shortReason, wordFor } from "../../static/js/watchlist/row.js";
import { Sparks } from "../../static/js/watchlist/sparks.js";

const named = (name, ...symbols) => ({ name, symbols: symbols.map((symbol) => ({ symbol })) });
const lists = (...kept) => new Lists({ lists: kept, list: 0, columns: ["last"], sort: null });
const VENUES = new Set(["SIM", "KRAKEN"]);
const STEP = 900_000;

test("a document that lacks something is made whole in place", () => {
  const state = { lists: [], list: 7, columns: ["nonsense"] };
  const made = new Lists(state);
  assert.equal(state.list, 0);
  assert.equal(state.sort, null);
  assert.deepEqual(made.symbols, []);
  assert.ok(state.columns.length > 1);
});

test("more than a document keeps is not taken, and why is said", () => {
  const many = Array.from({ length: 500 }, (_, each) => `A:S${each}`);
  const made = lists(named("One", ...many.slice(1)), ...Array.from({ length: 18 }, (_, each) => named(`L${each}`)));
  assert.deepEqual([made.full, made.complete], ["", ""]);
  assert.equal(made.add({ symbol: many[0] }), true);
  assert.equal(made.add({ symbol: "A:MORE" }), false);
  made.addList();
  assert.equal(made.complete, "There are 20 lists at most.");
  assert.equal(made.full, "");
  made.turn(0);
  assert.equal(made.full, "A list holds 500 symbols at most.");
});

test("a symbol is in a list once; what was taken off can be put back where it was", () => {
  const made = lists(named("One", "A:A", "A:B", "A:C"));
  assert.equal(made.add({ symbol: "A:B" }), false);
  const back = made.remove("A:B");
  assert.deepEqual(made.symbols, ["A:A", "A:C"]);
  back();
  back();
  assert.deepEqual(made.symbols, ["A:A", "A:B", "A:C"]);
  assert.equal(made.remove("A:NONE"), null);
});

test("what was taken off goes back into its own list, whichever is open then", () => {
  const made = lists(named("One", "A:A"), named("Two"));
  const back = made.remove("A:A");
  made.turn(1);
  back();
  assert.deepEqual(made.symbols, []);
  made.turn(0);
  assert.deepEqual(made.symbols, ["A:A"]);
});

test("a renamed symbol keeps its place in every list, and is not there twice", () => {
  const made = lists(named("One", "A:OLD", "A:X"), named("Two", "A:NEW", "A:OLD"), named("Three", "A:X"));
  assert.equal(made.rename("A:OLD", "A:NEW"), true);
  assert.equal(made.rename("A:OLD", "A:NEW"), false);
  assert.deepEqual(made.state.lists.map((list) => list.symbols.map((each) => each.symbol)), [["A:NEW", "A:X"], ["A:NEW"], ["A:X"]]);
});

test("facts are kept for what was known by its symbol alone", () => {
  const made = lists(named("One", "A:A"));
  assert.equal(made.learn({ symbol: "A:A", base: "A", tick_size: 0.01 }), true);
  assert.equal(made.open.symbols[0].tick_size, 0.01);
  assert.equal(made.learn({ symbol: "A:A", base: "A" }), false);
});

test("lists are turned round and round", () => {
  const made = lists(named("One"), named("Two"), named("Three"));
  for (const [place, open] of [[1, "Two"], [3, "One"], [-1, "Three"]]) {
    made.turn(place);
    assert.equal(made.open.name, open);
  }
});

test("a deleted list comes back in its place and open; the last one leaves an empty one", () => {
  const made = lists(named("One", "A:A"), named("Two", "A:B"));
  const back = made.deleteList(0);
  assert.deepEqual([made.names, made.open.name], [["Two"], "Two"]);
  const both = made.deleteList(0);
  assert.equal(made.names.length, 1);
  assert.deepEqual(made.symbols, []);
  both();
  back();
  assert.deepEqual([made.names, made.open.name], [["One", "Two"], "One"]);
});

test("deleting another list leaves the open one open", () => {
  const made = lists(named("One"), named("Two"), named("Three"));
  made.turn(1);
  made.deleteList(2);
  assert.equal(made.open.name, "Two");
  made.deleteList(0);
  assert.equal(made.open.name, "Two");
});

test("a list is found by its name, or how it begins", () => {
  const made = lists(named("FX majors"), named("Shares"), named("FX"));
  assert.deepEqual(["fx", "fx m", " SHA", "none"].map((name) => made.find(name)), [2, 0, 1, -1]);
});

test("a new list has a name of its own and is open", () => {
  const made = lists(named("List 2"));
  assert.equal(made.addList(), 1);
  assert.equal(made.open.name, "List 3");
});

test("pasted symbols are read whatever separates them; formulas may have spaces", () => {
  const { pieces, names, unknown } = readPasted("sim:btc-usd, KRAKEN:ETH-USD\nSIM:A;SIM:BTC-USD =sim:a / sim:b =SIM:C+1\tSIM:D", VENUES);
  assert.deepEqual(pieces, ["SIM:BTC-USD", "KRAKEN:ETH-USD", "SIM:A", "=SIM:A / SIM:B", "=SIM:C+1", "SIM:D"]);
  assert.deepEqual([names, unknown], [[], []]);
});

test("a name without a venue is looked up; what names no venue that is on is not", () => {
  const { names, unknown } = readPasted("BTC-USD, NOWHERE:X, SIM:A, BTC-USD, =1+2, =NOWHERE:X - SIM:A, SIM:<IMG>, <b>", VENUES);
  assert.deepEqual(names, ["BTC-USD"]);
  assert.deepEqual(unknown, ["NOWHERE:X", "=1+2", "=NOWHERE:X - SIM:A", "SIM:<IMG>", "<B>"]);
  assert.deepEqual(readPasted(" ,\n; ", VENUES), { pieces: [], names: [], unknown: [] });
});

const KNOWN = [["SIM:BTC-USD", "BTC"], ["KRAKEN:BTC-USD", "BTC"], ["KRAKEN:ETH-USD", "ETH"], ["KRAKEN:ETHW-USD", "ETHW"]].map(([symbol, base]) => ({ symbol, base }));
const searching = (asked = []) => async ({ q }) => {
  asked.push(q);
  return KNOWN.filter(({ symbol }) => symbol.slice(symbol.indexOf(":") + 1).startsWith(q));
};
const symbolsOf = ({ instruments }) => instruments.map(({ symbol }) => symbol);

test("pasted names become symbols of the venue that is shown, or of one that has them, in their order", async () => {
  const paste = (now) => findPasted("eth-usd, SIM:A, BTC-USD, btcusd, ETH, =SIM:A+1", { venues: VENUES, search: searching(), now });
  assert.deepEqual(symbolsOf(await paste("KRAKEN:ETH-USD")), ["KRAKEN:ETH-USD", "SIM:A", "KRAKEN:BTC-USD", "KRAKEN:BTC-USD", "KRAKEN:ETH-USD", "=SIM:A+1"]);
  const found = await paste("SIM:A");
  assert.deepEqual(symbolsOf(found).slice(0, 3), ["KRAKEN:ETH-USD", "SIM:A", "SIM:BTC-USD"]);
  assert.equal(found.instruments[0].base, "ETH");
  assert.equal(unknownText(found), "");
});

test("a name is refused when nothing is called so, once and briefly, also where something begins so", async () => {
  const asked = [];
  const found = await findPasted("BTC-USD, BTC-US, NONE, NOWHERE:X, ., NONE, =1+2, <b>", { venues: VENUES, search: searching(asked), now: null });
  assert.deepEqual(symbolsOf(found), ["SIM:BTC-USD"]);
  assert.deepEqual(found.unknown, ["BTC-US", "NONE", "NOWHERE:X", ".", "=1+2", "<B>"]);
  assert.equal(asked.filter((q) => q === "NONE").length, 1);
  assert.match(unknownText(found), /^Not added: BTC-US, NONE, NOWHERE:X, \. and 2 more\. Nothing/);
  assert.ok(unknownText({ unknown: ["X".repeat(500)], unasked: [] }).length < 200);
});

test("names that can't be looked up are told apart from such that are nothing; the rest is added", async () => {
  const search = async () => { throw new Error("the server is away"); };
  const found = await findPasted("SIM:A, BTC-USD, NOWHERE:X", { venues: VENUES, search, now: null });
  assert.deepEqual([symbolsOf(found), found.unknown, found.unasked], [["SIM:A"], ["NOWHERE:X"], ["BTC-USD"]]);
  assert.match(unknownText(found), /NOWHERE:X\. Nothing.* Not added: BTC-USD, which can't be looked up now: the server is away\.$/);
});

test("stored closes make the line, the price of now its last point", () => {
  const line = new DayLine();
  line.stored({ start: 0, closes: [10, null, 12] });
  assert.equal(line.path(56, 22), "M0 21L56 1");
  assert.equal(line.sign, 1);
  line.put(2.5 * STEP, 9);
  assert.deepEqual(line.closes, [10, null, 9]);
  assert.equal(line.sign, -1);
  line.put(4 * STEP, 10);
  assert.deepEqual(line.closes, [10, null, 9, null, 10]);
  assert.equal(line.sign, 0);
  line.put(0, 99);
  assert.deepEqual(line.closes[0], 10);
});

test("without stored closes a line begins from prices, and stays of a day and of few points", () => {
  const line = new DayLine();
  assert.equal(line.path(56, 22), "");
  for (let second = 0; second < 3 * 86_400; second += 7) line.put(second * 1000, second);
  assert.ok(line.closes.length > 40 && line.closes.length <= 96, `${line.closes.length} closes`);
  assert.ok(line.start > 1.9 * 86_400_000);
  assert.equal(line.step, STEP);
  assert.equal(line.sign, 1);
});

test("a line is one soon after its first price", () => {
  const line = new DayLine();
  for (const second of [0, 10, 20]) line.put(second * 1000, 100 + second);
  assert.match(line.path(56, 22), /^M0 21L.*L56 1$/);
});

test("stored closes take the place of a line that began from prices, whose newest price stays its last", () => {
  const line = new DayLine();
  line.put(5 * STEP, 7);
  line.stored({ start: 0, closes: [1, 2, 3, 4, 5] });
  assert.deepEqual(line.closes, [1, 2, 3, 4, 5, 7]);
  line.stored({ start: null, closes: [] });
  assert.equal(line.closes.length, 6);
});

test("a flat line lies in the middle, and a price after days begins a new one", () => {
  const line = new DayLine();
  line.stored({ start: 0, closes: [5, 5] });
  assert.equal(line.path(56, 22), "M0 11L56 11");
  line.put(1e12, 6);
  assert.deepEqual(line.closes, [6]);
});

test("lines are fetched fifty at a time, one batch after another, and not again for a quarter of an hour", async () => {
  const asked = [];
  let now = 1;
  const sparks = new Sparks({ now: () => now, fetchSparks: async (symbols) => {
    asked.push(symbols.length);
    return symbols.map((symbol) => ({ symbol, start: 0, closes: [1, 2] }));
  } });
  const many = Array.from({ length: 70 }, (_, place) => `SIM:A${place}`);
  await Promise.all([sparks.want(many), sparks.want(many)]);
  await sparks.want(many);
  await sparks.want(many);
  assert.deepEqual(asked, [50, 20]);
  assert.deepEqual(sparks.line("SIM:A69").closes, [1, 2]);
  now += STEP + 1;
  await sparks.want(many.slice(0, 3));
  assert.deepEqual(asked, [50, 20, 3]);
});

test("a failed question is put again after a minute, and what left the lists is forgotten", async () => {
  let [now, tries] = [1, 0];
  const sparks = new Sparks({ now: () => now, fetchSparks: async () => { tries += 1; throw new Error("no answer"); } });
  await sparks.want(["SIM:A"]);
  await sparks.want(["SIM:A"]);
  assert.equal(tries, 1);
  now += 60_001;
  await sparks.want(["SIM:A"]);
  assert.equal(tries, 2);
  sparks.line("SIM:A").put(0, 1);
  sparks.keepOnly(new Set(["SIM:B"]));
  assert.deepEqual(sparks.line("SIM:A").closes, []);
});

test("a refused row says why, and its name once", () => {
  assert.equal(shortReason("SIM:X", "unknown symbol SIM:X: Sim has no such instrument"), "Sim has no such instrument");
  assert.equal(shortReason("SIM:X", "unknown symbol SIM:XY: no"), "unknown symbol SIM:XY: no");
  assert.equal(shortReason("FOO:X", "unknown venue FOO"), "unknown venue FOO");
});

test("the words a price needs are said", () => {
  for (const origin of ["SIMULATED", "REPLAY"]) {
    assert.deepEqual(["live", "stale", "off"].map((state) => wordFor(state, origin, true)), [origin, origin, origin]);
  }
  assert.deepEqual(["live", "delayed", "stale", "closed", "off"].map((state) => wordFor(state, "", true)), ["", "DELAYED", "STALE", "CLOSED", "OFF"]);
  assert.equal(wordFor("stale", "", false), "");
});
