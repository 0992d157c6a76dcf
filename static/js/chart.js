/**
 * View floor. The only file that says Plotly: draws closed bars, volumes and the lines of indicators.
 *
 * A drawing costs tens of milliseconds, so it happens when a bar closes, history arrives or a view leaves what is
 * drawn. A view that merely moves is glided: what was drawn is moved and stretched, to the pixel, in a fraction of
 * one. What moves with each price is drawn by chart/over.js, grid and labels by chart/axes.js.
 */

/* global Plotly */

import { VOLUME } from "./chart/layout.js";
import { FILLS } from "./chart/specs.js";

const CONFIG = { staticPlot: true, displayModeBar: false, displaylogo: false, showSendToCloud: false, plotlyServerURL: "", responsive: false };

/** How full the body of a bar is, by how much is known of it. */
const FULL = { whole: 1, past: 0.72, part: 0.22, hole: 0 };

/** Load the library; resolve when it has run, reject with a text when it can't be had. @param {string} address of dashboard/library.py's file */
export async function loadLibrary(address) {
  await import(address).catch(() => {});
  if (!globalThis.Plotly) throw new Error("the drawing library could not be loaded");
}

/** Return a colour (#rrggbb) that lets the ground through. */
export function faded(colour, part) {
  const [red, green, blue] = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));
  return `rgba(${red}, ${green}, ${blue}, ${part})`;
}

/**
 * @typedef {{kind: "candles"|"ohlc"|"line"|"area"|"columns"|"dots", pane: string, x: number[], y?: number[],
 *   open?: number[], high?: number[], low?: number[], close?: number[], look?: "whole"|"past"|"part"|"hole",
 *   colour?: string, colours?: string[], fillTo?: boolean, width?: number}} Spec one thing to draw, x in places of bars
 */

export class Plot {
  /** What was drawn last: {view, scales}. */
  drawn = null;
  #drawing = Promise.resolve();
  #axes = new Map();
  #glided = "";

  /** @param {HTMLElement} element @param {{data: any[], layout: any}} figure as dashboard/figure.py makes it */
  constructor(element, figure) {
    Object.assign(this, { element, figure });
    this.#drawing = Plotly.newPlot(element, [], { ...figure.layout, width: 300, height: 300 }, CONFIG);
  }

