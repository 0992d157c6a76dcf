import assert from "node:assert/strict";
import { test } from "node:test";

import { cleanDocument, newChart, newDesk, openDesk } from "../../static/js/deskdoc.js";
import { merged, partsOf, toJson, wholeOf } from "../../static/js/deskmerge.js";
import { DeskState } from "../../static/js/deskstate.js";
import { FakeTime } from "./helpers.js";

/** Storage that a page of the same browser finds again. */
class FakeStorage {
  held = new Map();
  getItem = (key) => this.held.get(key) ?? null;
  setItem = (key, value) => this.held.set(key, value);
}

/** /api/desk: one desk, and what went wrong with it. */
class FakeServer {
  stored = { revision: 0, document: null };
  owner = "ada";
  token = "t1";
  puts = [];
  asked = 0;
  /** What answers instead: a status, or "nobody". */
  broken = null;
  /** Answers that wait for `release`, when set. */
  held = null;

  fetch = async (path, { method = "GET", body, headers, keepalive = false }) => {
    assert.equal(path, "/api/desk");
    if (method === "GET") this.asked += 1;
    else this.puts.push({ ...JSON.parse(body), keepalive, token: headers["X-CSRFToken"] });
    if (this.held) await new Promise((resolve) => this.held.push(resolve));
    if (this.broken === "nobody") throw new TypeError("Failed to fetch");
    if (this.broken) return this.says(this.broken, { error: { code: "unavailable", message: "not now" } });
    return method === "GET" ? this.says(200, this.told()) : this.takes(this.puts.at(-1));
  };

  takes({ revision, document, owner, token }) {
    if (token !== this.token) return this.says(403, { error: { code: "bad_token", message: "no" } });
    if (revision !== this.stored.revision || owner !== this.owner) {
      return this.says(409, { error: { code: "conflict", message: "another" }, ...this.told() });
    }
    this.stored = { revision: revision + 1, document };
    return this.says(200, { revision: revision + 1 });
  }

  told = () => ({ ...this.stored, owner: this.owner, token: this.token });
  says = (status, body) => ({ ok: status < 400, status, json: async () => structuredClone(body) });

