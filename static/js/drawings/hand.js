/**
 * Store floor. What a pointer does with the drawings of one chart: makes, chooses, moves, measures. It knows pixels
 * and the frame they are in, but no page; a press that it doesn't take is the chart's own.
 */

import { Choice } from "./choice.js";
import { barWidth, dragged, inside } from "./drag.js";
import { REACH, TOUCH_REACH, hit, inPane } from "./outline.js";
import { KINDS, MOST, freshId, pointAt } from "./shapes.js";

/** @typedef {{x: number, y: number}} Spot @typedef {{touch?: boolean, shift?: boolean, snap?: boolean}} How */

/** Pixels that a press may tremble and still be a click. */
const SLACK = 4;
const PEN_STEP = 4;

const apart = (a, b) => Math.hypot(a.x - b.x, a.y - b.y) > SLACK;

export class Hand {
  /** @type {import("./shapes.js").Frame|null} */
  frame = null;
  /** Id of the drawing under the pointer. */
  over = null;
  /** The measured stretch: {a, b}. */
  measured = null;
  /** Where the keyboard's pen is, once it was moved. */
  pen = null;
  /** Rises with every change to what is shown. */
  revision = 0;
  #tool = null;
  #draft = null;
  #making = null;
  #grip = null;
  #tap = null;

