import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import * as wire from "../../static/js/wire.js";

const golden = JSON.parse(readFileSync(new URL("../golden/messages.json", import.meta.url), "utf8"));

test("every kind of the golden file is read, as it was written", () => {
  for (const message of golden.to_browser) assert.deepEqual(wire.decode(JSON.stringify(message)), message);
  assert.deepEqual([...new Set(golden.to_browser.map(({ type }) => type))].sort(), [...wire.KINDS].sort());
});

test("the page writes what the golden file says", () => {
  const [first, second, third] = golden.to_server;
  const written = [
    wire.subscribe(first.id, first.symbols, first.streams),
    wire.unsubscribe(second.id, second.symbols),
    wire.unsubscribe(third.id, third.symbols, third.streams),
    wire.ack(17),
    wire.rate(20),
    wire.pause(),
    wire.resume(),
    wire.ping(1234.5),
  ];
  assert.deepEqual(written.map((frame) => JSON.parse(frame)), golden.to_server);
  for (const frame of written) assert.match(frame, /^\{"type":"/);
});

test("unknown kinds and unknown keys are ignored", () => {
  assert.equal(wire.decode('{"type":"weather","rain":true}'), null);
  assert.equal(wire.decode('{"type":"toString"}'), null);
  assert.equal(wire.decode('{"type":"heartbeat","time":1,"moon":"full"}').time, 1);
});

test("a frame that is not as agreed is refused with the part that is wrong", () => {
  const wrong = {
    "not JSON": "{",
    "JSON object": "[]",
    "a type": '{"type":1}',
    "update: n": '{"type":"update","time":1}',
    "update: quotes": '{"type":"update","n":1,"time":1,"quotes":[{"symbol":"A:B","last":"1"}]}',
    "update: bars": '{"type":"update","n":1,"time":1,"bars":[{"symbol":"A:B","interval":"2m"}]}',
    "snapshot: bars": '{"type":"snapshot","symbol":"A:B","epoch":"e","seq":1,"quote":null,"trades":[],"bars":{"1m":[1]}}',
  };
  for (const [part, frame] of Object.entries(wrong)) {
    assert.throws(() => wire.decode(frame), (error) => error instanceof wire.WireError && error.message.includes(part));
  }
});

test("a later quote may hold only what changed", () => {
  const frame = '{"type":"update","n":1,"time":1,"quotes":[{"symbol":"A:B","seq":2,"bid":1.5}]}';
  assert.equal(wire.decode(frame).quotes[0].bid, 1.5);
});
