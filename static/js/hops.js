/** Store floor. How long prices are under way, hop by hop: venue → worker → web → page → screen. */

import { quantile } from "./clock.js";
import { venueOf } from "./symbols.js";

const KEPT = 128;

/** The hops in their order: to our worker, through it and the web, to this page, onto the screen. */
export const HOPS = ["venue", "worker", "web", "screen"];

export class Hops {
  /** symbol → {taken: number, samples: {venue, worker, web, screen}[]} in ms */
  #held = new Map();
  /** symbol → the times of its newest price that is not on the screen yet */
  #fresh = new Map();
  /** venue → ms from the venue's time to ours at the quickest; below zero its clock is ahead */
  #offsets = new Map();

  /** Take in an update of the server that came at `arrived` (ms of the server's clock). */
  heard({ time: sent, quotes = [] }, arrived) {
    for (const { symbol, time, received } of quotes) {
      if (Number.isFinite(time) && Number.isFinite(received)) this.#fresh.set(symbol, { time, received, sent, arrived });
    }
  }

  /** Return what the frame that is being painted shows; hand it to `painted` when it is on the screen. */
  frame() {
    const fresh = this.#fresh;
    this.#fresh = new Map();
    return fresh;
  }

  /** A frame is on the screen since `now`; only prices of which `travels(symbol)` count. */
  painted(frame, now, travels) {
    for (const [symbol, { time, received, sent, arrived }] of frame) {
      if (!travels(symbol)) continue;
      this.#add(symbol, { venue: received - time, worker: sent - received, web: arrived - sent, screen: now - arrived });
    }
  }

  #add(symbol, sample) {
    const held = this.#held.get(symbol) ?? { taken: 0, samples: [] };
    held.samples[held.taken % KEPT] = sample;
    held.taken += 1;
    this.#held.set(symbol, held);
  }

  /** Take in how the venues' clocks stand to ours. @param {{venue: string, clock_offset?: number|null}[]} statuses */
  clocks(statuses) {
    for (const { venue, clock_offset: offset } of statuses) this.#offsets.set(venue, offset ?? 0);
  }

  /** Return the ms by which the clock of a symbol's venue is ahead of ours at least. */
  ahead(symbol) {
    return Math.max(0, -(this.#offsets.get(venueOf(symbol)) ?? 0));
  }

  /**
   * Return the median of each hop and the whole way's p50 and p95 in ms, of the last prices; null for none. What
   * the venue's clock is ahead is taken off its hop, and no hop is below zero: clocks of machines differ a little.
   * @returns {{count: number, hops: Record<string, number>, p50: number, p95: number}|null}
   */
  figures(symbol) {
    const samples = this.#held.get(symbol)?.samples;
    if (!samples) return null;
    const ahead = this.ahead(symbol);
    const right = samples.map((each) => HOPS.map((hop) => Math.max(0, each[hop] + (hop === "venue" ? ahead : 0))));
    const whole = right.map((each) => each.reduce((sum, part) => sum + part, 0));
    const hops = Object.fromEntries(HOPS.map((hop, place) => [hop, quantile(right.map((each) => each[place]), 0.5)]));
    return { count: samples.length, hops, p50: quantile(whole, 0.5), p95: quantile(whole, 0.95) };
  }

  /** Forget what nobody looks at any more. @param {Set<string>} symbols */
  keepOnly(symbols) {
    for (const held of [this.#held, this.#fresh]) {
      for (const symbol of held.keys()) if (!symbols.has(symbol)) held.delete(symbol);
    }
  }

  /** Forget all prices: the line is another. */
  clear() {
    this.#held.clear();
    this.#fresh.clear();
  }
}
