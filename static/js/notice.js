/** View floor. What lies over the chart while there are no bars: a skeleton, or a sentence and a next step. */

/** Return {text, retry} for a chart without bars, or null while its skeleton says enough. */
export function noticeFor({ state, reason, symbol, interval, refused, broken }) {
  if (broken) return { text: `The chart can't be drawn: ${broken}. Reload the page.`, retry: false };
  if (refused) return { text: `${symbol}: ${refused}. Choose another symbol.`, retry: false };
  if (!symbol) return { text: "Waiting for the first price …", retry: false };
  if (state === "failed") return { text: reason, retry: true };
  if (state === "empty") return { text: `No ${interval} bars of ${symbol} yet: they begin with its next trade. A longer interval may have some.`, retry: true };
  return null;
}

export class Notice {
  broken = "";

  /**
   * @param {HTMLElement} root
   * @param {{store: import("./store.js").Store, history: import("./history.js").History, painter: import("./painter.js").Painter}} parts
   */
  constructor(root, { store, history, painter }) {
    Object.assign(this, { root, store, history });
    this.text = root.querySelector("p");
    this.button = root.querySelector("button");
    this.button.addEventListener("click", () => history.retry());
    this.ask = painter.job(() => this.#paint());
    for (const topic of ["chart", "bars", "refused", "connection"]) store.on(topic, this.ask);
    this.ask();
  }

  #paint() {
    const { symbol, interval, series } = this.store.chart;
    const notice = noticeFor({
      state: this.history.state, reason: this.history.reason, symbol, interval,
      refused: symbol && this.store.refused.get(symbol), broken: this.broken,
    });
    this.root.hidden = series.bars.length > 0 && !this.broken;
    this.root.classList.toggle("loading", !notice || !symbol);
    this.text.textContent = notice?.text ?? "Loading bars …";
    this.button.hidden = !notice?.retry;
  }
}
