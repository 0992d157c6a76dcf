/** Store floor. Which symbol a fresh page opens: the first of the list with a price, and when to decide. */

export const PATIENCE = 3000;
const HOPELESS = new Set(["reconnecting", "down", "off"]);

/**
 * Return the symbol to open now, or null to go on waiting.
 * @param {{symbol: string, priced: boolean, venueState: string, refused: boolean}[]} candidates in order
 * @param {number} waited milliseconds since the page asked for prices
 */
export function choose(candidates, waited) {
  for (const { symbol, priced, venueState, refused } of candidates) {
    if (priced) return symbol;
    if (waited < PATIENCE && !refused && !HOPELESS.has(venueState)) return null;
  }
  return null;
}
