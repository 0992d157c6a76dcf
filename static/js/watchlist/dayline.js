/** Wire floor. The last day of a symbol as few closes, and the line that is drawn of them. */

const STEP = 900_000;
const MOST = 96;
/** Without stored bars a line begins with steps so short that it is one after a minute; they double as it grows. */
const FIRST_STEP = STEP / 128;

const number = (value) => (Math.round(value * 10) / 10).toString();

export class DayLine {
  start = null;
  step = FIRST_STEP;
  /** @type {(number|null)[]} one a step; null where none is known */
  closes = [];

  /** Take in stored closes, of steps of 15 minutes from `start` on, unless what is held reaches back further. */
  stored({ start, closes }) {
    if (start === null || !closes.length || (this.start !== null && this.start <= start && this.step < STEP)) return;
    const newest = this.closes.at(-1) ?? null;
    const until = this.start === null ? null : this.start + (this.closes.length - 1) * this.step;
    Object.assign(this, { start, step: STEP, closes: closes.slice(-MOST) });
    if (closes.length > MOST) this.start += (closes.length - MOST) * STEP;
    if (newest !== null) this.put(until, newest);
  }

  /** Take in the price at `time` (ms): the close of its step until a later one comes. */
  put(time, price) {
    if (!Number.isFinite(price)) return;
    this.start ??= time;
    const place = Math.floor((time - this.start) / this.step);
    if (place < this.closes.length - 1) return;
    if (place >= this.closes.length + MOST) return this.#anew(time, price);
    while (this.closes.length < place) this.closes.push(null);
    this.closes[place] = price;
    while (this.closes.length > MOST) this.#shorten();
  }

  #anew(time, price) {
    Object.assign(this, { start: time, step: FIRST_STEP, closes: [price] });
  }

  /** Halve it while its steps are short, else drop its oldest close. */
  #shorten() {
    if (this.step < STEP) {
      const pairs = Array.from({ length: Math.ceil(this.closes.length / 2) }, (_, pair) => pair * 2);
      this.closes = pairs.map((place) => this.closes[place + 1] ?? this.closes[place]);
      this.step *= 2;
      return;
    }
    this.closes.shift();
    this.start += this.step;
  }

  /** Return 1, 0 or -1: whether the newest close is above, at or below the oldest. */
  get sign() {
    const known = this.closes.filter((close) => close !== null);
    return known.length ? Math.sign(known.at(-1) - known[0]) : 0;
  }

  /** Return the line as the data of an SVG path within a box, "" while there are no two closes. */
  path(width, height) {
    const known = this.closes.flatMap((close, place) => (close === null ? [] : [[place, close]]));
    if (known.length < 2) return "";
    const [low, high] = known.reduce(([least, most], [, close]) => [Math.min(least, close), Math.max(most, close)], [Infinity, -Infinity]);
    const [first, last] = [known[0][0], known.at(-1)[0]];
    const at = ([place, close]) => {
      const part = high > low ? (high - close) / (high - low) : 0.5;
      return `${number(((place - first) / (last - first)) * width)} ${number(1 + part * (height - 2))}`;
    };
    return `M${known.map(at).join("L")}`;
  }
}
