/** View floor. The day's range as a line, with the last price's place on it. */

import { make, setAttribute, setText } from "../dom.js";
import { formatPrice } from "../format.js";

/** Return where a price lies between low and high, from 0 to 1; null where that can't be said. */
export function placeIn(price, low, high) {
  if (![price, low, high].every(Number.isFinite) || high < low) return null;
  return high === low ? 0.5 : Math.min(1, Math.max(0, (price - low) / (high - low)));
}

export class RangeBar {
  constructor() {
    this.fill = make("span", { class: "range-fill" });
    this.mark = make("span", { class: "range-mark" });
    this.bar = make("div", { class: "range-bar", role: "img" }, this.fill, this.mark);
    this.low = make("span", { class: "value" });
    this.high = make("span", { class: "value" });
    this.name = make("span", { class: "range-name" });
    this.element = make("div", { class: "range" }, this.bar, make("div", { class: "range-words" }, this.low, this.name, this.high));
  }

  /** Show the range; `name` says of what: "24 h range". */
  paint({ last, low, high, decimals, name }) {
    const place = placeIn(last, low, high);
    this.mark.hidden = this.fill.hidden = place === null;
    const part = `${((place ?? 0) * 100).toFixed(1)}%`;
    if (this.mark.style.left !== part) this.mark.style.left = this.fill.style.width = part;
    const [from, to] = [formatPrice(low ?? NaN, decimals), formatPrice(high ?? NaN, decimals)];
    setText(this.low, from);
    setText(this.high, to);
    setText(this.name, name);
    setAttribute(this.bar, "aria-label", place === null ? `${name} not known` : `${name} from ${from} to ${to}, last at ${Math.round(place * 100)} %`);
  }
}
