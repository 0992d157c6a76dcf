/** Pure parts of the views and of the page's beginning. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { lineText } from "../../static/js/banner.js";
import { sourceText, stateText } from "../../static/js/legend.js";
import { noticeFor } from "../../static/js/notice.js";
import { PATIENCE, choose } from "../../static/js/opening.js";
import { Painter } from "../../static/js/painter.js";
import { wheelFactor } from "../../static/js/pointer.js";
import { loadRecent, saveRecent } from "../../static/js/saved.js";
import { isLetter } from "../../static/js/symbolbox.js";
import { asTyped, best, suggest, used } from "../../static/js/suggest.js";
import { venueBrief, venueText } from "../../static/js/venues.js";

const candidate = (symbol, more = {}) => ({ symbol, priced: false, venueState: "live", refused: false, ...more });

test("the first symbol with a price is opened, after waiting for those before it", () => {
  const list = [candidate("A:A"), candidate("B:B", { priced: true })];
  assert.equal(choose(list, 0), null);
  assert.equal(choose(list, PATIENCE), "B:B");
  assert.equal(choose([candidate("A:A", { priced: true }), list[1]], 0), "A:A");
});

test("nobody waits for a venue that is known to be away", () => {
  const list = [candidate("A:A", { venueState: "reconnecting" }), candidate("B:B", { refused: true }), candidate("C:C", { priced: true })];
  assert.equal(choose(list, 0), "C:C");
});

test("a venue that was off because nobody wanted it is given the time to wake up", () => {
  const list = [candidate("A:A", { venueState: "off" }), candidate("C:C", { priced: true })];
  assert.equal(choose(list, 100), null);
  assert.equal(choose(list, 1000), "C:C");
});

test("without any price the page goes on waiting", () => {
  assert.equal(choose([candidate("A:A")], 60_000), null);
  assert.equal(choose([], 60_000), null);
});

test("jobs run once a frame, and one that asks again waits for the next", () => {
  const frames = [];
  let after = 0;
  const painter = new Painter({ frame: (run) => frames.push(run), afterPaint: () => { after += 1; } });
  const runs = [];
  const again = painter.job(() => { runs.push("again"); if (runs.length < 3) again(); });
  const once = painter.job(() => runs.push("once"));
  again(); once(); once(); again();
  assert.equal(frames.length, 1);
  frames.shift()();
  assert.deepEqual(runs, ["again", "once"]);
  frames.shift()();
  assert.deepEqual(runs, ["again", "once", "again"]);
  assert.equal(frames.length, 0);
  assert.equal(after, 2);
});

test("a letter is for the symbol box unless somebody is typing elsewhere", () => {
  const target = (inside) => ({ closest: () => inside });
  const key = (more) => ({ key: "b", ctrlKey: false, metaKey: false, altKey: false, isComposing: false, target: target(null), ...more });
  assert.equal(isLetter(key()), true);
  for (const more of [{ key: "É" }, { key: "=" }]) assert.equal(isLetter(key(more)), true);
  for (const more of [{ key: "5" }, { key: "Enter" }, { key: " " }, { ctrlKey: true }, { altKey: true }, { metaKey: true }, { target: target({}) }]) {
    assert.equal(isLetter(key(more)), false);
  }
});

test("the state of a price is said with its age or its delay", () => {
  assert.equal(stateText("delayed", 900_000, 15), "DELAYED 15 min");
  assert.equal(stateText("stale", 41_000, 0), "STALE 41 s");
  assert.equal(stateText("stale", null, 0), "no price yet");
});

test("a venue that is away says why, a simulated one says that it is", () => {
  const kraken = { venue: "KRAKEN", title: "Kraken", simulated: false, delay_minutes: 0 };
  assert.equal(venueText(kraken, { state: "live", reason: "old" }), "Kraken");
  assert.equal(venueText(kraken, { state: "reconnecting", reason: "refused" }), "Kraken reconnecting: refused");
  assert.equal(venueText({ ...kraken, venue: "SIM", simulated: true }, undefined), "SIM SIMULATED");
  assert.equal(venueText({ ...kraken, delay_minutes: 15 }, { state: "polling", reason: "" }), "Kraken DELAYED 15 min");
});

test("the chip of a venue says what its prices are, once, and in brief only that", () => {
  const kraken = { venue: "KRAKEN", title: "Kraken · REPLAY", simulated: false, replay: true, delay_minutes: 0 };
  assert.equal(venueText(kraken, { state: "off", reason: "the recording has ended" }), "Kraken REPLAY off: the recording has ended");
  assert.equal(venueBrief(kraken), "KRAKEN REPLAY");
  assert.equal(venueBrief({ venue: "SIM", title: "Sim", simulated: true }), "SIM SIMULATED");
  assert.equal(venueBrief({ venue: "ECB", title: "European Central Bank", delay_minutes: 0 }), "ECB");
  assert.equal(venueBrief({ venue: "YAHOO", title: "Yahoo", delay_minutes: 15 }), "YAHOO DELAYED");
});

test("a bar that is not whole says so; of one that still forms nobody knows yet", () => {
  assert.equal(sourceText({ source: "hole", closed: false }), "no data");
  assert.equal(sourceText({ source: "mixed", closed: true }), "perhaps incomplete");
  assert.equal(sourceText({ source: "backfill", closed: true }), "from the venue's history");
  for (const bar of [{ source: "mixed", closed: false }, { source: "live", closed: true }]) assert.equal(sourceText(bar), "");
});

test("the symbol box offers what was used first, then what was found, then the text as it is", () => {
  const [btc, eth, mine] = ["KRAKEN:BTC-USD", "KRAKEN:ETH-USD", "DESK:MY-INDEX"].map((symbol) => ({ symbol }));
  const symbols = (offers) => offers.map(({ symbol }) => symbol);
  assert.deepEqual(symbols(suggest("KR", [btc, eth], [mine, eth])), ["KRAKEN:ETH-USD", "KRAKEN:BTC-USD"]);
  assert.deepEqual(symbols(suggest("MY", [], [mine])), ["DESK:MY-INDEX"]);
  assert.deepEqual(symbols(suggest("DESK:MY", [], [mine])), ["DESK:MY-INDEX", "DESK:MY"]);
  assert.deepEqual(symbols(suggest("DESK:MY-INDEX", [], [mine])), ["DESK:MY-INDEX"]);
  assert.deepEqual(suggest("NOTHING", [], []), []);
  const many = Array.from({ length: 30 }, (_, place) => ({ symbol: `SIM:A${place}` }));
  assert.equal(suggest("SIM", many, []).length, 12);
});

test("Enter opens the text in full before the first that was found, and nothing while nothing is typed", () => {
  const offers = ["DESK:MY-INDEX", "DESK:MY"].map((symbol) => ({ symbol }));
  assert.deepEqual(["DESK:MY", "DESK", ""].map((text) => best(text, offers)), [1, 0, -1]);
  assert.equal(best("NOTHING", []), -1);
  assert.equal(asTyped("=SIM:A").symbol, "=SIM:A");
});

test("what was used is remembered, newest first, each once and bounded", () => {
  let recent = [];
  for (let place = 0; place < 30; place += 1) recent = used({ symbol: `SIM:A${place}`, title: "Open as typed", typed: true }, recent);
  recent = used({ symbol: "SIM:A20", title: "A twenty" }, recent);
  assert.equal(recent.length, 20);
  assert.deepEqual(recent.slice(0, 2), [{ symbol: "SIM:A20", title: "A twenty" }, { symbol: "SIM:A29" }]);
  const held = {};
  const storage = { getItem: (key) => held[key] ?? null, setItem: (key, value) => { held[key] = value; } };
  assert.deepEqual(loadRecent(storage), []);
  assert.equal(saveRecent(storage, recent), true);
  assert.deepEqual(loadRecent(storage), recent);
});

test("the banner says what happens next", () => {
  assert.match(lineText({ state: "reconnecting", code: 0 }, 3200, true).next, /in 4 s/);
  assert.match(lineText({ state: "reconnecting", code: 0 }, 0, true).next, /Connecting/);
  assert.match(lineText({ state: "down", code: 0 }, 0, false).what, /offline/);
  assert.match(lineText({ state: "down", code: 4401 }, 0, true).next, /Log in/);
});

test("a chart without bars has a sentence and a next step", () => {
  const now = { state: "loading", reason: "", symbol: "A:A", interval: "1s", refused: undefined, broken: "" };
  assert.equal(noticeFor(now), null);
  assert.deepEqual(noticeFor({ ...now, state: "failed", reason: "Gone." }), { text: "Gone.", retry: true });
  assert.equal(noticeFor({ ...now, state: "empty" }).retry, true);
  assert.match(noticeFor({ ...now, state: "empty" }).text, /No 1s bars of A:A/);
  assert.match(noticeFor({ ...now, refused: "unknown venue" }).text, /unknown venue.*another/);
  assert.match(noticeFor({ ...now, symbol: null }).text, /Waiting/);
});

test("the wheel's two ways undo each other, and one turn is bounded", () => {
  assert.ok(Math.abs(wheelFactor(100) * wheelFactor(-100) - 1) < 1e-12);
  assert.ok(wheelFactor(-100) < 1);
  assert.equal(wheelFactor(1e9), wheelFactor(240));
});

test("what was used is remembered; storage that is full, forbidden or spoilt is survived", () => {
  const held = {};
  const storage = { getItem: (key) => held[key] ?? null, setItem: (key, value) => { held[key] = value; } };
  assert.deepEqual(loadRecent(storage), []);
  assert.equal(saveRecent(storage, [{ symbol: "A:A" }]), true);
  assert.deepEqual(loadRecent(storage), [{ symbol: "A:A" }]);
  held["ticker.recent.v1"] = '[{"symbol":7},null,{"symbol":"B:B"}]';
  assert.deepEqual(loadRecent(storage), [{ symbol: "B:B" }]);
  held["ticker.recent.v1"] = "{";
  assert.deepEqual(loadRecent(storage), []);
  assert.equal(saveRecent({ setItem() { throw new Error("full"); } }, []), false);
});
