/** View floor. The footer's figures: our line, how long prices travel, how many come, what time it is. */

import { setAttribute, setText } from "./dom.js";
import { formatClock, formatDay, formatLatency } from "./format.js";

export class Footer {
  /**
   * @param {HTMLElement} root
   * @param {{session: import("./session.js").Session, store: import("./store.js").Store,
   *   clock: import("./clock.js").Clock, painter: import("./painter.js").Painter, replay: boolean}} parts
   */
  constructor(root, { session, store, clock, painter, replay }) {
    Object.assign(this, { session, store, clock, replay });
    const part = (name) => root.querySelector(`[data-part=${name}]`);
    this.parts = { line: part("line"), latency: part("latency"), rate: part("rate"), clock: part("clock") };
    this.ask = painter.job(() => this.#paint());
    store.on("connection", this.ask);
  }

  /** A recording's time is told with its day. */
  #timeText(time) {
    const clock = `UTC ${formatClock(time)}`;
    return this.replay ? `REPLAY ${formatDay(time)} ${new Date(time).getUTCFullYear()} ${clock}` : clock;
  }

  #paint() {
    const { count, p50, p95 } = this.session.latency.figures();
    const live = this.store.connection === "live";
    setAttribute(this.parts.line, "data-state", this.store.connection);
    setText(this.parts.line, this.store.connection);
    setText(this.parts.latency, live && count ? `venue → screen ${formatLatency(p50)} p50 · ${formatLatency(p95)} p95` : "");
    setText(this.parts.rate, live ? `${this.session.updates} updates/s` : "");
    setText(this.parts.clock, this.#timeText(this.clock.time()));
  }
}
