/** Wire floor. A vertical scale: values to pixels and back, straight or by logarithm, and its round labels. */

const SMALLEST = 1e-12;
const STEPS = [1, 2, 2.5, 5, 10];

export class Scale {
  /**
   * @param {number} low value at `bottom` @param {number} high value at `top`
   * @param {number} top px @param {number} bottom px @param {boolean} log @param {boolean} inverted low is at the top
   */
  constructor(low, high, top, bottom, log = false, inverted = false) {
    Object.assign(this, { low, high, top, bottom, log, inverted });
    this.from = this.#measure(low);
    this.to = this.#measure(high);
    this.size = (bottom - top) / (this.to - this.from);
  }

  #measure(value) {
    return this.log ? Math.log10(Math.max(SMALLEST, value)) : value;
  }

  /** Return the pixel of a value. */
  y(value) {
    const height = (this.#measure(value) - this.from) * this.size;
    return this.inverted ? this.top + height : this.bottom - height;
  }

  /** Return the value at a pixel. */
  value(pixel) {
    const height = this.inverted ? pixel - this.top : this.bottom - pixel;
    const measured = this.from + height / this.size;
    return this.log ? 10 ** measured : measured;
  }

  /** Return the range as a plot's axis takes it. */
  get range() {
    return this.inverted ? [this.to, this.from] : [this.from, this.to];
  }

  /** Tell whether a value lies on it. */
  has(value) {
    return value >= this.low && value <= this.high;
  }

  /** Return this scale over other pixels, stretched about its middle by `factor` (over 1: more is seen). */
  stretched(factor) {
    const [middle, half] = [(this.from + this.to) / 2, ((this.to - this.from) / 2) * factor];
    const back = (measured) => (this.log ? 10 ** measured : measured);
    return { low: back(middle - half), high: back(middle + half) };
  }

  /** Return the range moved by so many pixels downwards. */
  shifted(pixels) {
    const by = (this.inverted ? -pixels : pixels) / this.size;
    const back = (measured) => (this.log ? 10 ** measured : measured);
    return { low: back(this.from + by), high: back(this.to + by) };
  }
}

/** Return a round step that is at least `least`. */
export function roundStep(least) {
  const unit = 10 ** Math.floor(Math.log10(least));
  return unit * STEPS.find((step) => step * unit >= least * (1 - 1e-9));
}

/** Return the decimals that multiples of a step need. */
export function stepDecimals(step, most = 10) {
  for (let decimals = 0; decimals < most; decimals += 1) {
    const scaled = step * 10 ** decimals;
    if (Math.abs(scaled - Math.round(scaled)) < 1e-6 * Math.max(1, scaled)) return decimals;
  }
  return most;
}

function multiples(low, high, step) {
  const values = [];
  for (let count = Math.ceil(low / step - 1e-9); count * step <= high + step * 1e-9; count += 1) values.push(count * step);
  return values;
}

/** Return {values, step} of round values on a scale, at least `gap` px apart. Of a logarithm they are round where they stand. */
export function roundValues(scale, gap) {
  const count = Math.max(1, (scale.bottom - scale.top) / gap);
  if (!scale.log || scale.high / scale.low < 3) {
    const step = roundStep((scale.high - scale.low) / count);
    return { values: multiples(scale.low, scale.high, step), step };
  }
  const values = [];
  const upright = scale.inverted ? new Scale(scale.low, scale.high, scale.top, scale.bottom, true) : scale;
  for (let pixel = scale.bottom; pixel >= scale.top; pixel -= gap) {
    const value = upright.value(pixel);
    const round = roundStep(value);
    if (scale.has(round) && round !== values[values.length - 1] && (!values.length || upright.y(values[values.length - 1]) - upright.y(round) >= gap * 0.6)) values.push(round);
  }
  return { values, step: values[0] ?? scale.low };
}

/** Return {values, step} of the prices that lie a round percentage over or under `base`. */
export function percentValues(scale, base, gap) {
  const percent = (value) => (value / base - 1) * 100;
  const straight = new Scale(percent(scale.low), percent(scale.high), scale.top, scale.bottom);
  const { values, step } = roundValues(straight, gap);
  return { values: values.map((each) => base * (1 + each / 100)), percents: values, step };
}
