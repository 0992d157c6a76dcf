/** Runs in the desk before its own scripts: notes when rows and charts show a newer price, and each frame. */

globalThis.watched = { ages: { row: [], chart: [] }, frames: [], drawn: 0, on: false };

(() => {
  const { watched } = globalThis;
  const seen = new WeakMap();

  function note({ target }) {
    const time = Number(target.getAttribute("data-time"));
    if (!time || seen.get(target) === time) return;
    seen.set(target, time);
    if (!watched.on) return;
    watched.drawn += 1;
    watched.ages["chart" in target.dataset ? "chart" : "row"].push(Date.now() - time);
  }

  function frame(at) {
    if (watched.on) watched.frames.push(at);
    requestAnimationFrame(frame);
  }

  /** Begin to note, or end it and return what was noted. */
  watched.start = () => Object.assign(watched, { ages: { row: [], chart: [] }, frames: [], drawn: 0, on: true });
  watched.stop = () => {
    watched.on = false;
    const { ages, frames, drawn } = watched;
    return { ages, frames, drawn };
  };
  new MutationObserver((changes) => changes.forEach(note)).observe(document, { subtree: true, attributes: true, attributeFilter: ["data-time"] });
  requestAnimationFrame(frame);
})();
