/** Runs in the desk before its own scripts: notes when prices move, and when a chart's bars are drawn. */

globalThis.timed = { moving: null, drawn: null, wanted: 500 };

(() => {
  const { timed } = globalThis;
  const times = new WeakMap();

  /** Note a moment when what was changed is on the screen: at the beginning of the next frame. */
  function noteNext(what) {
    if (timed[what] !== null) return;
    timed[what] = NaN;
    requestAnimationFrame(() => setTimeout(() => { timed[what] = performance.now(); }));
  }

  function moved(row) {
    const before = times.get(row);
    times.set(row, row.getAttribute("data-time"));
    if (before && before !== times.get(row)) noteNext("moving");
  }

  function note({ target, attributeName }) {
    if (attributeName === "data-time" && !target.hasAttribute("data-chart")) moved(target);
    const bars = attributeName === "data-bars" && Number(target.getAttribute("data-bars"));
    if (bars >= timed.wanted && target.dataset.symbol === (timed.symbol ?? target.dataset.symbol)) noteNext("drawn");
  }

  new MutationObserver((changes) => changes.forEach(note))
    .observe(document, { subtree: true, attributes: true, attributeFilter: ["data-time", "data-bars"] });

  /** From now on wait for a symbol's bars; note when a key is pressed. */
  timed.await = (symbol) => {
    Object.assign(timed, { symbol, drawn: null, pressed: null });
    performance.clearResourceTimings();
    addEventListener("keydown", () => { timed.pressed ??= performance.now(); }, { capture: true, once: true });
  };

  /** When the answer was there whose bars were drawn; null when there was none. */
  timed.answered = (symbol) => {
    const asked = performance.getEntriesByType("resource")
      .filter(({ name, responseEnd }) => name.includes("/api/bars") && new URL(name).searchParams.get("symbol") === symbol && responseEnd < timed.drawn);
    return asked.length ? Math.max(...asked.map(({ responseEnd }) => responseEnd)) : null;
  };
})();
