/**
 * View floor. What lies under the bars and beside them: grid, days and sessions, holes, the volume by price, and the
 * labels of both axes. Painted only when the view or a scale has changed.
 */

import { draw, place, setText } from "../dom.js";
import { formatPrice, formatVolume } from "../format.js";
import { percentValues, roundValues, stepDecimals } from "../scale.js";
import { sessionStarts, timeTicks } from "../ticks.js";
import { inSight } from "../view.js";
import { AXIS_HEIGHT, PRICE, VOLUME } from "./layout.js";
import { Pool, trace } from "./pool.js";

const PRICE_GAP = 38;
const STUDY_GAP = 30;
const TIME_GAP = 84;
const TEXT = 4;
const HALF = 6;

export class Axes {
  /** The labels of prices and studies, and which of them are covered. @type {{y: number}[]} */
  #labels = [];
  #hidden = [];

  /** @param {HTMLElement} root the stage; what lies under the plot comes first in it */
  constructor(root, id) {
    this.hatch = `hatch-${id}`;
    this.clip = `clip-${id}`;
    const line = draw("path", { d: "M0 6L6 0", class: "hatch-line" });
    const pattern = draw("pattern", { id: this.hatch, width: 6, height: 6, patternUnits: "userSpaceOnUse" }, line);
    this.area = draw("rect", {});
    const clip = draw("clipPath", { id: this.clip }, this.area);
    this.priceArea = draw("rect", {});
    const priceClip = draw("clipPath", { id: `${this.clip}-price` }, this.priceArea);
    this.lines = Object.fromEntries(["lattice", "day", "session", "divide", "level"].map((name) => [name, draw("path", { class: name })]));
    const inside = draw("g", { "clip-path": `url(#${this.clip})` });
    this.holes = new Pool(inside, () => draw("rect", { class: "hole-band", fill: `url(#${this.hatch})` }));
    const profile = draw("g", { "clip-path": `url(#${this.clip}-price)` });
    this.profile = new Pool(profile, () => draw("path", {}));
    inside.append(profile, this.lines.lattice, this.lines.day, this.lines.session, this.lines.level);
    this.prices = draw("g", { class: "labels" });
    this.times = draw("g", { class: "labels times" });
    this.priceTexts = new Pool(this.prices, () => draw("text", {}));
    this.timeTexts = new Pool(this.times, () => draw("text", { "text-anchor": "middle" }));
    this.svg = draw("svg", { class: "under", "aria-hidden": "true" }, draw("defs", {}, pattern, clip, priceClip), inside, this.lines.divide, this.prices, this.times);
    root.prepend(this.svg);
  }

  /** Take the size of the chart. @param {import("./layout.js").Box} box */
  resize(box) {
    this.box = box;
    place(this.svg, { width: box.width, height: box.height });
    place(this.area, { width: box.plotWidth, height: box.plotHeight });
    place(this.priceArea, { width: box.plotWidth, height: box.panes.get(PRICE).bottom });
    const tops = [...box.panes.values()].slice(1).map(({ top }) => `M0 ${Math.round(top) - 4.5}H${box.width}`);
    trace(this.lines.divide, `M0 ${Math.round(box.plotHeight) + 0.5}H${box.width}${tops.join("")}`);
  }

  /**
   * @param {{series: any, bars: any[], view: any, scales: Map<string, any>, decimals: number, length: number,
   *   shift: (time: number) => number, percentBase: number|null, panes: any[], profile: any}} scene
   */
  paint(scene) {
    const x = (at) => ((at - scene.view.start) / (scene.view.end - scene.view.start)) * this.box.plotWidth;
    const labels = [...this.#priceLabels(scene), ...this.#otherLabels(scene)];
    const times = this.#times(scene, x);
    trace(this.lines.lattice, labels.filter((each) => each.grid).map(({ y }) => `M0 ${Math.round(y) + 0.5}H${this.box.plotWidth}`).join("")
      + times.filter((tick) => !tick.day).map((tick) => `M${Math.round(tick.x) + 0.5} 0V${this.box.plotHeight}`).join(""));
    trace(this.lines.day, times.filter((tick) => tick.day).map((tick) => `M${Math.round(tick.x) + 0.5} 0V${this.box.plotHeight}`).join(""));
    trace(this.lines.level, labels.filter((each) => each.level).map(({ y }) => `M0 ${Math.round(y) + 0.5}H${this.box.plotWidth}`).join(""));
    this.#sessions(scene, x);
    this.#showLabels(labels, times);
    this.#showHoles(scene, x);
    this.#showProfile(scene);
  }

  #showLabels(labels, times) {
    this.#labels = labels;
    this.priceTexts.show(labels, (text, { y, words }) => {
      place(text, { x: this.box.plotWidth + 6, y: y + TEXT });
      setText(text, words);
    });
    this.timeTexts.show(times.filter((tick) => tick.x > 18 && tick.x < this.box.plotWidth - 12), (text, tick) => {
      place(text, { x: tick.x, y: this.box.plotHeight + AXIS_HEIGHT - 9, class: tick.day ? "day-text" : "" });
      setText(text, tick.text);
    });
  }

