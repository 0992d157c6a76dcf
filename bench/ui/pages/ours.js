/** A page with a chart of ours alone: the desk's own modules, from the frame's text to the pixel. */

import { Panel } from "/static/js/chart/panel.js";
import { Clock } from "/static/js/clock.js";
import { Looks } from "/static/js/looks.js";
import { newChart } from "/static/js/deskdoc.js";
import { Painter } from "/static/js/painter.js";
import { Store } from "/static/js/store.js";
import { decode } from "/static/js/wire.js";
import { BEGIN, SYMBOL, bars, frames, play } from "/pages/feed.js";

const figure = await (await fetch("/figure.json")).json();
const rows = bars();
const [store, painter] = [new Store(), new Painter()];
const nothing = () => {};
const looks = new Looks({ onChange: nothing });
looks.show({ theme: "dark", pair: "green", density: "normal" });
const panel = new Panel({
  store, painter, clock: new Clock(), figure, venues: new Map(), definitions: new Map(), colours: () => looks.colours(),
  fetchBars: async () => ({ bars: rows, sources: {}, trouble: "" }), links: { range: nothing, point: nothing },
  onActive: nothing, onChange: nothing, onEdit: nothing, onMaximise: nothing,
});
document.getElementById("place").append(panel.root);
store.setInstrument({ symbol: SYMBOL, tick_size: 0.01 });
store.setConnection("live");
store.setStatus({ venue: "SIM", state: "live", since: BEGIN, reason: "" });
panel.open(newChart(SYMBOL, "1m"));
panel.start();

const receive = (text) => store.apply(decode(text));

globalThis.chart = {
  /** Have all bars in sight. */
  async ready() {
    while (panel.root.dataset.bars !== String(rows.length)) await new Promise(requestAnimationFrame);
    panel.lens.seeTimes({ from: rows[0][0], to: rows[rows.length - 1][0] + 10 * 60_000 });
    for (let each = 0; each < 60; each += 1) await new Promise(requestAnimationFrame);
  },
  prepare: (...asked) => { globalThis.texts = frames(...asked); },
  play: (count, moving) => play(moving ? globalThis.texts : null, count, receive),
  shown: () => ({ bars: Number(panel.root.dataset.bars), time: Number(panel.root.dataset.time), text: document.querySelector(".price-tag")?.textContent }),
};
