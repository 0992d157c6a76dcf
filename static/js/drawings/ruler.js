/** View floor. The measured stretch: a box in the colour of its sign, and what it measures in words. */

import { draw, make, place, setAttribute, setText } from "../dom.js";
import { spot } from "./outline.js";
import { measure, measureText } from "./shapes.js";

const GAP = 8;
const HEAD = 4;
const HALF_WIDTH = 125;
const HEIGHT = 24;

const within = (value, low, high) => Math.max(low, Math.min(high, value));

/** Return the outline of two arrows, across and along the price, from a to b. */
function arrows(a, b) {
  const [x, y] = [Math.round((a.x + b.x) / 2) + 0.5, Math.round((a.y + b.y) / 2) + 0.5];
  const [right, down] = [Math.min(HEAD, Math.abs(b.x - a.x)) * Math.sign(b.x - a.x), Math.min(HEAD, Math.abs(b.y - a.y)) * Math.sign(b.y - a.y)];
  const across = `M${a.x} ${y}H${b.x}M${b.x - right} ${y - HEAD}L${b.x} ${y}l${-right} ${HEAD}`;
  return `${across}M${x} ${a.y}V${b.y}M${x - HEAD} ${b.y - down}L${x} ${b.y}l${HEAD} ${-down}`;
}

export class Ruler {
  /** @param {Element} pane what is clipped to the price pane @param {Element} axis where its label stands */
  constructor(pane, axis) {
    this.area = draw("rect", { class: "area" });
    this.ways = draw("path", {});
    this.element = draw("g", { class: "ruler gone" }, this.area, this.ways);
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
    place(this.ways, { d: arrows(a, b) });
    setText(this.label, measureText(measure(stretch.a, stretch.b, frame), frame.decimals));
    this.#putLabel(a, b, frame);
  }

  /** Beyond the end of the stretch, but inside the pane. */
  #putLabel(a, b, { width, top, height }) {
    const wanted = b.y <= a.y ? b.y - HEIGHT - GAP : b.y + GAP;
    const y = within(wanted, top + GAP, top + height - HEIGHT - GAP);
    const centre = within((a.x + b.x) / 2, Math.min(HALF_WIDTH, width / 2), Math.max(width - HALF_WIDTH, width / 2));
    this.label.style.transform = `translate(${centre}px, ${y}px) translateX(-50%)`;
  }
}
