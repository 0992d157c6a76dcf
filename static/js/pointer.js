/**
 * View floor. Hands on a chart: crosshair, wheel, drag and pinch, on the plot and on its axes. A finger that rests on
 * the plot points, and leaves the crosshair there. What a drawing tool takes (see drawings/) never gets here.
 */

const NOTCH = 0.0016;
const LINE = 16;
const STILL = 3;
/** A finger is broader than a mouse, and rests after so many ms. */
const TREMBLE = 8;
const REST = 350;

/** Return the zoom factor of a wheel turn: up comes closer, down goes away. */
export function wheelFactor(delta) {
  return Math.exp(Math.max(-240, Math.min(240, delta)) * NOTCH);
}

/**
 * @typedef {{onPoint: (at: {x: number, y: number}|null) => void, onZoom: (factor: number, x: number) => void,
 *   onShift: (pixels: number) => void, onStretch: (factor: number) => void, onLift: (pixels: number) => void,
 *   onReset: (part: "plot"|"price"|"time", touch: boolean) => void, onHold: (held: boolean) => void,
 *   partAt: (at: {x: number, y: number}) => "plot"|"price"|"time"}} Acts pixels are to the right and downwards
 */

export class Pointer {
  /** @type {Map<number, {x: number, y: number}>} */
  #down = new Map();
  #part = "plot";
  #start = null;
  #moved = false;
  #touch = false;
  #resting = null;
  #pointing = false;

  /** Listen on the chart's element for as long as it lives. @param {HTMLElement} element @param {Acts} acts */
  constructor(element, acts) {
    Object.assign(this, { element, acts });
    element.addEventListener("pointerdown", (event) => this.#press(event));
    element.addEventListener("pointermove", (event) => this.#move(event));
    for (const kind of ["pointerup", "pointercancel"]) element.addEventListener(kind, (event) => this.#release(event));
    element.addEventListener("pointerleave", () => this.#down.size || this.#pointing || acts.onPoint(null));
    element.addEventListener("dblclick", (event) => acts.onReset(acts.partAt(this.#at(event)), this.#touch));
    element.addEventListener("wheel", (event) => this.#wheel(event), { passive: false });
  }

  /** True while the chart is held: nothing may move it but the hand. */
  get held() {
    return this.#down.size > 0;
  }

  #at(event) {
    const box = this.element.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  }

  #press(event) {
    if (event.button !== 0 || event.target.closest?.("button, input, a")) return;
    this.element.setPointerCapture?.(event.pointerId);
    const at = this.#at(event);
    this.#down.set(event.pointerId, at);
    if (this.#down.size > 1) return this.#unpoint();
    this.#start = at;
    this.#moved = false;
    this.#touch = event.pointerType === "touch";
    this.#part = this.acts.partAt(at);
    this.acts.onHold(true);
    if (this.#touch && this.#part === "plot") this.#resting = setTimeout(() => this.#point(at), REST);
    return undefined;
  }

  /** The finger rests: until it is lifted it moves the crosshair, not the view. */
  #point(at) {
    this.#pointing = true;
    this.element.classList.add("read");
    this.acts.onPoint(at);
  }

  /** The finger does something else. */
  #unpoint() {
    clearTimeout(this.#resting);
    if (this.#pointing) this.#away();
  }

  #away() {
    this.#pointing = false;
    this.element.classList.remove("read");
    this.acts.onPoint(null);
  }

  #move(event) {
    const at = this.#at(event);
    const before = this.#down.get(event.pointerId);
    if (!before || (this.#down.size === 1 && (!this.#touch || this.#pointing))) this.acts.onPoint(at);
    if (!before || this.#pointing) return;
    if (!this.#moved && Math.hypot(at.x - this.#start.x, at.y - this.#start.y) < (this.#touch ? TREMBLE : STILL)) return;
    this.#moved = true;
    clearTimeout(this.#resting);
    if (this.#down.size === 2) this.#pinch(event.pointerId, before, at);
    else this.#drag(at.x - before.x, at.y - before.y);
    this.#down.set(event.pointerId, at);
  }

  #drag(right, down) {
    if (this.#part === "price") this.acts.onStretch(Math.exp(down * 0.004));
    else if (this.#part === "time") this.acts.onZoom(Math.exp(-right * 0.004), null);
    else {
      this.acts.onShift(-right);
      this.acts.onLift(down);
    }
  }

  /** Two fingers: what is between them stays between them. */
  #pinch(id, before, at) {
    const other = [...this.#down].find(([each]) => each !== id)[1];
    const [was, is] = [Math.max(20, Math.abs(before.x - other.x)), Math.max(20, Math.abs(at.x - other.x))];
    this.acts.onZoom(was / is, (at.x + other.x) / 2);
    this.acts.onShift(-(at.x - before.x) / 2);
  }

  #release(event) {
    if (!this.#down.delete(event.pointerId) || this.#down.size) return;
    clearTimeout(this.#resting);
    if (this.#pointing) this.#leave();
    this.acts.onHold(false);
  }

  /** The crosshair stays when the finger is lifted, so that the figures can be read, until the next press anywhere. */
  #leave() {
    document.addEventListener("pointerdown", () => this.#away(), { capture: true, once: true });
  }

  #wheel(event) {
    event.preventDefault();
    const unit = event.deltaMode === 1 ? LINE : 1;
    const at = this.#at(event);
    const sideways = event.shiftKey ? event.deltaY || event.deltaX : event.deltaX;
    if (this.acts.partAt(at) === "price") this.acts.onStretch(wheelFactor(event.deltaY * unit));
    else if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) this.acts.onShift(sideways * unit);
    else this.acts.onZoom(wheelFactor(event.deltaY * unit), at.x);
  }
}
