/** Wire floor. What a symbol says of itself. What is right, and how it is written, is the server's to say. */

/** What stands for a venue where a symbol is a formula. */
export const FORMULA = "FORMULA";

const WHOLE = /^[A-Z0-9_.]{1,24}:[A-Z0-9._\-^=/]{1,32}$/;
const LEG = /[A-Z0-9_.]+:[A-Z0-9._\-^=/]+/g;

/** Tell whether a symbol is a formula over others: =COINBASE:BTC-USD - KRAKEN:BTC-USD. */
export function isFormula(symbol) {
  return symbol.startsWith("=");
}

/** Tell whether a text can be asked for as it is: VENUE:NAME, or anything that begins as a formula does. */
export function isWhole(text) {
  return WHOLE.test(text) || (isFormula(text) && text.length > 1);
}

/** Return the venue of a symbol: KRAKEN of KRAKEN:BTC-USD, FORMULA of a formula. */
export function venueOf(symbol) {
  return isFormula(symbol) ? FORMULA : symbol.slice(0, symbol.indexOf(":"));
}

/** Return the name of a symbol: BTC-USD of KRAKEN:BTC-USD, of a formula what it says. */
export function nameOf(symbol) {
  return isFormula(symbol) ? symbol.slice(1) : symbol.slice(symbol.indexOf(":") + 1);
}

/** Return the symbols that a canonical symbol is made of: a formula's legs, or itself. */
export function legsOf(symbol) {
  return isFormula(symbol) ? [...new Set(symbol.match(LEG))] : [symbol];
}

/** Tell whether a formula only adds and subtracts, so that it is counted in the ticks of its legs. */
export function isSum(symbol) {
  return isFormula(symbol) && !/[*/×÷]/.test(symbol.replace(LEG, ""));
}

/** Return why a symbol was refused without its own text at the beginning, which stands beside it anyhow. */
export function plainReason(symbol, reason) {
  return isFormula(symbol) ? reason.replace(/^=.*?: at (?=character )/, "At ") : reason;
}

/**
 * Return the word that prices of a symbol always need beside them: REPLAY, SIMULATED, or none. A formula is
 * what any of its legs is.
 * @param {Map<string, {simulated: boolean, replay?: boolean}>} venues
 */
export function originOf(symbol, venues) {
  const facts = legsOf(symbol).map((leg) => venues.get(venueOf(leg)));
  if (facts.some((each) => each?.replay)) return "REPLAY";
  return facts.some((each) => each?.simulated) ? "SIMULATED" : "";
}
