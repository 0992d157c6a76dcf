/** Store floor. One conversation with the server: what is asked for, what has been shown, what time it is. */

import { Acks } from "./acks.js";
import { Latency } from "./clock.js";
import { Demand } from "./demand.js";
import { Hops } from "./hops.js";
import { isFormula } from "./symbols.js";
import * as wire from "./wire.js";

const RATE = 20;
const SECOND = 1000;
const PING_EVERY = 5;

/** Messages that say how far the clock of a recording has come, and by how much ours may run ahead of it (ms). */
const TELLING = new Set(["hello", "update", "heartbeat"]);
const ASTRAY = 10_000;

export class Session {
  latency = new Latency();
  /** How long prices are under way, hop by hop. */
  hops = new Hops();
  /** Update frames in the last whole second. */
  updates = 0;
  #acks = new Acks();
  #demand = new Demand();
  #counted = 0;
  #seconds = 0;
  #request = 0;
  #hidden = false;
  /** request → {symbols, streams} that it asked for and the server has not answered yet */
  #asked = new Map();

  /**
   * @param {{line: import("./socket.js").Line, store: import("./store.js").Store, clock: import("./clock.js").Clock,
   *   replay?: boolean}} parts `replay`: the desk runs from a recording, whose clock is not ours
   */
  constructor({ line, store, clock, replay = false }) {
    Object.assign(this, { line, store, clock, replay });
  }

  /** Take in a message of the server. */
  receive(message) {
    if (this.replay) this.#followReplay(message);
    else if (message.type === "pong") this.clock.sample(message.time, this.clock.local(), message.server_time);
    if (message.type === "hello") this.#hello(message);
    else if (message.type === "update") {
      this.#count(message.n);
      this.hops.heard(message, this.clock.time());
    }
    this.store.apply(message.type === "subscribed" ? this.#answered(message) : message);
  }

  /** A recording's clock has come at least as far as what is heard says; ours ran on while it stood. */
  #followReplay({ type, time = 0, server_time: server = 0, quotes = [] }) {
    if (!TELLING.has(type)) return;
    const reached = Math.max(time, server, ...quotes.map((quote) => quote.received ?? 0));
    const ahead = this.clock.time() - reached;
    if (ahead < 0 || ahead > ASTRAY) this.clock.set(reached);
  }

  /** Say what the page wants of the stream from now on. @param {import("./demand.js").Wants} wants */
  want(wants) {
    this.#demand.want(wants);
    this.store.keepOnly(new Set(wants.keys()));
    this.hops.keepOnly(new Set(wants.keys()));
    if (this.line.state === "live") this.#ask();
  }

  /** Return what the frame that is being painted shows; hand it to `painted` when it is on the screen. */
  frame() {
    const times = this.store.unpainted;
    this.store.unpainted = new Map();
    return { times, n: this.#acks.newest, hops: this.hops.frame() };
  }

  /** A frame is on the screen: measure it, and acknowledge what is due. */
  painted({ times, n, hops }) {
    const now = this.clock.time();
    this.hops.painted(hops, now, (symbol) => this.#travels(symbol));
    for (const [symbol, time] of times) if (this.#travels(symbol)) this.latency.add(now - time);
    this.#acks.shown(n);
    this.#acknowledge();
  }

  /** Only a price that its venue streams says how far prices travel: not one that is polled, made or played. */
  #travels(symbol) {
    const streamed = this.store.venueState(symbol) === "live" && !isFormula(symbol) && !this.replay;
    return streamed && this.store.freshness(symbol) === "live";
  }

  /** The page was hidden, or is seen again. A hidden page is owed nothing. */
  hide(hidden) {
    this.#hidden = hidden;
    if (hidden) this.#acks.shown(this.#acks.newest);
    this.#acknowledge();
    this.line.send(hidden ? wire.pause() : wire.resume());
    this.line.quiet(hidden);
  }

  /** To be called each second: late acknowledgements, the clock, the update rate. */
  second() {
    this.updates = this.#counted;
    this.#counted = 0;
    this.#seconds += 1;
    this.#acknowledge();
    if (this.#seconds % PING_EVERY === 0) this.#ping();
  }

  #hello({ window }) {
    this.#acks.open(window, this.clock.local());
    this.#demand.reset();
    this.#asked.clear();
    this.latency.clear();
    this.hops.clear();
    this.store.unpainted = new Map();
    this.line.send(wire.rate(RATE));
    this.#ping();
    this.#ask();
    if (this.#hidden) this.hide(true);
  }

  #count(n) {
    this.#counted += 1;
    this.#acks.received(n);
  }

  #acknowledge() {
    const n = this.#acks.due(this.clock.local());
    if (n !== null) this.line.send(wire.ack(n));
  }

  #ping() {
    this.line.send(wire.ping(this.clock.local()));
  }

  #ask() {
    const { add, drop } = this.#demand.changes();
    for (const [streams, symbols] of drop) this.line.send(wire.unsubscribe(this.#next(), symbols, streams));
    for (const [streams, symbols] of add) this.#subscribe(symbols, streams);
  }

  #subscribe(symbols, streams) {
    const id = this.#next();
    this.#asked.set(id, { symbols, streams });
    this.line.send(wire.subscribe(id, symbols, streams));
  }

  /**
   * Return an answer in the page's words. A symbol that is in it by another name (`=sim:a+1`) was asked for
   * alone, or is now: then the one name in the answer is its own, and the page goes by it from here on.
   */
  #answered(message) {
    const { symbols, streams } = this.#asked.get(message.id) ?? { symbols: [] };
    this.#asked.delete(message.id);
    const strange = symbols.filter((symbol) => !message.symbols.includes(symbol) && !Object.hasOwn(message.rejected, symbol));
    if (symbols.length > 1) for (const symbol of strange) this.#subscribe([symbol], streams);
    if (symbols.length !== 1 || !strange.length) return message;
    const [reason] = Object.values(message.rejected);
    if (reason) return { ...message, rejected: { [symbols[0]]: reason } };
    this.#rename(symbols[0], message.symbols[0]);
    return message;
  }

  #rename(from, to) {
    if (!to) return;
    this.#demand.rename(from, to);
    this.store.rename(from, to);
  }

  #next() {
    this.#request += 1;
    return this.#request;
  }
}
