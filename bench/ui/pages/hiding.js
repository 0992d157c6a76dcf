/** Runs in the desk before its own scripts: hides the page as a browser does, and sees what comes when it is shown. */

globalThis.hiding = (() => {
  const WITHIN = 2000;
  let [hidden, updates, old] = [false, 0, 0];
  const waiting = new Map();
  const paint = globalThis.requestAnimationFrame.bind(globalThis);
  let number = 0;

  Object.defineProperty(document, "hidden", { get: () => hidden });
  Object.defineProperty(document, "visibilityState", { get: () => (hidden ? "hidden" : "visible") });

  /** A hidden page gets no frames. */
  globalThis.requestAnimationFrame = (run) => {
    if (!hidden) return paint(run);
    number -= 1;
    waiting.set(number, run);
    return number;
  };

  globalThis.WebSocket = class extends WebSocket {
    constructor(...given) {
      super(...given);
      this.addEventListener("message", ({ data }) => {
        if (!data.startsWith('{"type":"update"')) return;
        updates += 1;
        if (data.includes('"trades":[') || data.includes('"bars":[')) old += 1;
      });
    }
  };

  function become(now) {
    hidden = now;
    document.dispatchEvent(new Event("visibilitychange"));
    if (hidden) return;
    const due = [...waiting.values()];
    waiting.clear();
    for (const run of due) paint(run);
  }

  const plain = (text) => Number(text.replace(/[^\d.]/g, ""));
  const isRight = (last) => [...document.querySelectorAll("[role=table] [data-symbol]")]
    .every((row) => plain(row.querySelector("[data-field=last]").textContent) === Number(last[row.dataset.symbol]));

  return {
    hide: () => become(true),
    count: () => { updates = old = 0; },
    /**
     * Show the page, after the last tick. Return how many updates came while it was hidden, how many until each row
     * showed its last price, how many with trades or bars came after the first, and the ms until all was right.
     */
    async show(last) {
      const [before, began] = [updates, performance.now()];
      old = 0;
      become(false);
      let [right, needed] = [null, null];
      while (performance.now() - began < WITHIN) {
        await new Promise(paint);
        if (right === null && isRight(last)) [right, needed] = [performance.now() - began, updates - before];
      }
      return [before, needed ?? Infinity, Math.max(0, old - 1), right ?? Infinity];
    },
  };
})();
