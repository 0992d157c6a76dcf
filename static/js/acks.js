/** Wire floor. Which updates have been shown, and when that has to be said. */

const AT_LATEST = 1000;

export class Acks {
  #step = 1;
  #received = 0;
  #shown = 0;
  #said = 0;
  #saidAt = 0;

  /** Begin a new connection that lets `window` updates go unacknowledged. */
  open(window, now) {
    this.#step = Math.max(1, Math.floor(window / 4));
    this.#received = this.#shown = this.#said = 0;
    this.#saidAt = now;
  }

  /** Note that update `n` has arrived. */
  received(n) {
    this.#received = Math.max(this.#received, n);
  }

  /** The newest update that has arrived. */
  get newest() {
    return this.#received;
  }

  /** Note that every update up to `n` is on the screen. */
  shown(n) {
    this.#shown = Math.min(this.#received, Math.max(this.#shown, n));
  }

  /** Return the n to acknowledge now, or null when it is not due yet. */
  due(now) {
    const open = this.#shown - this.#said;
    if (open < 1 || (open < this.#step && now - this.#saidAt < AT_LATEST)) return null;
    this.#said = this.#shown;
    this.#saidAt = now;
    return this.#said;
  }
}