  release() {
    const waiting = this.held;
    this.held = null;
    for (const resolve of waiting) resolve();
  }
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

/** A page whose desk is at `server`, in a browser with `storage`. */
function page(server, { time = new FakeTime(), storage = new FakeStorage(), ...more } = {}) {
  const troubles = [];
  const replaced = [];
  const state = new DeskState({
    fetch: server.fetch, storage, now: time.now, setTimer: time.set, clearTimer: time.clear,
    clean: (document) => structuredClone(document) ?? { name: "first" }, onTrouble: (why) => troubles.push(why), ...more,
  });
  state.onReplaced((document) => replaced.push(document));
  const pass = async (milliseconds) => { time.pass(milliseconds); await settled(); };
  const change = (changes) => { Object.assign(state.document, changes); state.save(); };
  return { state, time, storage, troubles, replaced, pass, change };
}

async function opened(server, more) {
  const made = page(server, more);
  await made.state.open();
  return made;
}

test("who comes for the first time has the first document, and nothing is sent before it is changed", async () => {
  const server = new FakeServer();
  const { state, pass, change } = await opened(server);
  assert.deepEqual(state.document, { name: "first" });
  await pass(10_000);
  assert.equal(server.puts.length, 0);
  change({ a: 1 });
  await pass(400);
  assert.deepEqual(server.stored, { revision: 1, document: { name: "first", a: 1 } });
});

test("what the page was told with its own text stands for the first question, and for no other", async () => {
  const server = new FakeServer();
  server.stored = { revision: 7, document: { a: 1 } };
  const { state, pass, change } = await opened(server, { told: server.told() });
  assert.deepEqual([state.document, server.asked], [{ a: 1 }, 0]);
  change({ a: 2 });
  await pass(400);
  assert.deepEqual(server.stored, { revision: 8, document: { a: 2 } });
  server.token = "t2";
  change({ a: 3 });
  await pass(400);
  await pass(1000);
  assert.equal(server.asked, 1);
});

test("after a change that was sent on leaving, the server is asked: the page's own text may be older", async () => {
  const server = new FakeServer();
  server.stored = { revision: 7, document: { a: 1 } };
  const before = await opened(server);
  const told = server.told();
  before.change({ a: 2 });
  before.state.leave();
  await settled();
  const { state, pass } = await opened(server, { told, storage: before.storage });
  await pass(1000);
  assert.deepEqual([state.document, server.asked, server.puts.length], [{ a: 2 }, 2, 1]);
});

test("what is kept on the server is there on another machine", async () => {
  const server = new FakeServer();
  server.stored = { revision: 7, document: { a: 1 } };
  const { state, replaced } = await opened(server);
  assert.deepEqual(state.document, { a: 1 });
  assert.equal(replaced.length, 1);
});

test("many changes are one request, some time after the last of them", async () => {
  const server = new FakeServer();
  const { pass, change } = await opened(server);
  for (let a = 0; a < 5; a += 1) {
    change({ a });
    await pass(300);
  }
  assert.equal(server.puts.length, 0);
  await pass(100);
  assert.deepEqual(server.puts.map(({ document }) => document.a), [4]);
});

test("who never stops changing is saved all the same", async () => {
  const server = new FakeServer();
  const { pass, change } = await opened(server);
  for (let a = 0; a < 8; a += 1) {
    change({ a });
    await pass(300);
  }
  assert.deepEqual(server.puts.map(({ document }) => document.a), [6]);
});

test("one request at a time: what changes meanwhile goes with the next", async () => {
  const server = new FakeServer();
  const { pass, change } = await opened(server);
  server.held = [];
  change({ a: 1 });
  await pass(400);
  change({ a: 2 });
  await pass(5000);
  assert.equal(server.puts.length, 1);
  server.release();
  await settled();
  await pass(400);
  assert.deepEqual(server.puts.map(({ revision, document }) => [revision, document.a]), [[0, 1], [1, 2]]);
});

test("what fails is tried again, 1 s later, then 2, at most 30, and is said once", async () => {
  const server = new FakeServer();
  const { pass, change, troubles } = await opened(server);
  server.broken = 503;
  change({ a: 1 });
  await pass(400);
  for (const [wait, puts] of [[999, 1], [1, 2], [1999, 2], [1, 3], [4000, 4], [8000, 5], [16_000, 6], [30_000, 7], [30_000, 8]]) {
    await pass(wait);
    assert.equal(server.puts.length, puts);
  }
  assert.deepEqual(troubles, ["not now"]);
  server.broken = null;
  await pass(30_000);
  assert.equal(server.stored.document.a, 1);
  assert.deepEqual(troubles, ["not now", ""]);
  await pass(60_000);
  assert.equal(server.puts.length, 9);
});

test("a network that is back is used at once", async () => {
  const server = new FakeServer();
  const { state, pass, change } = await opened(server);
  server.broken = "nobody";
  change({ a: 1 });
  await pass(60_000);
  server.broken = null;
  state.wake();
  await pass(0);
  assert.equal(server.stored.document.a, 1);
});

test("what is refused for what it is isn't sent again before it is changed", async () => {
  const server = new FakeServer();
  const { pass, change, troubles } = await opened(server);
  server.broken = 413;
  change({ a: 1 });
  await pass(100_000);
  assert.equal(server.puts.length, 1);
  assert.deepEqual(troubles, ["not now"]);
  server.broken = null;
  change({ a: 2 });
  await pass(400);
  assert.equal(server.stored.document.a, 2);
});

test("two pages: each key is as it was changed last, and both show it", async () => {
  const server = new FakeServer();
  const one = await opened(server);
  one.change({ list: ["A"], looks: { theme: "dark" } });
  await one.pass(400);
  const other = await opened(server);
  other.change({ looks: { theme: "light" } });
  await other.pass(400);
  one.change({ list: ["A", "B"] });
  await one.pass(400);
  const both = { name: "first", list: ["A", "B"], looks: { theme: "light" } };
  assert.deepEqual(one.state.document, both);
  assert.deepEqual(one.replaced.at(-1), both);
  await one.pass(400);
  assert.deepEqual(server.stored, { revision: 3, document: both });
  other.change({ name: "mine" });
  await other.pass(400);
  await other.pass(400);
  assert.deepEqual(server.stored, { revision: 4, document: { ...both, name: "mine" } });
});

test("of a key that both changed the later save counts, and what another took out stays out", () => {
  const parts = [{ a: 1, b: 1, c: 1, d: 1 }, { a: 2, b: 1, d: 1 }, { a: 3, c: 1, d: 4, e: 5 }].map(partsOf);
  assert.deepEqual(wholeOf(merged(...parts)), { a: 2, d: 4, e: 5 });
});

test("what two pages did to two desks is kept of both, and each stays at its own desk", async () => {
  const server = new FakeServer();
  const desk = (name, grid = 1) => ({ name, grid });
  const one = await opened(server);
  one.change({ desk: "Morning", desks: [desk("Morning"), desk("Evening")] });
  await one.pass(400);
  const other = await opened(server);
  other.change({ desk: "Evening", desks: [desk("Morning"), desk("Evening", 4)] });
  await other.pass(400);
  one.change({ desk: "Noon", desks: [desk("Noon", 2), desk("Evening")] });
  await one.pass(400);
  await one.pass(400);
  assert.deepEqual(server.stored.document, { name: "first", desk: "Noon", desks: [desk("Noon", 2), desk("Evening", 4)] });
  other.change({ looks: { theme: "light" } });
  await other.pass(400);
  await other.pass(400);
  assert.deepEqual(other.state.document, { name: "first", desk: "Evening", desks: [desk("Noon", 2), desk("Evening", 4)], looks: { theme: "light" } });
});

// ---------------------------------------------------------------------- two windows of one desk
const watched = (text) => [{ name: "A", symbols: text.split(" ").map((symbol) => ({ symbol: `S:${symbol}` })) }];
const symbolsOf = ({ lists }) => lists[0].symbols.map(({ symbol }) => symbol.slice(2)).join(" ");
const shownBy = ({ state }) => openDesk(state.document).charts.map(({ symbol }) => symbol?.slice(2));
const keptBy = (server) => openDesk(server.stored.document).charts.map(({ symbol }) => symbol?.slice(2));

/** Two windows of one login, at the one desk that it has: two charts, a list of two. */
async function windows() {
  const server = new FakeServer();
  const charts = ["A", "B"].map((name) => newChart(`S:${name}`));
  const document = { desks: [{ ...newDesk("Main", charts), grid: 2 }], lists: watched("A B") };
  server.stored = { revision: 1, document: cleanDocument(document) };
  const clean = (kept) => cleanDocument(structuredClone(kept));
  const open = (more) => opened(server, { clean, ...more });
  return { server, open, one: await open(), other: await open() };
}

/** Change a window's document in place, and wait until it is kept, also where another one was meanwhile. */
async function works({ state, pass }, change) {
  change(state.document, openDesk(state.document));
  state.save();
  for (let each = 0; each < 4; each += 1) await pass(400);
}

test("what two windows do to one list and to one symbol's drawings is kept of both", async () => {
  const { server, one, other } = await windows();
  const level = (price) => ({ id: "1", kind: "level", points: [{ time: 1, price }] });
  await works(one, (document) => { document.lists = watched("A B O"); document.drawings["S:A"] = [level(1)]; });
  await works(other, (document) => { document.lists = watched("B T"); document.drawings["S:A"] = [level(2)]; });
  const prices = ({ drawings }) => drawings["S:A"].map(({ points }) => points[0].price).sort();
  for (const document of [server.stored.document, other.state.document]) assert.deepEqual([symbolsOf(document), prices(document)], ["B T O", [1, 2]]);
  await works(one, (document) => { document.tape.least = 5; });
  assert.deepEqual([symbolsOf(one.state.document), prices(one.state.document)], ["B T O", [1, 2]]);
});

test("a window goes on showing its charts, whatever another did to the desk; that is kept, and shown by the next page", async () => {
  const { server, open, one, other } = await windows();
  await works(one, (_, desk) => { Object.assign(desk.charts[0], { symbol: "S:X" }); desk.grid = 1; desk.side.width = 500; });
  await works(other, (document) => { document.lists = watched("A B T"); });
  assert.deepEqual([shownBy(other), openDesk(other.state.document).grid], [["A", "B"], 2]);
  assert.deepEqual(keptBy(server), ["X", "B"]);
  await works(other, (document) => { document.tape.least = 5; });
  assert.deepEqual([shownBy(other), keptBy(server), server.stored.document.tape.least], [["A", "B"], ["X", "B"], 5]);
  const { grid, side } = openDesk(server.stored.document);
  assert.deepEqual([grid, side.width], [1, 500]);
  assert.deepEqual(shownBy(await open()), ["X", "B"]);
  assert.deepEqual(shownBy(await open({ storage: other.storage })), ["X", "B"], "its own next page, too");
});

test("of a chart that both windows changed each shows its own, and the later is kept; the other chart is as it was changed", async () => {
  const { server, one, other } = await windows();
  await works(one, (_, { charts }) => { charts[0].symbol = "S:X"; charts[1].symbol = "S:Y"; });
  await works(other, (_, { charts }) => { charts[0].symbol = "S:T"; });
  assert.deepEqual([shownBy(other), keptBy(server)], [["T", "B"], ["T", "Y"]]);
  await works(one, (document) => { document.tape.least = 5; });
  assert.deepEqual([shownBy(one), keptBy(server)], [["X", "Y"], ["T", "Y"]]);
});

test("a chart that is changed after it was held is kept as it is shown, also when that is what it was before", async () => {
  const { server, one, other } = await windows();
  await works(one, (_, { charts }) => { charts[0].symbol = "S:X"; });
  await works(other, (document) => { document.tape.least = 5; });
  for (const name of ["T", "A"]) {
    await works(other, (_, { charts }) => { charts[0].symbol = `S:${name}`; });
    assert.deepEqual([shownBy(other), keptBy(server)], [[name, "B"], [name, "B"]]);
  }
});

test("what was changed while another window's document came in is not lost by the next conflict", async () => {
  const { server, one, other } = await windows();
  await works(one, (_, { charts }) => { charts[0].symbol = "S:X"; });
  other.state.document.lists = watched("A B T");
  other.state.save();
  await other.pass(400);
  await works(one, (document) => { document.tape.least = 5; });
  for (let each = 0; each < 4; each += 1) await other.pass(400);
  assert.deepEqual([symbolsOf(server.stored.document), keptBy(server), server.stored.document.tape.least, shownBy(other)], ["A B T", ["X", "B"], 5, ["A", "B"]]);
});

test("a desk that another window deleted stays on the screen, and is back when it is changed there", async () => {
  const { server, one, other } = await windows();
  await works(one, (document) => { document.desks = [newDesk("New")]; document.desk = "New"; });
  await works(other, (document) => { document.tape.least = 5; });
  const names = () => server.stored.document.desks.map(({ name }) => name);
  assert.deepEqual([openDesk(other.state.document).name, shownBy(other), names()], ["Main", ["A", "B"], ["New"]]);
  await works(other, (_, { charts }) => { charts[0].symbol = "S:T"; });
  assert.deepEqual([shownBy(other), names()], [["T", "B"], ["New", "Main"]]);
});

test("the page is told of another document only where it shows something else", async () => {
  const { one, other } = await windows();
  const before = other.replaced.length;
  await works(one, (_, { charts }) => { charts[0].symbol = "S:X"; });
  await works(other, (document) => { document.tape.least = 5; });
  assert.equal(other.replaced.length, before);
  await works(one, (document) => { document.lists = watched("A B O"); });
  await works(other, (document) => { document.tape.least = 6; });
  assert.deepEqual([other.replaced.length, symbolsOf(other.replaced.at(-1))], [before + 1, "A B O"]);
});

test("after its token ran out a window shows what it showed, too", async () => {
  const { server, one, other } = await windows();
  await works(one, (_, { charts }) => { charts[0].symbol = "S:X"; });
  server.token = "t2";
  await works(other, (document) => { document.tape.least = 5; });
  for (let each = 0; each < 4; each += 1) await other.pass(1000);
  assert.deepEqual([shownBy(other), keptBy(server), server.stored.document.tape.least], [["A", "B"], ["X", "B"], 5]);
});

test("two windows that both began with nothing kept: what one took out of the first document is not put back", async () => {
  const server = new FakeServer();
  const clean = (kept) => cleanDocument(structuredClone(kept), watched("A B")[0].symbols);
  const [one, other] = [await opened(server, { clean }), await opened(server, { clean })];
  await works(one, (document) => { document.lists[0].symbols.pop(); });
  await works(other, (document) => { document.lists[0].symbols.push({ symbol: "S:T" }); });
  assert.equal(symbolsOf(server.stored.document), "A T");
});

test("a page that could not send is found again, and its changes go over what others did", async () => {
  const server = new FakeServer();
  const storage = new FakeStorage();
  const first = await opened(server, { storage });
  first.change({ a: 1, b: 1 });
  await first.pass(400);
  server.broken = "nobody";
  first.change({ a: 2 });
  await first.pass(400);
  server.broken = null;
  const elsewhere = await opened(server);
  elsewhere.change({ b: 3 });
  await elsewhere.pass(400);
  const again = await opened(server, { storage });
  assert.deepEqual(again.state.document, { name: "first", a: 2, b: 3 });
  await again.pass(400);
  assert.deepEqual(server.stored, { revision: 3, document: { name: "first", a: 2, b: 3 } });
});

test("without an answer the page shows what it knew, and what is done meanwhile is kept", async () => {
  const server = new FakeServer();
  const storage = new FakeStorage();
  const first = await opened(server, { storage });
  first.change({ a: 1 });
  await first.pass(400);
  server.broken = 503;
  const { state, pass, change } = await opened(server, { storage });
  assert.deepEqual(state.document, { name: "first", a: 1 });
  change({ b: 1 });
  server.broken = null;
  await pass(1000);
  await pass(400);
  assert.deepEqual(server.stored.document, { name: "first", a: 1, b: 1 });
});

test("who opened without an answer and without memory overwrites only what he changed", async () => {
  const server = new FakeServer();
  server.stored = { revision: 4, document: { name: "mine", a: 1 } };
  server.broken = "nobody";
  const { state, pass, change } = await opened(server);
  change({ b: 2 });
  server.broken = null;
  await pass(1000);
  assert.deepEqual(state.document, { name: "mine", a: 1, b: 2 });
  await pass(400);
  assert.deepEqual(server.stored, { revision: 5, document: { name: "mine", a: 1, b: 2 } });
});

test("a page that goes sends what is unsaved, and keeps it should that not arrive", async () => {
  const server = new FakeServer();
  const storage = new FakeStorage();
  const { state, change } = await opened(server, { storage });
  state.leave();
  assert.equal(server.puts.length, 0);
  change({ a: 1 });
  server.broken = "nobody";
  state.leave();
  await settled();
  assert.deepEqual(server.puts.map(({ keepalive, document }) => [keepalive, document.a]), [[true, 1]]);
  server.broken = null;
  const again = await opened(server, { storage });
  assert.equal(again.state.document.a, 1);
  await again.pass(400);
  assert.equal(server.stored.document.a, 1);
});

test("a page that went and comes back finds its own change no conflict", async () => {
  const server = new FakeServer();
  const { state, pass, change, replaced } = await opened(server);
  change({ a: 1 });
  state.leave();
  await settled();
  await pass(400);
  assert.deepEqual([server.stored.revision, replaced], [1, []]);
  change({ a: 2 });
  await pass(400);
  assert.deepEqual(server.stored, { revision: 2, document: { name: "first", a: 2 } });
});

test("after a login in another page the desk is the user's, and the browser's is not mixed into it", async () => {
  const server = new FakeServer();
  const { state, pass, change, replaced } = await opened(server);
  change({ a: 1 });
  await pass(400);
  Object.assign(server, { owner: "user", token: "t2", stored: { revision: 1, document: { name: "user's" } } });
  change({ a: 2 });
  await pass(400);
  await pass(1000);
  assert.deepEqual(state.document, { name: "user's" });
  assert.deepEqual(replaced, [{ name: "user's" }]);
  change({ b: 1 });
  await pass(400);
  assert.deepEqual(server.stored, { revision: 2, document: { name: "user's", b: 1 } });
  assert.equal(state.token, "t2");
});

test("what another user left in this browser is not shown to the next", async () => {
  const server = new FakeServer();
  const storage = new FakeStorage();
  const first = await opened(server, { storage });
  first.change({ secret: 1 });
  await first.pass(400);
  Object.assign(server, { owner: "eve", stored: { revision: 0, document: null } });
  const { state, pass } = await opened(server, { storage });
  assert.deepEqual(state.document, { name: "first" });
  await pass(10_000);
  assert.equal(server.stored.document, null);
});

test("a token that has run out is asked for again", async () => {
  const server = new FakeServer();
  const { pass, change } = await opened(server);
  server.token = "t2";
  change({ a: 1 });
  await pass(400);
  await pass(1000);
  await pass(400);
  assert.equal(server.stored.document.a, 1);
});

test("a browser that keeps nothing, or kept nonsense, costs only the memory", async () => {
  const full = { getItem: () => "{nonsense", setItem: () => { throw new Error("full"); } };
  for (const storage of [null, full]) {
    const server = new FakeServer();
    const { pass, change } = await opened(server, { storage });
    change({ a: 1 });
    await pass(400);
    assert.equal(server.stored.document.a, 1);
  }
});

test("half of a sign is not sent, for no server takes it", () => {
  assert.equal(toJson({ a: "x\ud83d" }), '{"a":"x\ufffd"}');
});
