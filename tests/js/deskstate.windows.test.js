/** One desk in two windows: what each does is kept of both, and neither moves what the other shows. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { cleanDocument, newChart, newDesk, openDesk } from "../../static/js/deskdoc.js";
import { merged, partsOf, wholeOf } from "../../static/js/deskmerge.js";
import { FakeServer, opened, page } from "./deskstate.helpers.js";

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
