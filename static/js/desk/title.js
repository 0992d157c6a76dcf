/** View floor. The tab: price and symbol in its title, the way of the price in its icon. */

import { formatPrice } from "../format.js";

const EVERY = 1000;
const ICON = { up: "M3 11l5-6 5 6z", down: "M3 5h10l-5 6z", flat: "M3 7h10v2H3z" };

/** Return the title of the tab. */
export function titleText(symbol, price, decimals, fresh) {
  if (!symbol) return "Ticker";
  const figure = price === null ? "" : `${formatPrice(price, decimals)}${fresh ? "" : " (stale)"} `;
  return `${figure}${symbol} · Ticker`;
}

export class Title {
  #shown = "";
  #icon = "";

  /** @param {{store: any, icon: HTMLLinkElement, colours: () => Record<string, string>}} parts */
  constructor(parts) {
    Object.assign(this, parts);
    setInterval(() => this.paint(), EVERY);
    this.store.on("active", () => this.paint());
  }

  /** Follow the symbol that is used. */
  paint() {
    const { store } = this;
    const symbol = store.active;
    const newest = symbol ? store.newest(symbol) : null;
    const state = symbol ? store.freshness(symbol) : "off";
    const fresh = state === "live" || state === "delayed";
    const text = titleText(symbol, newest?.price ?? null, newest ? store.decimals(symbol, newest.price) : 2, fresh);
    if (text !== this.#shown) document.title = this.#shown = text;
    this.#paintIcon(fresh ? this.#way(store.quotes.get(symbol), newest) : "flat");
  }

  #way(quote, newest) {
    if (!newest || !(quote?.open > 0)) return "flat";
    return newest.price > quote.open ? "up" : newest.price < quote.open ? "down" : "flat";
  }

  #paintIcon(way) {
    const { up, down, soft, raised } = this.colours();
    const key = `${way} ${up} ${raised}`;
    if (key === this.#icon) return;
    this.#icon = key;
    const colour = { up, down, flat: soft }[way];
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><rect width="16" height="16" rx="4" fill="${raised}"/><path fill="${colour}" d="${ICON[way]}"/></svg>`;
    this.icon.href = `data:image/svg+xml,${encodeURIComponent(svg)}`;
  }
}
