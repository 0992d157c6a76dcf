/** Wire floor. Asks again and again, while somebody looks at the answer. */

export class Poll {
  #on = false;
  #timer = null;
  #turn = 0;

  /**
   * @param {{fetch: () => Promise<any>, every: number, take: (answer: any) => void, fail?: (reason: string) => void,
   *   timers?: {set: (run: () => void, wait: number) => any, clear: (id: any) => void}}} parts `every` in ms, from one
   *   answer to the next question
   */
  constructor({ fetch, every, take, fail = () => {}, timers = { set: (run, wait) => setTimeout(run, wait), clear: (id) => clearTimeout(id) } }) {
    Object.assign(this, { fetch, every, take, fail, timers });
  }

  /** Begin to ask, at once, or stop. */
  look(on) {
    if (on === this.#on) return;
    this.#on = on;
    if (on) this.now();
    else this.timers.clear(this.#timer);
  }

  /** Ask now, whatever is due when. */
  async now() {
    this.timers.clear(this.#timer);
    this.#turn += 1;
    const turn = this.#turn;
    await this.fetch().then(this.take, (error) => this.fail(error.message));
    if (this.#on && turn === this.#turn) this.#timer = this.timers.set(() => this.now(), this.every);
  }
}
