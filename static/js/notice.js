/** View floor. What lies over the chart while there are no bars: a skeleton, or a sentence and a next step. */

import { draw, make, setHidden, setText } from "./dom.js";

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
  /** Why nothing can be drawn at all, if so. */
  broken = "";

  /** @param {HTMLElement} root @param {() => void} onRetry */
  constructor(root, onRetry) {
    this.root = root;
    this.text = make("p", {}, "Loading bars …");
    this.button = make("button", { type: "button", hidden: "" }, "Try again");
    this.button.addEventListener("click", onRetry);
    root.append(skeleton(), this.text, this.button);
  }

  /**
   * Show what is the matter, or nothing when there are bars.
   * @param {{state: string, reason: string, symbol: string|null, interval: string, refused: string|undefined, bars: number}} chart
   */
  paint(chart) {
    const notice = noticeFor({ ...chart, broken: this.broken });
    const hidden = chart.bars > 0 && !this.broken;
    setHidden(this.root, hidden);
    if (hidden) return;
    this.root.classList.toggle("loading", !notice || !chart.symbol);
    setText(this.text, notice?.text ?? "Loading bars …");
    setHidden(this.button, !notice?.retry);
  }
}

const WICKS = "M20 96v40M50 84v36M80 90v30M110 66v40M140 54v36M170 64v34M200 48v40M230 40v30M260 52v34M290 34v36M320 22v36M350 30v30M380 18v34";
const BODIES = "M20 104v22M50 92v20M80 96v16M110 74v24M140 62v20M170 72v18M200 56v24M230 46v16M260 60v18M290 42v20M320 28v22M350 38v14M380 24v20";

function skeleton() {
  const image = draw("svg", { class: "skeleton", viewBox: "0 0 400 160", preserveAspectRatio: "none", "aria-hidden": "true" });
  image.append(draw("path", { d: WICKS }), draw("path", { class: "body", d: BODIES }));
  return image;
}
