/**
 * Wire floor. The protocol as the browser speaks it: every kind of message, packed and unpacked.
 * The golden file tests/golden/messages.json holds one of each; Python and JavaScript tests both read it.
 */

/**
 * @typedef {{symbol: string, seq: number, time: number|null, received: number, last: number|null,
 *   size: number|null, bid: number|null, bid_size: number|null, ask: number|null, ask_size: number|null,
 *   open: number|null, high: number|null, low: number|null, volume: number|null,
 *   hi: number|null, lo: number|null, merged: number, state: "live"|"delayed"|"stale"|"closed"}} Quote
 * @typedef {{symbol: string, id: string, time: number, price: number, size: number,
 *   side: "buy"|"sell"|null, recap?: boolean}} Trade
 * @typedef {{symbol: string, interval: string, time: number, open: number, high: number, low: number,
 *   close: number, volume: number, trades: number|null, closed: boolean,
 *   source: "live"|"backfill"|"mixed"|"hole"}} Bar
 * @typedef {{venue: string, state: string, since: number, reason: string}} Status
 */

export const VERSION = 1;
export const SUBPROTOCOL = "ticker.v1";

/** Close codes after which the page behaves in its own way. */
export const CLOSE_LOGIN = 4401;
export const CLOSE_MANY = 4429;

/** @type {Record<string, number>} every interval, with its length in milliseconds */
export const INTERVALS = {
  "1s": 1_000,
  "5s": 5_000,
  "15s": 15_000,
  "1m": 60_000,
  "5m": 300_000,
  "15m": 900_000,
  "30m": 1_800_000,
  "1h": 3_600_000,
  "4h": 14_400_000,
  "1d": 86_400_000,
};

/** A frame that is not what the protocol says; the text tells which part. */
export class WireError extends Error {}

const text = (value) => typeof value === "string";
const number = (value) => typeof value === "number" && Number.isFinite(value);
const list = (value) => Array.isArray(value);
const map = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
const maybe = (check) => (value) => value === undefined || value === null || check(value);
const every = (check) => (value) => list(value) && value.every(check);

/** Tell whether an object has what `shape` asks for; keys it does not name are ignored. */
function fits(shape, value) {
  return map(value) && Object.keys(shape).every((key) => shape[key](value[key]));
}

const price = maybe(number);
const QUOTE = {
  symbol: text, time: price, last: price, bid: price, ask: price, open: price, volume: price, state: maybe(text),
};
const TRADE = { symbol: text, time: number, price: number, size: number };
const BAR = {
  symbol: text, interval: (value) => value in INTERVALS, time: number,
  open: number, high: number, low: number, close: number, volume: number,
};
const isQuote = (value) => fits(QUOTE, value);
const isTrade = (value) => fits(TRADE, value);
const isBar = (value) => fits(BAR, value);
const barLists = (value) => map(value) && Object.values(value).every(every(isBar));

/** What each kind from the server must hold. */
const SHAPES = {
  hello: { v: number, server_time: number, window: number, heartbeat: number },
  subscribed: { symbols: list, rejected: map },
  unsubscribed: { symbols: list, rejected: map },
  snapshot: { symbol: text, epoch: text, seq: number, quote: maybe(isQuote), trades: every(isTrade), bars: barLists },
  update: { n: number, time: number, quotes: maybe(every(isQuote)), trades: maybe(every(isTrade)), bars: maybe(every(isBar)) },
  status: { venue: text, state: text, since: number, reason: text },
  heartbeat: { time: number },
  pong: { server_time: number },
  error: { code: text, message: text },
};

export const KINDS = Object.keys(SHAPES);

/**
 * Return the message in a frame, or null for a kind this page does not know.
 * Throws WireError for text that is no JSON object with a type, or a kind without its parts.
 */
export function decode(frame) {
  let message;
  try {
    message = JSON.parse(frame);
  } catch {
    throw new WireError(`not JSON: ${String(frame).slice(0, 80)}`);
  }
  if (!map(message) || !text(message.type)) throw new WireError("a frame is a JSON object with a type");
  const shape = Object.hasOwn(SHAPES, message.type) ? SHAPES[message.type] : null;
  if (!shape) return null;
  const wrong = Object.keys(shape).find((key) => !shape[key](message[key]));
  if (wrong) throw new WireError(`${message.type}: ${wrong} is not as agreed`);
  return message;
}

/** Return the frame that adds streams of symbols. */
export function subscribe(id, symbols, streams) {
  return JSON.stringify({ type: "subscribe", id, symbols, streams });
}

/** Return the frame that drops streams of symbols, or all of theirs when `streams` is left out. */
export function unsubscribe(id, symbols, streams = undefined) {
  return JSON.stringify({ type: "unsubscribe", id, symbols, streams });
}

/** Return the frame that says that every update up to `n` has been shown. */
export function ack(n) {
  return JSON.stringify({ type: "ack", n });
}

/** Return the frame that asks for at most `max` updates a second. */
export function rate(max) {
  return JSON.stringify({ type: "rate", max });
}

/** Return the frame that stops the flow while the page is hidden. */
export function pause() {
  return JSON.stringify({ type: "pause" });
}

/** Return the frame that starts it again. */
export function resume() {
  return JSON.stringify({ type: "resume" });
}

/** Return the frame whose answer carries the server's clock. */
export function ping(time) {
  return JSON.stringify({ type: "ping", time });
}