  /**
   * Draw all of it.
   * @param {{box: import("./chart/layout.js").Box, view: {start: number, end: number},
   *   scales: Map<string, import("./scale.js").Scale>, specs: Spec[], colours: Record<string, string>}} scene
   */
  draw(scene) {
    this.#still();
    this.#axes = new Map([...scene.box.panes.keys()].map((pane, place) => [pane, place ? `y${place + 1}` : "y"]));
    const traces = scene.specs.filter((spec) => this.#axes.has(spec.pane)).map((spec) => this.#trace(spec, scene.colours));
    this.#drawing = Plotly.react(this.element, traces, this.#layout(scene), CONFIG);
    this.drawn = { view: { ...scene.view }, scales: new Map(scene.scales), width: scene.box.plotWidth };
  }

  /** Move what was drawn to where it is seen in another view. */
  glide(view, scales) {
    const { drawn } = this;
    if (!drawn) return;
    const along = (drawn.view.end - drawn.view.start) / (view.end - view.start);
    const right = ((drawn.view.start - view.start) / (view.end - view.start)) * drawn.width;
    const moves = [...this.#axes].map(([pane, axis]) => [axis, up(drawn.scales.get(pane), scales.get(pane))]);
    const key = `${along} ${right} ${moves.map(([, move]) => `${move.by} ${move.down}`).join(" ")}`;
    if (key === this.#glided) return;
    this.#glided = key;
    this.#tell(view, scales);
    for (const [axis, { by, down }] of moves) this.#move(axis, along === 1 && right === 0 && by === 1 && down === 0 ? null : `matrix(${along} 0 0 ${by} ${right} ${down})`);
  }

  /** Whoever asks the plot for its ranges hears what is seen. A pane without anything to draw has no axis. */
  #tell(view, scales) {
    const { _fullLayout: full } = this.element;
    const ranges = [["xaxis", [view.start, view.end]], ...[...this.#axes].map(([pane, axis]) => [axis.replace("y", "yaxis"), scales.get(pane).range])];
    for (const [axis, range] of ranges) if (full[axis]) full[axis].range = range;
  }

  /** Tell whether a view is another than the one that was drawn. */
  isAway({ start, end }) {
    return this.drawn?.view.start !== start || this.drawn.view.end !== end;
  }

  #move(axis, matrix) {
    for (const part of this.element.querySelectorAll(`.overplot > .x${axis} > g`)) {
      if (matrix) part.setAttribute("transform", matrix);
      else part.removeAttribute("transform");
    }
  }

  #still() {
    this.#glided = "";
    for (const axis of this.#axes.values()) this.#move(axis, null);
  }

  #trace(spec, colours) {
    const yaxis = this.#axes.get(spec.pane);
    const shape = { ...PAINT[spec.kind](spec, colours, this.figure), xaxis: "x", yaxis, hoverinfo: "none" };
    return { ...shape, visible: spec.x.length > 0 };
  }

  #layout({ box, view, scales }) {
    const { xaxis, yaxis, ...rest } = this.figure.layout;
    const layout = { ...rest, width: box.width, height: box.height, boxmode: "overlay", barmode: "overlay" };
    layout.xaxis = { ...xaxis, visible: false, range: [view.start, view.end], anchor: "y" };
    for (const [pane, axis] of this.#axes) {
      const { top, bottom } = box.panes.get(pane);
      const scale = scales.get(pane);
      layout[axis.replace("y", "yaxis")] = {
        ...yaxis, visible: false, anchor: "x", type: scale.log ? "log" : "linear", range: scale.range,
        domain: [Math.max(0, 1 - bottom / box.plotHeight), Math.min(1, 1 - top / box.plotHeight)],
      };
    }
    return layout;
  }

  /** Resolve when the last drawing is done. */
  done() {
    return this.#drawing;
  }
}

/** Return how a pane's drawing is moved to get from one scale to another: {by, down}. */
function up(before, after) {
  const by = after.size / before.size;
  return { by, down: (after.inverted ? before.from - after.from : after.to - before.to) * after.size };
}

/** Return the colours of a candle or bar that goes one way. */
const way = (colour, look, soft) => {
  const line = look === "hole" ? soft : colour;
  return { line: { color: look === "past" ? faded(line, 0.85) : line, width: 1 }, fillcolor: faded(line, FULL[look]) };
};

/** How each kind is drawn. */
const PAINT = {
  candles: ({ x, open, high, low, close, look }, { up: rise, down: fall, soft }, { data: [candles] }) => ({
    ...candles, x, open, high, low, close, increasing: way(rise, look, soft), decreasing: way(fall, look, soft),
  }),
  ohlc: ({ x, open, high, low, close, look }, { up: rise, down: fall, soft }) => ({
    type: "ohlc", x, open, high, low, close, tickwidth: 0.3,
    increasing: { line: way(rise, look, soft).line }, decreasing: { line: way(fall, look, soft).line },
  }),
  line: ({ x, y, colour, width = 1.4, fillTo = false }) => ({
    type: "scatter", mode: "lines", x, y, line: { color: colour, width }, connectgaps: false,
    ...(fillTo ? { fill: "tonexty", fillcolor: faded(colour, FILLS.band) } : {}),
  }),
  area: ({ x, y, colour, floor }) => ({
    type: "scatter", mode: "lines", x: [...x, x[x.length - 1], x[0]], y: [...y, floor, floor], line: { color: "rgba(0, 0, 0, 0)", width: 0 },
    fill: "toself", fillcolor: faded(colour, FILLS.area),
  }),
  columns: ({ x, y, colour, colours, pane }, _, { data: [, volumes] }) => ({
    ...volumes, x, y, marker: { ...volumes.marker, opacity: pane === VOLUME ? 0.45 : FILLS.columns, color: colours ?? colour },
  }),
  dots: ({ x, y, colour }) => ({ type: "scatter", mode: "markers", x, y, marker: { color: colour, size: 3 } }),
};
