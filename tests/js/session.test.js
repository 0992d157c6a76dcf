import assert from "node:assert/strict";
import { test } from "node:test";

import { Acks } from "../../static/js/acks.js";
import { Clock, Latency } from "../../static/js/clock.js";
import { Demand } from "../../static/js/demand.js";
import { Session } from "../../static/js/session.js";
import { Line } from "../../static/js/socket.js";
import { Store } from "../../static/js/store.js";
import { FakeSocket, FakeTime, HELLO } from "./helpers.js";

const A = "SIM:A";
const B = "SIM:B";

function openSession(more = {}) {
  const time = new FakeTime();
  const sockets = [];
  const store = new Store();
  const clock = new Clock(time.now);
  const line = new Line({
    connect: () => { sockets.push(new FakeSocket()); return sockets.at(-1); },
    onMessage: (message) => session.receive(message), onState: ({ state }) => store.setConnection(state),
    now: time.now, random: () => 0, setTimer: time.set, clearTimer: time.clear,
  });
  const session = new Session({ line, store, clock, ...more });
  line.open();
  const sent = (type) => sockets.at(-1).sent.filter((message) => message.type === type);
  const paint = () => session.painted(session.frame());
  return { time, sockets, store, clock, line, session, sent, paint };
}

const update = (n, more = {}) => ({ type: "update", n, time: 1, ...more });

test("an update is acknowledged when it has been painted, every quarter of the window", () => {
  const { sockets, sent, paint } = openSession();
  sockets[0].says(HELLO);
  for (const n of [1, 2, 3, 4]) sockets[0].says(update(n));
  assert.deepEqual(sent("ack"), []);
  paint();
  assert.deepEqual(sent("ack"), [{ type: "ack", n: 4 }]);
});

test("what arrived after the frame was drawn waits for the next one", () => {
  const { sockets, session, sent } = openSession();
  sockets[0].says(HELLO);
  for (const n of [1, 2, 3, 4]) sockets[0].says(update(n));
  const frame = session.frame();
  sockets[0].says(update(5));
  session.painted(frame);
  assert.deepEqual(sent("ack"), [{ type: "ack", n: 4 }]);
});

test("fewer than that are acknowledged within the second", () => {
  const { time, sockets, session, sent, paint } = openSession();
  sockets[0].says(HELLO);
  sockets[0].says(update(1));
  paint();
  assert.deepEqual(sent("ack"), []);
  time.pass(1000);
  session.second();
  assert.deepEqual(sent("ack"), [{ type: "ack", n: 1 }]);
  session.second();
  assert.equal(sent("ack").length, 1);
});

test("a hidden page acknowledges what it got and pauses; a seen one resumes", () => {
  const { sockets, session, sent } = openSession();
  sockets[0].says(HELLO);
  for (const n of [1, 2, 3, 4, 5]) sockets[0].says(update(n));
  session.hide(true);
  assert.deepEqual(sent("ack"), [{ type: "ack", n: 5 }]);
  assert.equal(sent("pause").length, 1);
  session.hide(false);
  assert.equal(sent("resume").length, 1);
});

test("a line that comes back while the page is hidden is paused again", () => {
  const { time, sockets, session } = openSession();
  sockets[0].says(HELLO);
  session.hide(true);
  sockets[0].onclose({ code: 4503 });
  time.pass(1);
  sockets[1].says(HELLO);
  assert.equal(sockets[1].sent.filter(({ type }) => type === "pause").length, 1);
});

test("each connection is told the rate and everything that is wanted, and counts its updates anew", () => {
  const { time, sockets, session, sent, paint } = openSession();
  session.want(new Map([[A, new Set(["quote"])], [B, new Set(["quote", "bars:1m"])]]));
  sockets[0].says(HELLO);
  assert.deepEqual(sent("rate"), [{ type: "rate", max: 20 }]);
  assert.deepEqual(sent("subscribe").map(({ symbols, streams }) => [symbols, streams]), [[[A], ["quote"]], [[B], ["quote", "bars:1m"]]]);
  for (let n = 1; n <= 40; n += 1) sockets[0].says(update(n));
  paint();
  sockets[0].onclose({ code: 4503 });
  time.pass(1);
  sockets[1].says(HELLO);
  assert.equal(sent("subscribe").length, 2);
  for (const n of [1, 2, 3, 4]) sockets[1].says(update(n));
  paint();
  assert.deepEqual(sent("ack"), [{ type: "ack", n: 4 }]);
});

test("a change of mind is sent as the difference", () => {
  const { sockets, session, sent } = openSession();
  sockets[0].says(HELLO);
  session.want(new Map([[A, new Set(["quote", "bars:1m"])]]));
  session.want(new Map([[A, new Set(["quote", "bars:5m"])], [B, new Set(["quote"])]]));
  const told = (type) => sent(type).slice(-2).map(({ symbols, streams }) => [symbols, streams]);
  assert.deepEqual(told("unsubscribe"), [[[A], ["bars:1m"]]]);
  assert.deepEqual(told("subscribe"), [[[A], ["bars:5m"]], [[B], ["quote"]]]);
});

test("symbols that want the same go in one message", () => {
  const demand = new Demand();
  demand.want(new Map([[A, new Set(["quote"])], [B, new Set(["quote"])]]));
  assert.deepEqual(demand.changes(), { add: [[["quote"], [A, B]]], drop: [] });
  assert.deepEqual(demand.changes(), { add: [], drop: [] });
});

