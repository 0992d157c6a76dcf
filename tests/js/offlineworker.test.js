import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import vm from "node:vm";

const SCRIPT = readFileSync(new URL("../../static/js/offlineworker.js", import.meta.url), "utf8");
const ORIGIN = "https://desk.example";
const PAGE = '<link rel="stylesheet" href="/static/css/offline.0a1b.css"><time>a moment ago</time>';
const pathOf = (asked) => new URL(asked.url ?? asked, ORIGIN).pathname;

/** The worker in a browser of which the test says what time it is, and what the network answers. */
class FakeWorker {
  listeners = {};
  kept = new Map();
  time = Date.UTC(2026, 0, 5, 12);
  asked = [];
  network = () => new Response("the server's");

  constructor() {
    const cache = {
      match: async (path) => this.kept.get(pathOf(path))?.clone(),
      put: async (path, answer) => { this.kept.set(pathOf(path), answer); },
      add: async (request) => { this.kept.set(pathOf(request), new Response("css")); },
      delete: async (path) => this.kept.delete(pathOf(path)),
    };
    const caches = { open: async () => cache, match: cache.match, delete: async () => this.kept.clear(), keys: async () => [] };
    const fetch = async (asked) => { this.asked.push(pathOf(asked)); return this.network(pathOf(asked)); };
    class FakeRequest { constructor(url) { this.url = url; } }
    const now = () => this.time;
    class FakeDate extends Date { constructor(...given) { super(...(given.length ? given : [now()])); } static now = now; }
    const self = { addEventListener: (name, listen) => { this.listeners[name] = listen; }, skipWaiting: () => {}, registration: {} };
    vm.runInNewContext(SCRIPT, { self, caches, fetch, Response, Request: FakeRequest, Date: FakeDate, Set, URL, console });
  }

  async install() {
    this.network = () => new Response(PAGE, { headers: { "Content-Security-Policy": "default-src 'none'" } });
    let work;
    this.listeners.install({ waitUntil: (promise) => { work = promise; } });
    await work;
    return this;
  }

  /** Return what the worker answers, undefined where it leaves that to the browser. */
  async open(path, { mode = "navigate", method = "GET" } = {}) {
    let answer;
    const waiting = [];
    this.listeners.fetch({
      request: { url: ORIGIN + path, mode, method }, respondWith: (promise) => { answer = promise; },
      waitUntil: (promise) => waiting.push(promise), preloadResponse: Promise.resolve(undefined),
    });
    const answered = await answer;
    await Promise.all(waiting);
    return answered;
  }
}

const away = () => { throw new TypeError("Failed to fetch"); };
const since = async (answer) => /<time>(.*)<\/time>/.exec(await answer.text())[1];

test("it keeps its page and its style, and nothing else whatever is opened", async () => {
  const worker = await new FakeWorker().install();
  worker.network = () => new Response("the server's");
  for (const path of ["/", "/?symbol=SIM:BTC-USD", "/login/"]) assert.equal(await (await worker.open(path)).text(), "the server's");
  assert.deepEqual([...worker.kept.keys()].sort(), ["/offline/", "/static/css/offline.0a1b.css"]);
});

test("only pages are answered: no price, no answer of the API, no script, and nothing that is sent", async () => {
  const worker = await new FakeWorker().install();
  worker.network = away;
  for (const path of ["/api/quotes?symbols=SIM:BTC-USD", "/static/js/main.js", "/static/css/desk.css"]) {
    assert.equal(await worker.open(path, { mode: "cors" }), undefined);
  }
  assert.equal(await worker.open("/login/", { method: "POST" }), undefined);
  assert.equal(await (await worker.open("/static/css/offline.0a1b.css", { mode: "no-cors" })).text(), "css");
});

test("a server that is away, or a proxy that says so, is said to be away, with the policy of the page", async () => {
  const worker = await new FakeWorker().install();
  for (const network of [away, () => new Response("bad gateway", { status: 502 }), () => new Response("", { status: 504 })]) {
    worker.network = network;
    const answer = await worker.open("/");
    assert.equal(answer.status, 503);
    assert.equal(answer.headers.get("Content-Security-Policy"), "default-src 'none'");
    assert.match(await since(answer), /^\d\d:\d\d:\d\d$/);
  }
  worker.network = () => new Response("not ready", { status: 503 });
  assert.equal(await (await worker.open("/readyz")).text(), "not ready");
});

test("it says since when, until the server answers or nobody has tried for a while", async () => {
  const worker = await new FakeWorker().install();
  worker.network = away;
  const first = await since(await worker.open("/"));
  worker.time += 60_000;
  assert.equal(await since(await worker.open("/")), first);
  worker.time += 60_000;
  assert.equal(await since(await worker.open("/")), first);
  worker.time += 130_000;
  const later = await since(await worker.open("/"));
  assert.notEqual(later, first);
  worker.network = () => new Response("the server's");
  await worker.open("/");
  worker.time += 1000;
  worker.network = away;
  assert.notEqual(await since(await worker.open("/")), later);
});

test("after midnight it says the day, too", async () => {
  const worker = await new FakeWorker().install();
  worker.network = away;
  const tries = [];
  for (let minute = 0; minute < 24 * 60; minute += 1) {
    worker.time += 60_000;
    tries.push(await since(await worker.open("/")));
  }
  assert.match(tries.at(-1), /^2026-\d\d-\d\d \d\d:\d\d:\d\d$/);
});

test("a page that can't be kept is no worker", async () => {
  const worker = new FakeWorker();
  worker.network = () => new Response("<p>no style", { status: 500 });
  let work;
  worker.listeners.install({ waitUntil: (promise) => { work = promise; } });
  await assert.rejects(work, /no offline page/);
});
