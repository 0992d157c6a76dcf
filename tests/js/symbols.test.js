import assert from "node:assert/strict";
import { test } from "node:test";

import { isFormula, isSum, isWhole, legsOf, nameOf, originOf, plainReason, venueOf } from "../../static/js/symbols.js";

const SPREAD = "=COINBASE:BTC-USD - KRAKEN:BTC-USD";
const RATIO = "=(SIM:ETH-USD / SIM:BTC-USD)";

test("a symbol is a venue and a name; a formula's venue is FORMULA, its name what it says", () => {
  assert.deepEqual([venueOf("KRAKEN:BTC-USD"), nameOf("YAHOO:^GSPC")], ["KRAKEN", "^GSPC"]);
  assert.deepEqual([venueOf(SPREAD), nameOf(SPREAD)], ["FORMULA", "COINBASE:BTC-USD - KRAKEN:BTC-USD"]);
  assert.deepEqual([isFormula(SPREAD), isFormula("YAHOO:EURUSD=X")], [true, false]);
});

test("a formula has legs, each once; a name's own signs are no operators", () => {
  assert.deepEqual(legsOf(SPREAD), ["COINBASE:BTC-USD", "KRAKEN:BTC-USD"]);
  assert.deepEqual(legsOf("=SIM:A / SIM:A"), ["SIM:A"]);
  assert.deepEqual(legsOf("=1"), []);
  assert.deepEqual(legsOf("SIM:A"), ["SIM:A"]);
  assert.deepEqual([SPREAD, "=YAHOO:BRK/B + 1", RATIO, "=SIM:A * 2", "SIM:A"].map(isSum), [true, true, false, false, false]);
});

test("a refusal doesn't say again what stands beside it", () => {
  const said = "=SIM:ETH-USD/SIM:BTC-USD: at character 17: an operator is missing";
  assert.equal(plainReason("=SIM:ETH-USD/SIM:BTC-USD", said), "At character 17: an operator is missing");
  assert.equal(plainReason("=SIM:A - X:A", "unknown venue X"), "unknown venue X");
  assert.equal(plainReason("SIM:A", "SIM:A: at character 1: no"), "SIM:A: at character 1: no");
});

test("what can be asked for without being listed", () => {
  for (const text of ["DESK:MY-INDEX", "=SIM:A", "=(", RATIO]) assert.equal(isWhole(text), true, text);
  for (const text of ["", "=", "BTC", "SIM:", "SIM:<IMG>"]) assert.equal(isWhole(text), false, text);
});

test("prices that are not of now and here say so, and so does a formula of them", () => {
  const venues = new Map([["SIM", { simulated: true }], ["KRAKEN", { simulated: false }], ["OKX", { simulated: false, replay: true }]]);
  assert.equal(originOf("SIM:A", venues), "SIMULATED");
  assert.equal(originOf("KRAKEN:A", venues), "");
  assert.equal(originOf("OKX:A", venues), "REPLAY");
  assert.equal(originOf("=KRAKEN:A - SIM:A", venues), "SIMULATED");
  assert.equal(originOf("=SIM:A - OKX:A", venues), "REPLAY");
  assert.equal(originOf("UNKNOWN:A", venues), "");
});
