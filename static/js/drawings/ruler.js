/** View floor. The measured stretch: a box in the colour of its sign, and what it measures in words. */

import { draw, make, place, setAttribute, setText } from "../dom.js";
import { spot } from "./outline.js";
import { measure, measureText } from "./shapes.js";

const GAP = 8;
const HALF_WIDTH = 125;
const HEIGHT = 24;

const within = (value, low, high) => Math.max(low, Math.min(high, value));

export class Ruler {
  /** @param {Element} pane what is clipped to the price pane @param {Element} axis where its label stands */
  constructor(pane, axis) {
    this.area = draw("rect", { class: "area" });
    this.across = draw("line", {});
    this.down = draw("line", {});
    this.element = draw("g", { class: "ruler gone" }, this.area, this.across, this.down);
    this.label = make("div", { class: "ruler-label gone", role: "status" });
    pane.append(this.element);
    axis.append(this.label);
  }

  /** Paint the stretch {a, b}; null hides it. */
  paint(stretch, frame) {
    const way = stretch && (stretch.b.price >= stretch.a.price ? "up" : "down");
    setAttribute(this.element, "class", stretch ? `ruler ${way}` : "ruler gone");
    setAttribute(this.label, "class", stretch ? `ruler-label ${way}` : "ruler-label gone");
    if (!stretch) return;
    const [a, b] = [spot(stretch.a, frame), spot(stretch.b, frame)];
    place(this.area, { x: Math.min(a.x, b.x), y: Math.min(a.y, b.y), width: Math.abs(b.x - a.x), height: Math.abs(b.y - a.y) });
    const middle = { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 };
    place(this.across, { x1: a.x, x2: b.x, y1: middle.y, y2: middle.y });
    place(this.down, { x1: middle.x, x2: middle.x, y1: a.y, y2: b.y });
    setText(this.label, measureText(measure(stretch.a, stretch.b, frame), frame.decimals));
    this.#putLabel(middle.x, a, b, frame);
  }

  /** Beyond the end of the stretch, but inside the pane. */
  #putLabel(x, a, b, { width, top, height }) {
    const wanted = b.y <= a.y ? b.y - HEIGHT - GAP : b.y + GAP;
    const y = within(wanted, top + GAP, top + height - HEIGHT - GAP);
    const centre = within(x, Math.min(HALF_WIDTH, width / 2), Math.max(width - HALF_WIDTH, width / 2));
    this.label.style.transform = `translate(${centre}px, ${y}px) translateX(-50%)`;
  }
}