  /**
   * Hide the labels that the last price's label, or the crosshair's, would half cover.
   * @param {{top: number, bottom: number}|null} price px @param {{top: number, bottom: number}|null} cross px
   */
  giveWay(price, cross) {
    const under = (y, covered) => covered !== null && y > covered.top - HALF && y < covered.bottom + HALF;
    this.#labels.forEach(({ y }, place) => {
      const hidden = under(y, price) || under(y, cross);
      if (this.#hidden[place] === hidden) return;
      this.#hidden[place] = hidden;
      this.priceTexts.at(place).classList.toggle("covered", hidden);
    });
  }

  #priceLabels({ scales, decimals, percentBase }) {
    const scale = scales.get(PRICE);
    if (percentBase) {
      const { values, percents, step } = percentValues(scale, percentBase, PRICE_GAP);
      const digits = Math.max(stepDecimals(step), 0);
      return values.map((value, each) => ({ y: scale.y(value), words: percents[each] === 0 ? "0%" : `${percents[each] > 0 ? "+" : ""}${percents[each].toFixed(digits)}%`, grid: true }));
    }
    const { values, step } = roundValues(scale, PRICE_GAP);
    const digits = Math.min(decimals, stepDecimals(scale.log ? Math.min(...values, step) : step));
    return values.map((value) => ({ y: scale.y(value), words: formatPrice(value, digits), grid: true })).filter(({ y }) => y > scale.top + 6 && y < scale.bottom - 4);
  }

  #otherLabels({ scales, panes }) {
    const labels = [];
    const volume = scales.get(VOLUME);
    if (volume && volume.bottom - volume.top > STUDY_GAP) labels.push({ y: volume.top + 8, words: formatVolume(volume.high) });
    for (const { pane, definition } of panes) {
      const scale = scales.get(pane);
      if (!scale) continue;
      const levels = definition.levels ?? [];
      const { values, step } = levels.length > 1 ? { values: levels, step: 1 } : roundValues(scale, STUDY_GAP);
      const digits = stepDecimals(step, 6);
      labels.push(...levels.map((level) => ({ y: scale.y(level), words: "", level: true })));
      labels.push(...values.filter((value) => scale.has(value)).map((value) => ({ y: scale.y(value), words: Math.abs(value) >= 1e5 ? formatVolume(value) : formatPrice(value, digits) })));
    }
    return labels;
  }

  #times({ series, view, length, shift }, x) {
    const [from, to] = inSight(view, series.base, series.bars.length);
    const gap = (TIME_GAP / this.box.plotWidth) * (view.end - view.start);
    return timeTicks(series.bars, series.base, Math.max(0, from - Math.ceil(gap)), to, length, gap, shift).map((tick) => ({ ...tick, x: x(tick.place) }));
  }

  #sessions({ series, view, length }, x) {
    const [from, to] = inSight(view, series.base, series.bars.length);
    const starts = sessionStarts(series.bars, series.base, from, to, length);
    trace(this.lines.session, starts.map((at) => `M${Math.round(x(at - 0.5)) + 0.5} 0V${this.box.plotHeight}`).join(""));
  }

  /** Bars without data are a hatched band through the price. */
  #showHoles({ series, view, scales }, x) {
    const [from, to] = inSight(view, series.base, series.bars.length);
    const bands = [];
    for (let each = from; each < to; each += 1) {
      if (series.bars[each].source !== "hole") continue;
      const last = bands[bands.length - 1];
      if (last?.end === each) last.end = each + 1;
      else bands.push({ start: each, end: each + 1 });
    }
    const { top, bottom } = scales.get(PRICE);
    this.holes.show(bands, (rect, { start, end }) => {
      const left = x(series.base + start - 0.5);
      place(rect, { x: left, width: Math.max(1, x(series.base + end - 0.5) - left), y: top, height: bottom - top });
    });
  }

  /** Volume by price grows from the right edge of the plot. */
  #showProfile({ scales, profile }) {
    const scale = scales.get(PRICE);
    const most = Math.max(...(profile?.rows ?? []).map(({ up, down }) => up + down), 0);
    const unit = most ? (this.box.plotWidth * profile.part) / most : 0;
    const bands = (profile?.rows ?? []).flatMap(({ low, high, up, down }, each) => {
      const [top, height] = [scale.y(high), Math.max(1, scale.y(low) - scale.y(high) - 1)];
      const edge = this.box.plotWidth;
      const strong = each === profile.control ? " control" : "";
      return [{ d: `M${edge} ${top}h${-up * unit}v${height}h${up * unit}z`, class: `profile up${strong}` },
        { d: `M${edge - up * unit} ${top}h${-down * unit}v${height}h${down * unit}z`, class: `profile down${strong}` }];
    });
    this.profile.show(bands, (path, band) => place(path, band));
  }
}

