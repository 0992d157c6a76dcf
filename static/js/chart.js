/**
 * View floor. The only file that says Plotly: draws closed bars, grid and axes, and lets the plot be dragged.
 *
 * A redraw costs tens of milliseconds, so it happens when a bar closes, the view moves or history arrives;
 * everything that moves with each price is drawn by overlay.js.
 */

/* global Plotly */

import { lookOf } from "./bars.js";

const CONFIG = {
  displayModeBar: false,
  displaylogo: false,
  showSendToCloud: false,
  plotlyServerURL: "",
  scrollZoom: false,
  doubleClick: false,
  showAxisDragHandles: false,
  showTips: false,
  responsive: false,
};

/** Resolve when the library's script has run; reject with a text when it can't be loaded. */
export function libraryReady(script) {
  if (globalThis.Plotly) return Promise.resolve();
  return new Promise((resolve, reject) => {
    script.addEventListener("load", () => resolve());
    script.addEventListener("error", () => reject(new Error("the drawing library could not be loaded")));
  });
}

/** Bodies of bars that are not whole: nearly empty, or empty. */
const THIN = { up: "rgba(46, 189, 133, 0.25)", down: "rgba(246, 70, 93, 0.25)", hole: "rgba(0, 0, 0, 0)" };

/** Return the bars of [from, to) as columns of a candle trace: those whose look `fits`, at their places. */
function candleColumns(bars, base, from, to, fits) {
  const columns = { x: [], open: [], high: [], low: [], close: [] };
  for (let position = from; position < to; position += 1) {
    if (!fits(lookOf(bars[position]))) continue;
    columns.x.push(base + position);
    for (const key of ["open", "high", "low", "close"]) columns[key].push(bars[position][key]);
  }
  return { ...columns, visible: columns.x.length > 0 };
}

export class Plot {
  #drawing = Promise.resolve();

  /**
   * @param {HTMLElement} element
   * @param {{data: any[], layout: any}} figure as dashboard/figure.py makes it
   * @param {{onPan: (start: number, end: number) => void, onPanEnd: () => void,
   *   onReset: () => void}} parts
   */
  constructor(element, figure, { onPan, onPanEnd, onReset }) {
    Object.assign(this, { element, figure });
    const [candles] = figure.data;
    this.colours = { up: candles.increasing.line.color, down: candles.decreasing.line.color };
    const soft = figure.layout.template.layout.font.color;
    const ways = (look) => ({ increasing: look(this.colours.up, THIN.up), decreasing: look(this.colours.down, THIN.down) });
    this.part = { ...candles, ...ways((color, fillcolor) => ({ line: { color, width: 1 }, fillcolor })) };
    this.hole = { ...candles, ...ways(() => ({ line: { color: soft, width: 1 }, fillcolor: THIN.hole })) };
    this.colours.hole = soft;
    this.margin = figure.layout.margin;
    this.domains = { price: figure.layout.yaxis.domain, volume: figure.layout.yaxis2.domain };
    this.gap = figure.layout.boxgap;
    this.#drawing = Plotly.newPlot(element, figure.data, { ...figure.layout, width: 300, height: 300 }, CONFIG);
    element.on("plotly_relayouting", (moved) => onPan(moved["xaxis.range[0]"], moved["xaxis.range[1]"]));
    element.on("plotly_doubleclick", onReset);
    element.on("plotly_relayout", (moved) => "xaxis.range[0]" in moved && onPanEnd());
  }

  /** True while the user holds the plot: nothing may be redrawn then. */
  get held() {
    return Boolean(this.element._dragging);
  }

  /**
   * Draw bars[from, to) with everything around them.
   * @param {{bars: any[], base: number, from: number, to: number, fresh: boolean,
   *   view: {start: number, end: number}, fit: {low: number, high: number, volume: number},
   *   ticks: {values: number[], texts: string[]}, width: number, height: number, decimals: number}} scene
   */
  draw(scene) {
    if (scene.fresh || !this.data) this.data = this.#traces(scene);
    this.#drawing = Plotly.react(this.element, this.data, this.#layout(scene), CONFIG);
  }

  #traces({ bars, base, from, to }) {
    const [candles, volumes] = this.figure.data;
    const some = bars.slice(from, to);
    const candlesThat = (fits) => candleColumns(bars, base, from, to, fits);
    return [
      { ...candles, ...candlesThat((look) => look === "up" || look === "down") },
      { ...this.part, ...candlesThat((look) => look.endsWith("part")) },
      { ...this.hole, ...candlesThat((look) => look === "hole") },
      {
        ...volumes,
        x: some.map((_, place) => base + from + place),
        y: some.map((bar) => bar.volume),
        marker: { ...volumes.marker, color: some.map((bar) => this.colours[lookOf(bar).split(" ")[0]]) },
      },
    ];
  }

  /** Axis labels need no more decimals than their distance asks for. */
  #decimals(fit, labels, most) {
    const step = (fit.high - fit.low) / labels;
    return Math.min(most, Math.max(0, Math.ceil(-Math.log10(step))));
  }

  #layout({ view, fit, ticks, width, height, decimals }) {
    const { xaxis, yaxis, yaxis2, ...rest } = this.figure.layout;
    const labels = Math.max(3, Math.floor(height / 70));
    const format = `,.${this.#decimals(fit, labels, decimals)}f`;
    return {
      ...rest,
      boxmode: "overlay",
      width,
      height,
      xaxis: { ...xaxis, range: [view.start, view.end], tickvals: ticks.values, ticktext: ticks.texts },
      yaxis: { ...yaxis, range: [fit.low, fit.high], tickformat: format, nticks: labels },
      yaxis2: { ...yaxis2, range: [0, fit.volume] },
    };
  }

  /** Resolve when the last drawing is done. */
  done() {
    return this.#drawing;
  }
}
