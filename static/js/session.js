/** Store floor. One conversation with the server: what is asked for, what has been shown, what time it is. */

import { Acks } from "./acks.js";
import { Latency } from "./clock.js";
import { Demand } from "./demand.js";
import { venueOf } from "./store.js";
import * as wire from "./wire.js";

const RATE = 20;
const SECOND = 1000;
const PING_EVERY = 5;

export class Session {
  latency = new Latency();
  /** Update frames in the last whole second. */
  updates = 0;
  #acks = new Acks();
  #demand = new Demand();
  #counted = 0;
  #seconds = 0;
  #request = 0;
  #hidden = false;

  /** @param {{line: import("./socket.js").Line, store: import("./store.js").Store, clock: import("./clock.js").Clock}} parts */
  constructor({ line, store, clock }) {
    this.line = line;
    this.store = store;
    this.clock = clock;
  }

  /** Take in a message of the server. */
  receive(message) {
    if (message.type === "hello") this.#hello(message);
    else if (message.type === "pong") this.clock.sample(message.time, this.clock.local(), message.server_time);
    else if (message.type === "update") this.#count(message.n);
    this.store.apply(message);
  }

  /** Say what the page wants of the stream from now on. @param {import("./demand.js").Wants} wants */
  want(wants) {
    this.#demand.want(wants);
    this.store.keepOnly(new Set(wants.keys()));
    if (this.line.state === "live") this.#ask();
  }

  /** Return what the frame that is being painted shows; hand it to `painted` when it is on the screen. */
  frame() {
    const times = this.store.unpainted;
    this.store.unpainted = new Map();
    return { times, n: this.#acks.newest };
  }

  /** A frame is on the screen: measure it, and acknowledge what is due. */
  painted({ times, n }) {
    const now = this.clock.time();
    for (const [symbol, time] of times) {
      const streamed = this.store.statuses.get(venueOf(symbol))?.state === "live";
      if (streamed && this.store.freshness(symbol) === "live") this.latency.add(now - time);
    }
    this.#acks.shown(n);
    this.#acknowledge();
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
    this.latency.clear();
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
    for (const [streams, symbols] of add) this.line.send(wire.subscribe(this.#next(), symbols, streams));
  }

  #next() {
    this.#request += 1;
    return this.#request;
  }
}