const FORMULA = "=SIM:A+SIM:B";
const CANONICAL = "=SIM:A + SIM:B";
const answer = (id, symbols, rejected = {}) => ({ type: "subscribed", id, symbols, rejected });

function hearRenames(store) {
  const heard = [];
  store.on("renamed", ({ from, to }) => heard.push([from, to]));
  return heard;
}

test("the page goes by the server's name of a symbol, and asks for nothing twice", () => {
  const { sockets, store, session, sent } = openSession();
  const heard = hearRenames(store);
  sockets[0].says(HELLO);
  session.want(new Map([[FORMULA, new Set(["quote"])]]));
  sockets[0].says(answer(sent("subscribe")[0].id, [CANONICAL]));
  assert.deepEqual(heard, [[FORMULA, CANONICAL]]);
  session.want(new Map([[CANONICAL, new Set(["quote"])]]));
  assert.deepEqual([sent("subscribe").length, sent("unsubscribe").length], [1, 0]);
});

test("among many, what the server calls otherwise is asked for again alone", () => {
  const { sockets, store, session, sent } = openSession();
  const heard = hearRenames(store);
  session.want(new Map([A, FORMULA, B, "=("].map((symbol) => [symbol, new Set(["quote"])])));
  sockets[0].says(HELLO);
  sockets[0].says(answer(sent("subscribe")[0].id, [A, CANONICAL, B], { "=(…": "never closed" }));
  const [, formula, broken] = sent("subscribe");
  assert.deepEqual([formula.symbols, broken.symbols], [[FORMULA], ["=("]]);
  sockets[0].says(answer(formula.id, [CANONICAL]));
  sockets[0].says(answer(broken.id, [], { "=(…": "never closed" }));
  assert.deepEqual(heard, [[FORMULA, CANONICAL]]);
  assert.equal(store.refused.get("=("), "never closed");
  assert.equal(sent("subscribe").length, 3);
});

test("in a replay the time is the recording's, which never runs back by a little", () => {
  const { sockets, clock, time } = openSession({ replay: true });
  sockets[0].says({ ...HELLO, server_time: 1_000_000 });
  assert.equal(clock.time(), 1_000_000);
  const quotes = [{ symbol: A, seq: 1, time: 1, received: 1_050_000, last: 1 }];
  sockets[0].says(update(1, { time: 1_001_000, quotes }));
  assert.equal(clock.time(), 1_050_000);
  sockets[0].says(update(2, { time: 1_049_000 }));
  sockets[0].says({ type: "pong", time: 0, server_time: 1 });
  assert.equal(clock.time(), 1_050_000);
  time.pass(6000);
  sockets[0].says({ type: "heartbeat", time: 1_050_500 });
  assert.equal(clock.time(), 1_056_000);
  time.pass(6000);
  sockets[0].says({ type: "heartbeat", time: 1_051_000 });
  assert.equal(clock.time(), 1_051_000);
});

test("only what a venue streams says how far prices travel", () => {
  const { sockets, session, paint } = openSession();
  sockets[0].says(HELLO);
  sockets[0].says({ type: "status", venue: "FORMULA", state: "live", since: 0, reason: "" });
  sockets[0].says(update(1, { quotes: [{ symbol: CANONICAL, seq: 1, time: 1, last: 1, state: "live" }] }));
  paint();
  assert.equal(session.latency.figures().count, 0);
});

test("latency is venue to screen by the server's clock, of live streamed prices only", () => {
  const { time, sockets, store, session, paint } = openSession();
  sockets[0].says(HELLO);
  for (const [venue, state] of [["SIM", "live"], ["YAHOO", "polling"]]) {
    sockets[0].says({ type: "status", venue, state, since: 0, reason: "" });
  }
  time.pass(1000);
  const quotes = [{ symbol: A, seq: 1, time: 940, last: 1, state: "live" },
    { symbol: B, seq: 1, time: 1, last: 1, state: "stale" }, { symbol: "YAHOO:X", seq: 1, time: 1, last: 1, state: "live" }];
  sockets[0].says(update(1, { quotes }));
  paint();
  assert.deepEqual(session.latency.figures(), { count: 1, p50: 60, p95: 60 });
  assert.equal(store.unpainted.size, 0);
});

test("the clock believes the ping that travelled fastest", () => {
  const time = new FakeTime();
  const clock = new Clock(time.now);
  assert.equal(clock.offset(), 0);
  clock.sample(0, 400, 5000);
  clock.sample(1000, 1020, 6010);
  clock.sample(2000, 1990, 1);
  assert.equal(clock.offset(), 5000);
  time.pass(3000);
  assert.equal(clock.time(), 8000);
});

test("latencies are the last so many", () => {
  const latency = new Latency(4);
  for (const value of [1000, 1000, 10, 20, 30, -5]) latency.add(value);
  assert.deepEqual(latency.figures(), { count: 4, p50: 20, p95: 30 });
});

test("an acknowledgement is never repeated nor taken back", () => {
  const acks = new Acks();
  acks.open(16, 0);
  acks.received(4);
  acks.shown(99);
  assert.equal(acks.due(0), 4);
  acks.shown(2);
  assert.equal(acks.due(5000), null);
});
