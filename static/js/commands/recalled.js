/** Wire floor. Lines that were run before, to go back and forth in; the newest last, kept for this visit. */

const KEPT = 50;

export class Recalled {
  #lines = [];
  #at = 0;
  #draft = "";

  /** Keep a line, and be after the newest again. */
  add(line) {
    this.#lines = [...this.#lines.filter((each) => each !== line), line].slice(-KEPT);
    this.rest();
  }

  /** Be after the newest line. */
  rest() {
    this.#at = this.#lines.length;
    this.#draft = "";
  }

  /** Tell whether a line of before is shown, rather than what is being written. */
  get shown() {
    return this.#at < this.#lines.length;
  }

  /** Return the line so many further (below 0: older), or null at an end. `line` is what is written now. */
  move(by, line) {
    const to = this.#at + by;
    if (to < 0 || to > this.#lines.length) return null;
    if (!this.shown) this.#draft = line;
    this.#at = to;
    return this.shown ? this.#lines[to] : this.#draft;
  }
}
