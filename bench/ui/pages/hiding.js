/** Runs in the desk before its own scripts: hides the page as a browser does, and sees what comes when it is shown. */

globalThis.hiding = (() => {
  const WITHIN = 2000;
  /** What the bars of its charts last. */
  const MINUTE = 60_000;
  /** The venue that has stopped ticking; another one's new prices, which the page also hears, are no backlog. */
  const STOPPED = '"COINBASE:';
  let [hidden, updates, told, old, shown] = [false, 0, 0, 0, 0];
  const waiting = new Map();
  const paint = globalThis.requestAnimationFrame.bind(globalThis);
  let number = 0;

  Object.defineProperty(document, "hidden", { get: () => hidden });
  Object.defineProperty(document, "visibilityState", { get: () => (hidden ? "hidden" : "visible") });

  /** Tell whether an update has a trade, or a bar that was over, from before the page was shown. */
  const isOld = ({ trades = [], bars = [] }) => trades.some(({ time }) => time < shown) || bars.some(({ time }) => time + MINUTE <= shown);

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
        if (data.includes(STOPPED)) told += 1;
        if (isOld(JSON.parse(data))) old += 1;
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
    count: () => { updates = told = old = 0; },
    /**
     * Show the page, after the last tick. Return how many updates came while it was hidden, how many told of what was
     * missed until each row showed its last price, how many with trades or bars of the past came after the first,
     * and the ms until all was right.
     */
    async show(last) {
      const [before, known, began] = [updates, told, performance.now()];
      [old, shown] = [0, Date.now()];
      become(false);
      let [right, needed] = [null, null];
      while (performance.now() - began < WITHIN) {
        await new Promise(paint);
        if (right === null && isRight(last)) [right, needed] = [performance.now() - began, told - known];
      }
      return [before, needed ?? Infinity, Math.max(0, old - 1), right ?? Infinity];
    },
  };
})();
