/** View floor. The drawings over one chart: paints them, and takes from the plot only the presses that mean them. */

import { draw, make, place, setText } from "../dom.js";
import { formatPrice } from "../format.js";
import { Hand } from "./hand.js";
import { inPane, spot } from "./outline.js";
import { Ruler } from "./ruler.js";
import { NAMES, pointAt } from "./shapes.js";
import { Sketch } from "./sketch.js";
import { Writing } from "./writing.js";

const PEN = "M-9 0h18M0-9v18";
const CONTROLS = "input, button, a, select";
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
const FAR = 10;
const NOTE_UP = 22;

export class DrawingLayer {
  #sketches = new Map();
  #painted = { epoch: null, list: null, revision: -1 };
  /** Whether a press of a drawing is going on, and whether the last press was one. */
  #taken = false;
  #took = false;

  /**
   * @param {HTMLElement} stage the element exactly over the plot, with the plot in it, in one that can have the focus
   * @param {{list: () => any[], changed: (list: any[], name?: string|null) => void, undo: () => boolean, redo: () => boolean,
   *   mark: () => void, onTool?: (tool: string|null) => void, tell?: (text: string) => void}} parts `list`: the
   *   drawings of the chart's symbol, another list when they change; `onTool`: the tool was laid down here
   */
  constructor(stage, { list, changed, undo, redo, mark, onTool = () => {}, tell = () => {} }) {
    Object.assign(this, { stage, list, parts: { undo, redo }, home: stage.closest("[tabindex]") ?? stage });
    this.pane = draw("svg", {});
    this.pen = draw("path", { class: "pen gone", d: PEN });
    this.svg = draw("svg", { class: "drawings", "aria-hidden": "true" }, this.pane);
    this.axis = make("div", { class: "draw-axis" });
    this.said = make("span", { class: "draw-said", role: "status" });
    stage.append(this.svg, this.axis, this.said);
    this.ruler = new Ruler(this.pane, this.axis);
    this.pane.append(this.pen);
    this.writing = new Writing(stage, (shape, text) => { this.hand.choice.written(shape, text); mark(); });
    this.hand = new Hand({ list, changed, mark, onTool, tell, write: (shape) => this.#write(shape) });
    this.#listen();
  }

  /** The tool that is held: a kind of drawing, "measure", or null. */
  get tool() {
    return this.hand.tool;
  }

  set tool(tool) {
    this.hand.tool = tool;
    if (tool) this.#focus();
  }

  /** Whether a pointer holds a drawing, measures, or is about to set the next point. */
  get held() {
    return this.hand.busy;
  }

  /** Whether a drawing is chosen. */
  get chosen() {
    return Boolean(this.hand.choice.shape());
  }

  /** Take back the last change to the drawings, by whichever chart of the symbol. */
  undo() {
    this.hand.drop();
    return this.parts.undo();
  }

  /** Make the change again that was taken back. */
  redo() {
    this.hand.drop();
    return this.parts.redo();
  }

  /** Delete the chosen drawing; tell whether there was one. */
  remove() {
    return this.hand.choice.remove();
  }

  /** Delete all drawings of the symbol. */
  clear() {
    this.hand.drop();
    this.hand.choice.clear();
  }

  /** Give the chosen drawing the next colour. */
  recolour() {
    this.hand.choice.recolour();
  }

  /** Choose the next drawing, or (-1) the one before. */
  next(by = 1) {
    this.hand.choice.next(by);
  }

  /** Write the chosen note anew; tell whether it is one. */
  edit() {
    return this.hand.choice.edit();
  }

  /** The chosen drawing, or null. */
  get shape() {
    return this.hand.choice.shape() ?? null;
  }

  /** Choose what is drawn at a pixel, and return it; null where nothing is. @param {{x: number, y: number}} at */
  choose(at) {
    const shape = this.hand.find(at)?.shape ?? null;
    if (shape) this.hand.choice.choose(shape.id);
    return shape;
  }

  /** Return the point of time and price at a pixel; null where there is no price. @param {{x: number, y: number}} at */
  pointAt(at) {
    const { frame } = this.hand;
    return frame && inPane(frame, at) ? pointAt(frame, at) : null;
  }

  /** Draw what has one point. @param {import("./shapes.js").Point} point */
  put(kind, point) {
    this.hand.add(kind, point);
  }

  /** Give up the half-made, else the tool, else the choice; tell whether there was anything. */
  cancel() {
    return this.hand.cancel();
  }

  /** The chart shows another symbol: what was going on here is over. */
  forget() {
    this.writing.close();
    this.hand.forget();
  }

  // ------------------------------------------------------------------ keys
  /** Arrows and Enter, while the chart has the focus, are for the tool that is held or the drawing that is chosen. */
  #key(event) {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.target.closest(CONTROLS)) return;
    const taken = event.key === "Enter" ? this.hand.put() || this.hand.choice.edit() : event.key in ARROWS && this.#arrow(event);
    if (taken) event.preventDefault();
  }

  #arrow({ key, shiftKey }) {
    const [bars, steps] = ARROWS[key].map((each) => each * (shiftKey ? FAR : 1) || 0);
    return this.hand.steer(bars, -steps) || this.hand.choice.nudge(bars, steps, this.hand.frame);
  }

