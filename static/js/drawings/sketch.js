/** View floor. One drawing on the screen: elements that are kept and moved, never made anew while they are enough. */

import { Pool } from "../chart/pool.js";
import { draw, make, place, setAttribute, setText } from "../dom.js";
import { handles, outline } from "./outline.js";
import { COLOURS } from "./shapes.js";

const HANDLE = 4;
const TAG_HALF = 9;

const putLine = (element, [x1, y1, x2, y2]) => place(element, { x1, y1, x2, y2 });
const putArea = (element, [x, y, width, height]) => place(element, { x, y, width, height });
const putDot = (element, { x, y }) => place(element, { cx: x, cy: y });

function putText(element, { x, y, text }) {
  place(element, { x, y });
  setText(element, text);
}

export class Sketch {
  /** @param {Element} pane what is clipped to the price pane @param {Element} axis where tags stand */
  constructor(pane, axis) {
    this.element = draw("g", {});
    this.areas = new Pool(this.element, () => draw("rect", { class: "area" }));
    this.guides = new Pool(this.element, () => draw("line", { class: "guide" }));
    this.lines = new Pool(this.element, () => draw("line", {}));
    this.texts = new Pool(this.element, () => draw("text", {}));
    this.dots = new Pool(this.element, () => draw("circle", { class: "handle", r: HANDLE }));
    this.tag = make("div", { class: "draw-tag gone" });
    pane.append(this.element);
    axis.append(this.tag);
  }

  /** Paint a drawing where it is now. @param {{chosen: boolean, over: boolean}} look */
  paint(shape, frame, { chosen, over }) {
    const seen = outline(shape, frame);
    const ink = `ink-${shape.colour ?? COLOURS[0]}`;
    this.#paintTag(seen?.tag, frame, ink);
    setAttribute(this.element, "class", `sketch draw-${shape.kind} ${ink}${chosen ? " chosen" : ""}${over ? " hovered" : ""}${seen ? "" : " gone"}`);
    if (!seen) return;
    this.areas.show(seen.areas, putArea);
    this.guides.show(seen.guide ? [seen.guide] : [], putLine);
    this.lines.show(seen.lines, putLine);
    this.texts.show(seen.texts, putText);
    this.dots.show(chosen || over ? handles(shape, frame) : [], putDot);
  }

  #paintTag(tag, frame, ink) {
    setAttribute(this.tag, "class", `draw-tag ${ink}${tag ? "" : " gone"}`);
    if (!tag) return;
    setText(this.tag, tag.text);
    const top = Math.min(Math.max(frame.top, tag.y - TAG_HALF), frame.top + frame.height - 2 * TAG_HALF);
    this.tag.style.transform = `translate(${frame.width}px, ${top}px)`;
  }

  /** Take it off the page. */
  remove() {
    this.element.remove();
    this.tag.remove();
  }
}
