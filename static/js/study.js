/**
 * Store floor. One study: an indicator kept in step with the bars of a chart.
 *
 * All bars but the newest are pushed, once each; the newest is peeked, as often as it changes. So a price costs one
 * peek however many bars there are, and only a change to an older bar makes the study count again.
 */

import { boundedParams } from "./studies.js";

const FIELDS = ["time", "open", "high", "low", "close", "volume"];

const isHole = ({ source }) => source === "hole";

/** Tell whether two bars say the same to an indicator. */
function same(one, other) {
  if (one === other) return true;
  return isHole(one) === isHole(other) && FIELDS.every((field) => one[field] === other[field]);
}

export class Study {
  /** Rises when a value that is not the newest has changed, or there is one more. */
  revision = 0;
  #state;
  /** The bars that were pushed. */
  #pushed = [];
  #values = {};
  #series = null;
  #seen = null;

  /** @param {import("./studies.js").Definition} definition one with lines @param {Object<string, number>} params */
  constructor(definition, params) {
    this.definition = definition;
    this.params = boundedParams(definition, params);
    this.#clear();
  }

  /**
   * Bring the values up to date with the bars.
   * @param {{bars: any[], revision: number}} series of which only the newest bar changes without a new revision
   */
  update(series) {
    if (series !== this.#series || series.revision !== this.#seen) this.#follow(series.bars);
    this.#series = series;
    this.#seen = series.revision;
    const last = series.bars.length - 1;
    if (last >= 0) this.#write(last, this.#state.peek(series.bars[last]));
  }

  /** Return the values of a line, one for each bar, null where there is none. The list is the study's own: read only. */
  values(key) {
    return this.#values[key];
  }

  /** Return the newest value of a line, or null. */
  head(key) {
    return this.#values[key].at(-1) ?? null;
  }

  #follow(bars) {
    const closed = Math.max(0, bars.length - 1);
    if (closed < this.#pushed.length || !this.#pushed.every((bar, place) => same(bar, bars[place]))) this.#clear();
    for (let place = this.#pushed.length; place < closed; place += 1) {
      this.#pushed.push(bars[place]);
      this.#write(place, this.#state.push(bars[place]));
    }
    if (!bars.length) this.#clear();
    this.revision += 1;
  }

  #clear() {
    this.#state = this.definition.create(this.params);
    this.#pushed = [];
    for (const { key } of this.definition.lines) this.#values[key] = [];
  }

  #write(place, values) {
    for (const { key } of this.definition.lines) this.#values[key][place] = values[key];
  }
}