  // ------------------------------------------------------------------ the pointer
  /** In the capture phase: what is taken here reaches neither the chart's pointer nor what lies below it. */
  #listen() {
    const on = (name, run) => this.stage.addEventListener(name, run, { capture: true, passive: false });
    on("pointerdown", (event) => this.#down(event));
    on("pointermove", (event) => this.#move(event));
    on("pointerup", (event) => this.#up(event));
    on("pointercancel", () => { this.#taken = false; this.hand.drop(); });
    for (const name of ["mousedown", "touchstart"]) on(name, (event) => this.#taken && this.#stop(event));
    on("dblclick", (event) => this.#twice(event));
    this.stage.addEventListener("pointerleave", () => this.hand.leave());
    this.home.addEventListener("keydown", (event) => this.#key(event));
  }

  #at(event) {
    const box = this.stage.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  }

  #how(event) {
    return { touch: event.pointerType === "touch", shift: event.shiftKey, snap: event.ctrlKey || event.metaKey };
  }

  #stop(event) {
    event.stopPropagation();
    event.preventDefault();
  }

  #down(event) {
    if (event.target === this.writing.field) return;
    if (!event.isPrimary && this.#taken) return void event.stopPropagation();
    this.#taken = event.isPrimary && event.button === 0 && this.hand.press(this.#at(event), this.#how(event));
    this.#took = this.#taken;
    if (!this.#taken) return undefined;
    event.stopPropagation();
    this.stage.setPointerCapture(event.pointerId);
    this.#focus();
    return undefined;
  }

  /** What is stopped moves no focus; a field that had it would go on getting the keys. */
  #focus() {
    this.home.focus({ preventScroll: true });
  }

  /** While the chart itself is held, nothing under the pointer is meant. */
  #move(event) {
    if (event.isPrimary && (this.#taken || !event.buttons)) this.hand.move(this.#at(event), this.#how(event));
  }

  #up(event) {
    if (!event.isPrimary) return;
    this.hand.release(this.#at(event), this.#how(event));
    this.#taken = false;
  }

  #twice(event) {
    if (event.target === this.writing.field) return;
    const found = this.hand.find(this.#at(event));
    if (!found && !this.#took) return;
    this.#stop(event);
    if (found) this.hand.choice.edit(found.shape);
  }

  #write(shape) {
    const { x, y } = spot(shape.points[0], this.hand.frame);
    this.writing.open(shape, { x, y: y - NOTE_UP });
  }

  // ------------------------------------------------------------------ painting
  /** Paint where that is needed. @param {import("./shapes.js").Frame|null} frame null: there is no chart to draw on */
  paint(frame) {
    this.hand.frame = frame;
    const [list, { revision }] = [this.list(), this.hand];
    const now = { epoch: frame?.epoch ?? null, list, revision };
    if (Object.keys(now).every((key) => now[key] === this.#painted[key])) return;
    this.#painted = now;
    this.svg.classList.toggle("gone", !frame);
    this.axis.classList.toggle("gone", !frame);
    if (!frame) return;
    place(this.pane, { x: 0, y: frame.top, width: frame.width, height: frame.height, viewBox: `0 ${frame.top} ${frame.width} ${frame.height}` });
    this.#paintShapes(frame);
    this.ruler.paint(this.hand.measured, frame);
    this.#paintHand();
  }

  #paintShapes(frame) {
    const shapes = this.hand.shapes();
    const { over, choice } = this.hand;
    const ids = new Set(shapes.map(({ id }) => id));
    for (const [id, sketch] of this.#sketches) if (!ids.has(id)) { sketch.remove(); this.#sketches.delete(id); }
    for (const shape of shapes) {
      if (!this.#sketches.has(shape.id)) this.#sketches.set(shape.id, new Sketch(this.pane, this.axis));
      this.#sketches.get(shape.id).paint(shape, frame, { chosen: shape.id === choice.id, over: shape.id === over });
    }
  }

  #paintHand() {
    const { tool, over, pen, choice } = this.hand;
    this.stage.classList.toggle("with-tool", Boolean(tool));
    this.stage.classList.toggle("on-drawing", over !== null);
    this.pen.classList.toggle("gone", !pen);
    if (pen) place(this.pen, { transform: `translate(${pen.x} ${pen.y})` });
    setText(this.said, this.#sentence(choice.shape()));
  }

  /** Return what is chosen, for those who hear the page. */
  #sentence(shape) {
    if (!shape) return "";
    const list = this.list();
    const what = shape.kind === "note" ? shape.text : formatPrice(shape.points[0].price, this.hand.frame.decimals);
    return `${NAMES[shape.kind]}, ${what}, ${list.indexOf(shape) + 1} of ${list.length}`;
  }
}
