/**
 * Store floor. The page's line to the server: connects, notices silence, comes back by itself.
 * Time, chance and the socket are handed in, so that tests need none of them.
 */

import { CLOSE_LOGIN, CLOSE_MANY, WireError, decode } from "./wire.js";

/** Ready state of a socket that can be written to; what is beyond it is ending. */
const OPEN = 1;
const FIRST = 500;
const LONGEST = 30_000;
const HANDSHAKE = 10_000;
const SILENCE = 7_000;
const SETTLED = 10_000;
const HOPELESS = 6;

/** Return the wait before the next attempt: anything from 0 to 0.5 s, doubled each time up to 30 s. */
export function backoff(failures, random) {
  return random() * Math.min(LONGEST, FIRST * 2 ** Math.min(failures, 10));
}

export class Line {
  state = "connecting";
  /** When the next attempt is made (ms of `now`), or null. */
  retryAt = null;
  /** The code with which the server closed the line, 0 for silence or none. */
  code = 0;
  #socket = null;
  #wait = null;
  #guard = null;
  #failures = 0;
  #liveSince = null;
  #quiet = false;

  /**
   * @param {{connect: () => WebSocket, onMessage: (message: any) => void, onState: (line: Line) => void,
   *   onUnreadable?: (reason: string) => void, now?: () => number, random?: () => number,
   *   setTimer?: (run: () => void, ms: number) => any, clearTimer?: (id: any) => void}} parts
   */
  constructor(parts) {
    this.connect = parts.connect;
    this.onMessage = parts.onMessage;
    this.onState = parts.onState;
    this.onUnreadable = parts.onUnreadable ?? (() => {});
    this.now = parts.now ?? (() => performance.now());
    this.random = parts.random ?? Math.random;
    this.setTimer = parts.setTimer ?? ((run, ms) => setTimeout(run, ms));
    this.clearTimer = parts.clearTimer ?? ((id) => clearTimeout(id));
  }

  /** Connect now, whatever wait was left; does nothing while a connection is open or opening. */
  open() {
    if (this.#socket) return;
    this.clearTimer(this.#wait);
    this.retryAt = null;
    const socket = this.connect();
    this.#socket = socket;
    socket.onmessage = (event) => this.#receive(event.data);
    socket.onclose = (event) => this.#lost(event.code);
    this.#watch(HANDSHAKE);
  }

  /** Send a frame; false when there is no line to send it on, also where it is ending and nobody has said so yet. */
  send(frame) {
    if (this.state !== "live" || this.#socket.readyState > OPEN) return false;
    this.#socket.send(frame);
    return true;
  }

  /** Expect nothing from the server for now (a hidden page), or expect it again. */
  quiet(quiet) {
    this.#quiet = quiet;
    if (this.state === "live") this.#watch(SILENCE);
  }

  /** The machine has no network: say so without waiting for the silence. */
  offline() {
    if (this.#socket) this.#lost(0);
  }

  #receive(frame) {
    if (this.state === "live") this.#watch(SILENCE);
    try {
      const message = decode(frame);
      if (message?.type === "hello") this.#live();
      if (message) this.onMessage(message);
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
      this.onUnreadable(error.message);
    }
  }

  #live() {
    this.#liveSince = this.now();
    this.code = 0;
    this.#watch(SILENCE);
    this.#become("live");
  }

  #watch(time) {
    this.clearTimer(this.#guard);
    if (!this.#quiet || time === HANDSHAKE) this.#guard = this.setTimer(() => this.#lost(0), time);
  }

  #lost(code) {
    this.#drop();
    if (this.#liveSince !== null && this.now() - this.#liveSince >= SETTLED) this.#failures = 0;
    this.#liveSince = null;
    this.code = code;
    if (code === CLOSE_LOGIN) return this.#become("down");
    const wait = backoff(this.#failures + (code === CLOSE_MANY ? 4 : 0), this.random);
    this.#failures += 1;
    this.retryAt = this.now() + wait;
    this.#wait = this.setTimer(() => this.open(), wait);
    return this.#become(this.#failures > HOPELESS ? "down" : "reconnecting");
  }

  #drop() {
    this.clearTimer(this.#guard);
    this.#socket.onmessage = this.#socket.onclose = null;
    this.#socket.close();
    this.#socket = null;
  }

  #become(state) {
    this.state = state;
    this.onState(this);
  }
}
