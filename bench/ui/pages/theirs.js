/** A page with a chart of lightweight-charts: candles alone, each price by `series.update`. */

/* global LightweightCharts */

import { bars, frames, play } from "/pages/feed.js";

const candle = ([time, open, high, low, close]) => ({ time: time / 1000, open, high, low, close });
const rows = bars();
const chart = LightweightCharts.createChart(document.getElementById("place"), {
  autoSize: true, layout: { background: { color: "#0c0f15" }, textColor: "#8a95a8", attributionLogo: false },
  grid: { vertLines: { color: "#161c26" }, horzLines: { color: "#161c26" } }, timeScale: { timeVisible: true, minBarSpacing: 0.1 },
});
const series = chart.addSeries(LightweightCharts.CandlestickSeries, { upColor: "#2ebd85", downColor: "#f6465d" });
series.setData(rows.map(candle));

function receive(text) {
  const [{ time, open, high, low, close }] = JSON.parse(text).bars;
  series.update({ time: time / 1000, open, high, low, close });
}

globalThis.chart = {
  /** Have all bars in sight. */
  async ready() {
    chart.timeScale().setVisibleLogicalRange({ from: 0, to: rows.length + 10 });
    for (let each = 0; each < 60; each += 1) await new Promise(requestAnimationFrame);
  },
  prepare: (...asked) => { globalThis.texts = frames(...asked); },
  play: (count, moving) => play(moving ? globalThis.texts : null, count, receive),
  shown: () => ({ bars: series.data().length, time: series.data().at(-1).time * 1000, text: String(series.data().at(-1).close) }),
};
