/** The desk of one page and its server: what is sent, when, and what goes wrong. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { toJson } from "../../static/js/deskmerge.js";
import { FakeServer, FakeStorage, opened, page, settled } from "./deskstate.helpers.js";

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