  /**
   * @param {{list: () => any[], changed: (list: any[], name?: string|null) => void, mark: () => void,
   *   onTool: (tool: string|null) => void, write: (shape: any) => void, tell: (text: string) => void}} parts
   *   `onTool`: the tool was laid down; `mark`: ask for a painting; `write`: see Choice; `tell`: say it to the user
   */
  constructor({ list, changed, mark, onTool, write, tell }) {
    Object.assign(this, { list, mark, onTool, tell });
    this.choice = new Choice({ list, changed, write, shown: () => this.#show({}) });
  }

  get tool() {
    return this.#tool;
  }

  /** Take a tool: a kind of drawing, "measure", or null for none. */
  set tool(tool) {
    if (tool === this.#tool) return;
    this.#tool = tool;
    this.drop();
  }

  /** True while something is half made or half moved. */
  get busy() {
    return Boolean(this.#making || this.#grip);
  }

  /** Return the drawings as they are to be seen now. */
  shapes() {
    const [list, draft] = [this.list(), this.#draft];
    if (!draft) return list;
    return this.#grip ? list.map((shape) => (shape.id === draft.id ? draft : shape)) : [...list, draft];
  }

  /** Return what is at a pixel: {shape, point} or {shape, body}, or null; the chosen one comes first. */
  find({ x, y }, reach = REACH) {
    if (!this.frame) return null;
    const first = this.choice.shape();
    for (const shape of [...(first ? [first] : []), ...[...this.list()].reverse()]) {
      const found = hit(shape, this.frame, x, y, reach, shape === first);
      if (found) return { shape, ...found };
    }
    return null;
  }

  // ------------------------------------------------------------ press, move, release
  /** A press; tell whether it was taken. @param {Spot} at @param {How} how */
  press(at, how = {}) {
    if (!this.frame) return false;
    if (this.#making) {
      this.#making.pressed = true;
      this.#stretch(at, how);
      return true;
    }
    if (this.measured) this.#show({ measured: null });
    if (!inPane(this.frame, at)) return false;
    const kind = this.#tool ?? (how.shift ? "measure" : null);
    return kind ? this.#begin(kind, at, how) : this.#take(at, how);
  }

  /** The pointer moved, pressed or not. @param {Spot} at @param {How} how */
  move(at, how = {}) {
    if (!this.frame) return;
    if (this.#making) this.#stretch(at, how);
    else if (this.#grip) this.#drag(at, how);
    else this.#hover(this.#tool ? null : this.find(at));
  }

  /** The press that was taken, or a touch that wasn't, has ended. @param {Spot} at @param {How} how */
  release(at, how = {}) {
    if (this.#making) this.#lift(at, how);
    else if (this.#grip) this.#place();
    else if (this.#tap && !apart(at, this.#tap.at)) this.choice.choose(this.#tap.id);
    this.#tap = null;
  }

  /** The pointer went away. */
  leave() {
    if (!this.busy) this.#hover(null);
  }

  /** Forget what is half made, half moved or measured. */
  drop() {
    this.#making = this.#grip = this.#tap = this.pen = null;
    this.#show({ draft: null, measured: null });
  }

  /** The chart shows something else: nothing of what was going on belongs to it. */
  forget() {
    this.drop();
    this.#show({ over: null });
    this.choice.choose(null);
  }

  /** Give up the half-made, else the tool, else the choice; tell whether there was anything. */
  cancel() {
    if (this.busy || this.measured) this.drop();
    else if (this.#tool) this.#lay();
    else if (this.choice.id !== null) this.choice.choose(null);
    else return false;
    return true;
  }

  #begin(kind, at, how) {
    if (kind !== "measure" && this.#isFull()) {
      this.#lay();
      return true;
    }
    const points = Array(KINDS[kind] ?? 2).fill(pointAt(this.frame, at, how.snap));
    this.#making = { kind, points, from: at, pressed: true };
    this.choice.choose(null);
    this.#stretch(at, how);
    return true;
  }

  #isFull() {
    const full = this.list().length >= MOST;
    if (full) this.tell(`A symbol has at most ${MOST} drawings.`);
    return full;
  }

  /** Make a drawing of one point, in the place of what is half made. @param {import("./shapes.js").Point} point */
  add(kind, point) {
    this.drop();
    if (!this.#isFull()) this.choice.add({ id: freshId(this.list()), kind, points: [point] });
  }

  #stretch(at, how) {
    const { kind, points } = this.#making;
    points[points.length - 1] = pointAt(this.frame, inside(this.frame, at), how.snap);
    if (kind === "measure") this.#show({ measured: { a: points[0], b: points[1] } });
    else this.#show({ draft: { id: freshId(this.list()), kind, points: [...points] }, over: null });
  }

  /** The button is up: the drawing is made, unless its second point is still to come. */
  #lift(at, how) {
    const { points, from, pressed } = this.#making;
    if (!pressed) return;
    this.#stretch(at, how);
    this.#making.pressed = false;
    if (points.length === 1 || apart(at, from)) this.#finish();
  }

  #finish() {
    const [draft, measured] = [this.#draft, this.measured];
    this.drop();
    if (measured) this.#show({ measured });
    this.#lay();
    if (draft?.kind === "note") this.choice.write({ ...draft, text: "" });
    else if (draft) this.choice.add(draft);
  }

  #lay() {
    if (!this.#tool) return;
    this.#tool = this.pen = null;
    this.#show({});
    this.onTool(null);
  }

  /** Take the drawing under the pointer. A finger takes only a chosen one: it may as well mean the chart. */
  #take(at, { touch = false }) {
    const found = this.find(at, touch ? TOUCH_REACH : REACH);
    const known = found?.shape.id === this.choice.id;
    if (!found) this.choice.choose(null);
    if (found && touch && !known) this.#tap = { at, id: found.shape.id };
    if (!found || this.#tap) return false;
    this.#grip = { ...found, at, again: touch && known, far: false };
    this.choice.choose(found.shape.id);
    return true;
  }

  #drag(at, { snap = false }) {
    const grip = this.#grip;
    grip.far ||= apart(at, grip.at);
    if (grip.far) this.#show({ draft: dragged(grip, this.frame, at, snap) });
  }

  /** The hold is over: what was moved is kept; a finger that didn't move on a chosen note wants to write. */
  #place() {
    const [{ shape, again }, draft] = [this.#grip, this.#draft];
    this.#grip = null;
    this.#show({ draft: null });
    if (draft) this.choice.replace(draft);
    else if (again) this.choice.edit(shape);
  }

  #hover(found) {
    const over = found?.shape.id ?? null;
    if (over !== this.over) this.#show({ over });
  }

  #show({ draft = this.#draft, ...rest }) {
    this.#draft = draft;
    Object.assign(this, rest);
    this.revision += 1;
    this.mark();
  }

  // ------------------------------------------------------------ a tool held by the keyboard
  /** Move the pen by bars and by steps of a few pixels, downwards; tell whether a tool is held. */
  steer(bars, steps) {
    const { frame } = this;
    if (!this.#tool || !frame) return false;
    const { x, y } = this.pen ?? { x: frame.width / 2, y: frame.top + frame.height / 2 };
    const across = bars * Math.max(1, barWidth(frame));
    this.#show({ pen: inside(frame, { x: x + across, y: y + steps * PEN_STEP }) });
    if (this.#making) this.#stretch(this.pen, {});
    return true;
  }

  /** Set a point where the pen is; tell whether a tool is held. */
  put() {
    if (!this.steer(0, 0)) return false;
    const at = this.pen;
    this.press(at);
    this.release(at);
    return true;
  }
}
