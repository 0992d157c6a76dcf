/** View floor. One frame for everything: jobs are marked as often as one likes and run once a frame. */

export class Painter {
  #dirty = new Set();
  #asked = false;
  #frame;
  /** How many frames there were. */
  count = 0;

  /** @param {{frame?: (run: () => void) => any, afterPaint?: () => void}} parts */
  constructor({ frame = (run) => requestAnimationFrame(run), afterPaint = () => {} } = {}) {
    this.#frame = frame;
    this.afterPaint = afterPaint;
  }

  /** Return the function that asks for `paint` to run in the next frame. */
  job(paint) {
    return () => {
      this.#dirty.add(paint);
      this.ask();
    };
  }

  /** Ask for a frame, if only to learn that all has been painted. */
  ask() {
    if (this.#asked) return;
    this.#asked = true;
    this.#frame(() => this.#run());
  }

  #run() {
    this.#asked = false;
    this.count += 1;
    const due = [...this.#dirty];
    this.#dirty.clear();
    for (const paint of due) paint();
    this.afterPaint();
  }
}
