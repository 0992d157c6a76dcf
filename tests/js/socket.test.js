import assert from "node:assert/strict";
import { test } from "node:test";

import { Line, backoff } from "../../static/js/socket.js";
import { FakeSocket, FakeTime, HELLO } from "./helpers.js";

function lineWith(time, chance = 0.5) {
  const sockets = [];
  const messages = [];
  const unreadable = [];
  const line = new Line({
    connect: () => { sockets.push(new FakeSocket()); return sockets.at(-1); },
    onMessage: (message) => messages.push(message.type),
    onState: () => {},
    onUnreadable: (reason) => unreadable.push(reason),
    now: time.now, random: () => chance, setTimer: time.set, clearTimer: time.clear,
  });
  line.open();
  return { line, sockets, messages, unreadable };
}

test("the wait is anything from zero to 0.5 s, doubled up to 30 s", () => {
  assert.deepEqual([0, 1, 2, 6, 7, 50].map((failures) => backoff(failures, () => 1)), [500, 1000, 2000, 30_000, 30_000, 30_000]);
  assert.equal(backoff(50, () => 0), 0);
});

test("hello makes the line live", () => {
  const { line, sockets, messages } = lineWith(new FakeTime());
  assert.equal(line.send("{}"), false);
  sockets[0].says(HELLO);
  assert.equal(line.state, "live");
  assert.deepEqual(messages, ["hello"]);
  assert.equal(line.send('{"type":"pause"}'), true);
});

test("nothing is sent on a line that is ending, before anybody has said so", () => {
  const { line, sockets } = lineWith(new FakeTime());
  sockets[0].says(HELLO);
  sockets[0].readyState = 2;
  assert.equal(line.send('{"type":"pause"}'), false);
  assert.deepEqual(sockets[0].sent, []);
});

test("a lost line comes back, each time after a longer wait", () => {
  const time = new FakeTime();
  const { line, sockets } = lineWith(time);
  sockets[0].says(HELLO);
  sockets[0].onclose({ code: 4503 });
  assert.equal(line.state, "reconnecting");
  assert.equal(line.retryAt, 250);
  time.pass(250);
  assert.equal(sockets.length, 2);
  sockets[1].onclose({ code: 1006 });
  assert.equal(line.retryAt - time.time, 500);
  for (let attempt = 0; attempt < 8; attempt += 1) {
    time.pass(30_000);
    sockets.at(-1).onclose?.({ code: 1006 });
  }
  assert.equal(line.state, "down");
  assert.equal(line.retryAt - time.time, 15_000);
});

test("the wait begins anew only after a line that held", () => {
  const time = new FakeTime();
  const { line, sockets } = lineWith(time);
  sockets[0].onclose({ code: 1006 });
  time.pass(250);
  sockets[1].says(HELLO);
  sockets[1].onclose({ code: 1006 });
  assert.equal(line.retryAt - time.time, 500);
  time.pass(500);
  sockets[2].says(HELLO);
  for (let second = 0; second < 12; second += 1) {
    time.pass(1000);
    sockets[2].says({ type: "heartbeat", time: 1 });
  }
  sockets[2].onclose({ code: 1006 });
  assert.equal(line.retryAt - time.time, 250);
});

test("7 s without a frame is a dead line; every frame counts, also an unknown one", () => {
  const time = new FakeTime();
  const { line, sockets, messages } = lineWith(time);
  sockets[0].says(HELLO);
  time.pass(6900);
  sockets[0].says({ type: "weather" });
  time.pass(6900);
  assert.equal(line.state, "live");
  time.pass(100);
  assert.equal(line.state, "reconnecting");
  assert.equal(sockets[0].closed, true);
  assert.deepEqual(messages, ["hello"]);
});

test("a dead socket's late words are not heard", () => {
  const time = new FakeTime();
  const { sockets } = lineWith(time);
  sockets[0].says(HELLO);
  time.pass(7000);
  assert.equal(sockets[0].onmessage, null);
  assert.equal(sockets[0].onclose, null);
});

test("no hello within 10 s is a failure too", () => {
  const time = new FakeTime();
  const { line } = lineWith(time);
  time.pass(9999);
  assert.equal(line.state, "connecting");
  time.pass(1);
  assert.equal(line.state, "reconnecting");
});

test("a hidden page expects nothing, a seen one does again", () => {
  const time = new FakeTime();
  const { line, sockets } = lineWith(time);
  sockets[0].says(HELLO);
  line.quiet(true);
  time.pass(60_000);
  assert.equal(line.state, "live");
  line.quiet(false);
  time.pass(7000);
  assert.equal(line.state, "reconnecting");
});

test("online again or seen again: the attempt is made at once, and only one", () => {
  const time = new FakeTime();
  const { line, sockets } = lineWith(time, 1);
  sockets[0].onclose({ code: 1006 });
  line.open();
  line.open();
  assert.equal(sockets.length, 2);
  time.pass(5000);
  assert.equal(sockets.length, 2);
});

test("a session that is over is not tried again", () => {
  const time = new FakeTime();
  const { line, sockets } = lineWith(time);
  sockets[0].says(HELLO);
  sockets[0].onclose({ code: 4401 });
  time.pass(120_000);
  assert.equal(line.state, "down");
  assert.equal(line.code, 4401);
  assert.equal(sockets.length, 1);
});

test("too many connections: the first wait is a long one", () => {
  const { line, sockets } = lineWith(new FakeTime(), 1);
  sockets[0].onclose({ code: 4429 });
  assert.equal(line.retryAt, 8000);
});

test("an unreadable frame is told and harms nothing", () => {
  const { line, sockets, unreadable } = lineWith(new FakeTime());
  sockets[0].says(HELLO);
  sockets[0].onmessage({ data: "<html>" });
  assert.equal(line.state, "live");
  assert.equal(unreadable.length, 1);
});
