/** View floor. Hands on the chart: crosshair, wheel, double-click. Dragging is the plot's own. */

const NOTCH = 0.0016;
const LINE = 16;

/** Return the zoom factor of a wheel turn: up comes closer, down goes away. */
export function wheelFactor(delta) {
  return Math.exp(Math.max(-240, Math.min(240, delta)) * NOTCH);
}

/**
 * Listen on the chart's element for as long as the page lives.
 * @param {HTMLElement} element
 * @param {{onPoint: (at: {x: number, y: number}|null) => void, onZoom: (factor: number, x: number) => void,
 *   onShift: (pixels: number) => void, onReset: () => void, onRelease: () => void}} act
 */
export function listen(element, { onPoint, onZoom, onShift, onReset, onRelease }) {
  const at = (event) => {
    const box = element.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };
  element.addEventListener("pointermove", (event) => onPoint(at(event)));
  element.addEventListener("pointerleave", () => onPoint(null));
  element.addEventListener("dblclick", onReset);
  element.addEventListener("wheel", (event) => {
    event.preventDefault();
    const unit = event.deltaMode === 1 ? LINE : 1;
    const sideways = event.shiftKey ? event.deltaY : event.deltaX;
    if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) onShift(sideways * unit);
    else onZoom(wheelFactor(event.deltaY * unit), at(event).x);
  }, { passive: false });
  window.addEventListener("pointerup", () => setTimeout(onRelease));
}
