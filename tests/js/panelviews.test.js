/** What the panels say, and when they ask: sentences, heights, places, and questions while somebody looks. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { compare } from "../../static/js/panels/best.js";
import { fitting } from "../../static/js/panels/height.js";
import { spreadText } from "../../static/js/panels/details.js";
import { foundText, headline, hopeless } from "../../static/js/panels/elsewhere.js";
import { bestText } from "../../static/js/panels/offerrow.js";
import { Poll } from "../../static/js/panels/poll.js";
import { placeIn } from "../../static/js/panels/rangebar.js";
import { emptyText } from "../../static/js/panels/tape.js";
import { noteText } from "../../static/js/panels/taperow.js";
import { kindWord, nameFor, nameInFull, troubleText } from "../../static/js/panels/venues.js";
import { Store } from "../../static/js/store.js";
import { FakeTime } from "./helpers.js";

const plain = (text) => text.replaceAll("\u2009", " ");

test("the bottom panel leaves the charts some of the window, and keeps a row itself", () => {
  assert.deepEqual([fitting(210, 900), fitting(5000, 900), fitting(-Infinity, 900), fitting(210.6, 900)], [210, 630, 96, 211]);
  assert.equal(fitting(500, 100), 96);
});

test("a price's place in the day is between its ends, or unknown", () => {
  assert.deepEqual([placeIn(15, 10, 20), placeIn(5, 10, 20), placeIn(25, 10, 20), placeIn(10, 10, 10)], [0.5, 0, 1, 0.5]);
  assert.deepEqual([placeIn(15, null, 20), placeIn(NaN, 10, 20), placeIn(15, 20, 10)], [null, null, null]);
});

test("a spread is told in money and as a part, also when it is crossed", () => {
  assert.equal(plain(spreadText(99.5, 100.5, 2)), "1.00 · 100 bp");
  assert.equal(plain(spreadText(100.5, 99.5, 2)), "-1.00 · -100 bp");
  assert.equal(spreadText(-0.01, 0.02, 2), "0.03");
  assert.deepEqual([spreadText(null, 1, 2), spreadText(1, undefined, 2)], ["–", "–"]);
});

test("the spread is the difference of the prices that are shown beside it", () => {
  assert.equal(plain(spreadText(100.004, 100.006, 2)).split(" · ")[0], "0.01");
  assert.equal(plain(spreadText(100.0049, 100.0149, 2)).split(" · ")[0], "0.01");
  assert.equal(plain(spreadText(19495.066, 19495.074, 2)).split(" · ")[0], "0.00");
  assert.equal(plain(spreadText(19495.066, 19495.074, 3)).split(" · ")[0], "0.008");
});

test("a tape without rows says why and what to do", () => {
  const store = new Store();
  assert.match(emptyText(store, 0), /Open a symbol/);
  store.setActive("=A:A - B:B");
  assert.match(emptyText(store, 0), /formula.*Open one/);
  store.setActive("A:A");
  assert.match(emptyText(store, 0.5), /Loading the trades of A …/);
  store.apply({ type: "snapshot", symbol: "A:A", epoch: "e", seq: 0, quote: null, trades: [], bars: {} });
  assert.match(emptyText(store, 0), /No trade of A yet/);
  assert.match(emptyText(store, 0.5), /0\.5 or more.*Lower/);
  store.refused.set("A:A", "unknown symbol A:A");
  assert.match(emptyText(store, 0.5), /unknown symbol/);
});

test("missing trades are counted where that is known", () => {
  assert.deepEqual([0, 1, 12].map((missed) => noteText({ missed })), ["trades may be missing here", "1 trade not shown", "12 trades not shown"]);
});

test("what can't be found elsewhere says why", () => {
  assert.match(hopeless(null), /Open a symbol/);
  assert.match(hopeless("=A:A + B:B"), /formula/);
  assert.equal(hopeless("A:A"), "");
  assert.match(foundText("A:X", [{}], undefined), /only this one has X/);
  assert.match(foundText("A:X", [], { base: "X", quote: "USD" }), /No venue that is on lists X/);
  assert.match(foundText("A:X", [], { base: "", quote: "" }), /what X is made of/);
  assert.equal(foundText("A:X", [{}, {}], undefined), "");
});

const offer = (symbol, bid, ask, more = {}) => ({ symbol, bid, ask, quote: "USD", origin: "", state: "live", ...more });
const said = (offers, symbol = "A:A") => headline(compare(offers, symbol), 2, (each) => each[0]);

test("the headline says what lies between the best bid and the best ask, and when they cross", () => {
  const { brief, full } = said([offer("A:A", 99, 101), offer("B:A", 99.5, 102)]);
  assert.equal(plain(brief), "spread 1.50 · 150 bp");
  assert.equal(plain(full), "Best bid 99.50 at B, best ask 101.00 at A, spread 1.50 · 150 bp");
  assert.match(said([offer("A:A", 99, 101), offer("B:A", 103, 104)]).brief, /^CROSSED by 2\.00/);
  assert.match(said([offer("A:A", 99, 101, { origin: "SIMULATED" })]).brief, /^SIMULATED spread/);
  assert.match(said([offer("A:A", 99, 101, { state: "stale" })]).brief, /nothing live/);
});

test("each venue says how far it is from the best, or why it doesn't count", () => {
  const texts = (offers) => {
    const { rows } = compare(offers, "A:A");
    return offers.map((each) => bestText(each, rows.get(each.symbol), (far) => far.toFixed(1)));
  };
  assert.deepEqual(texts([offer("A:A", 100, 101), offer("B:A", 99, 101), offer("C:A", 98, 103)]), ["best", "-1.0 / best", "-2.0 / 2.0"]);
  assert.deepEqual(texts([offer("A:A", 100, 101), offer("B:A", 99, null), offer("C:A", null, null)]), ["best", "-1.0 / –", "no book"]);
  const others = [offer("B:A", 100, 101, { state: "stale" }), offer("C:A", 100, 101, { origin: "SIMULATED" }), offer("D:A", 100, 101, { quote: "USDT" }),
    offer("E:A", 100, 101, { state: "delayed" }), offer("F:A", null, null, { state: "stale" })];
  assert.deepEqual(texts([offer("A:A", 100, 101), ...others]), ["best", "stale", "not counted", "0.0 / 0.0", "not counted", ""]);
});

test("a venue is called by its name, and what its prices are stands beside it", () => {
  const yahoo = { title: "Yahoo Finance", delay_minutes: 15 };
  assert.deepEqual([kindWord(yahoo), nameInFull("YAHOO", yahoo)], ["DELAYED", "Yahoo Finance DELAYED 15 min"]);
  assert.deepEqual([nameFor("SIM", { title: "Simulated market", simulated: true }), kindWord({ simulated: true })], ["SIM", "SIMULATED"]);
  assert.deepEqual([nameFor("KRAKEN", { title: "Kraken · REPLAY", replay: true }), kindWord({ replay: true, simulated: true })], ["Kraken", "REPLAY"]);
  assert.deepEqual([nameFor("NEW", undefined), nameFor("FORMULA", undefined), kindWord(undefined)], ["NEW", "Formulas", ""]);
});

test("venues that nobody tells of say so", () => {
  assert.match(troubleText("", false), /Asking/);
  assert.match(troubleText("away", false), /isn't known: away\. .*again/);
  assert.match(troubleText("away", true), /are old: away/);
});

/** Let what was promised come. */
const settle = () => new Promise((done) => { setImmediate(done); });

function polling(fetch) {
  const time = new FakeTime();
  const told = [];
  const poll = new Poll({ fetch, every: 5000, take: (answer) => told.push(answer), fail: (reason) => told.push(reason), timers: time });
  return { time, told, poll };
}

test("it is asked again and again while somebody looks, and not after", async () => {
  let asked = 0;
  const { time, told, poll } = polling(async () => { asked += 1; return asked; });
  poll.look(true);
  poll.look(true);
  await settle();
  time.pass(4999);
  assert.deepEqual([asked, told], [1, [1]]);
  time.pass(1);
  await settle();
  assert.deepEqual(told, [1, 2]);
  poll.look(false);
  time.pass(60_000);
  poll.look(true);
  poll.look(false);
  await settle();
  time.pass(60_000);
  assert.equal(asked, 3);
});

test("a question that fails is told and asked again; two at once don't become two rounds", async () => {
  let asked = 0;
  const { time, told, poll } = polling(async () => { asked += 1; throw new Error("away"); });
  poll.look(true);
  poll.now();
  await settle();
  assert.deepEqual(told, ["away", "away"]);
  time.pass(5000);
  await settle();
  assert.equal(asked, 3);
});
