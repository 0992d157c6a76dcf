/** Store floor. The chosen drawing of a chart, and what can be done with it by a key or a button. */

import { COLOURS, cleanText, freshId, settled } from "./shapes.js";

export class Choice {
  /** Id of the chosen drawing, or null. */
  id = null;

  /**
   * @param {{list: () => any[], changed: (list: any[], name?: string|null) => void, shown: () => void,
   *   write: (shape: any) => void}} parts `shown`: something looks different; `write`: ask for a note's text, the
   *   answer goes to `written`
   */
  constructor({ list, changed, shown, write }) {
    Object.assign(this, { list, changed, shown, write });
  }

  /** Return the drawing of an id (without one: the chosen), or undefined. */
  shape(id = this.id) {
    return this.list().find((shape) => shape.id === id);
  }

  /** Choose a drawing by its id; null: none. */
  choose(id) {
    if (id === this.id) return;
    this.id = id;
    this.shown();
  }

  /** Choose the next drawing of the list, or (-1) the one before. */
  next(by = 1) {
    const list = this.list();
    if (!list.length) return;
    const now = list.findIndex(({ id }) => id === this.id);
    const from = now < 0 && by < 0 ? 0 : now;
    this.choose(list[(from + by + list.length) % list.length].id);
  }

  /** Put a new drawing to the others, and choose it. */
  add(shape) {
    this.changed([...this.list(), shape]);
    this.choose(shape.id);
  }

  /** Put a drawing in the place of the one with its id, if that is still there; `name`: see Steps.did. */
  replace(shape, name = null) {
    if (this.shape(shape.id)) this.changed(this.list().map((each) => (each.id === shape.id ? shape : each)), name);
  }

  /** Delete the chosen drawing; tell whether there was one. */
  remove() {
    const shape = this.shape();
    if (shape) this.#without(shape);
    return Boolean(shape);
  }

  /** Delete all drawings. */
  clear() {
    if (this.list().length) this.changed([]);
    this.choose(null);
  }

  #without(shape) {
    this.changed(this.list().filter((each) => each !== shape));
    if (this.id === shape.id) this.choose(null);
  }

  /** Move the chosen drawing by bars and by the smallest steps of the price; tell whether there was one. */
  nudge(bars, steps, frame) {
    const shape = this.shape();
    if (!shape || !frame) return false;
    const across = bars && shape.kind !== "level" ? (time) => frame.timeOf(frame.placeOf(time) + bars) : (time) => time;
    const points = shape.points.map(({ time, price }) => ({ time: across(time), price: price + steps * 10 ** -frame.decimals }));
    this.replace(settled({ ...shape, points }, shape, frame), `nudge ${shape.id}`);
    return true;
  }

  /** Give the chosen drawing the next colour. */
  recolour() {
    const shape = this.shape();
    if (!shape) return;
    const now = Math.max(0, COLOURS.indexOf(shape.colour));
    this.replace({ ...shape, colour: COLOURS[(now + 1) % COLOURS.length] }, `colour ${shape.id}`);
  }

  /** Write a note anew (without one given: the chosen); tell whether it is one. */
  edit(shape = this.shape()) {
    if (shape?.kind !== "note") return false;
    this.write(shape);
    return true;
  }

  /** Take a note's text; without any the note is none. */
  written(shape, typed) {
    const text = cleanText(typed);
    const held = this.shape(shape.id);
    if (held && !text) this.#without(held);
    else if (held && text !== held.text) this.replace({ ...held, text });
    else if (!held && text) this.add({ ...shape, id: freshId(this.list()), text });
  }
}
