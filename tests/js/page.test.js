/** Pure parts of the views and of the page's beginning. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { lineText } from "../../static/js/banner.js";
import { stateText } from "../../static/js/legend.js";
import { noticeFor } from "../../static/js/notice.js";
import { PATIENCE, choose } from "../../static/js/opening.js";
import { Painter } from "../../static/js/painter.js";
import { wheelFactor } from "../../static/js/pointer.js";
import { wordFor } from "../../static/js/row.js";
import { loadWatchlist, saveWatchlist } from "../../static/js/saved.js";
import { isLetter } from "../../static/js/symbolbox.js";
import { venueText } from "../../static/js/venues.js";

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
  assert.equal(isLetter(key({ key: "É" })), true);
  for (const more of [{ key: "5" }, { key: "Enter" }, { key: " " }, { ctrlKey: true }, { altKey: true }, { metaKey: true }, { target: target({}) }]) {
    assert.equal(isLetter(key(more)), false);
  }
});

test("the words a price needs are said", () => {
  assert.equal(wordFor("live", true, true), "SIMULATED");
  assert.equal(wordFor("stale", true, true), "SIMULATED");
  assert.equal(wordFor("live", false, true), "");
  assert.equal(wordFor("delayed", false, true), "DELAYED");
  assert.equal(wordFor("stale", false, false), "");
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

test("the watchlist is remembered; storage that is full, forbidden or spoilt is survived", () => {
  const held = {};
  const storage = { getItem: (key) => held[key] ?? null, setItem: (key, value) => { held[key] = value; } };
  assert.equal(loadWatchlist(storage), null);
  assert.equal(saveWatchlist(storage, [{ symbol: "A:A" }]), true);
  assert.deepEqual(loadWatchlist(storage), [{ symbol: "A:A" }]);
  held["ticker.watchlist.v1"] = '[{"symbol":7},null,{"symbol":"B:B"}]';
  assert.deepEqual(loadWatchlist(storage), [{ symbol: "B:B" }]);
  held["ticker.watchlist.v1"] = "{";
  assert.equal(loadWatchlist(storage), null);
  assert.equal(saveWatchlist({ setItem() { throw new Error("full"); } }, []), false);
});
