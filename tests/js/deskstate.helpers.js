/** A server that keeps one desk, and pages of it, without a network and without time. */

import assert from "node:assert/strict";

import { DeskState } from "../../static/js/deskstate.js";
import { FakeTime } from "./helpers.js";

/** Storage that a page of the same browser finds again. */
export class FakeStorage {
  held = new Map();
  getItem = (key) => this.held.get(key) ?? null;
  setItem = (key, value) => this.held.set(key, value);
}

/** /api/desk: one desk, and what went wrong with it. */
export class FakeServer {
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

export const settled = () => new Promise((resolve) => setImmediate(resolve));

/** A page whose desk is at `server`, in a browser with `storage`. */
export function page(server, { time = new FakeTime(), storage = new FakeStorage(), ...more } = {}) {
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

export async function opened(server, more) {
  const made = page(server, more);
  await made.state.open();
  return made;
}
