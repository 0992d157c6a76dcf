import assert from "node:assert/strict";
import { test } from "node:test";

import { demandOf } from "../../static/js/desk/demands.js";

const SEEN = new Set(["A:A"]);
const watchlist = { symbols: ["A:A", "B:B", "SIM:Z"], wanted: SEEN };
const panel = (symbol, compared = []) => ({ state: { symbol, interval: "5m" }, model: { comparisons: compared.map((each) => ({ symbol: each })) } });
const grid = (...panels) => ({ panels, active: panels[0] });
const told = (wants) => Object.fromEntries([...wants].map(([symbol, streams]) => [symbol, [...streams].join(" ")]));

test("until a chart shows something the whole list is wanted, its last row too", () => {
  assert.deepEqual(told(demandOf({ watchlist, grid: grid(panel(null)), elsewhere: { wanted: new Set() } })),
    { "A:A": "quote", "B:B": "quote", "SIM:Z": "quote" });
});

test("then what is seen is wanted, and all of what the charts show", () => {
  const charts = grid(panel("SIM:Z", ["B:B"]), panel("A:A"), panel(null));
  assert.deepEqual(told(demandOf({ watchlist, grid: charts, elsewhere: { wanted: new Set(["C:C"]) } })),
    { "A:A": "quote bars:5m", "C:C": "quote", "SIM:Z": "quote bars:5m trades", "B:B": "quote bars:5m" });
});
