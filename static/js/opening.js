/** Store floor. Which symbol a fresh page opens: the first of the list with a price, and when to decide. */

export const PATIENCE = 3000;
const HOPELESS = new Set(["reconnecting", "down", "off"]);
/** Until then (ms) a venue may be off because nobody has wanted anything of it yet. */
const ASLEEP = 1000;

/**
 * Return the symbol to open now, or null to go on waiting.
 * @param {{symbol: string, priced: boolean, venueState: string, refused: boolean}[]} candidates in order
 * @param {number} waited milliseconds since the page asked for prices
 */
export function choose(candidates, waited) {
  for (const { symbol, priced, venueState, refused } of candidates) {
    if (priced) return symbol;
    const hopeless = HOPELESS.has(venueState) && (venueState !== "off" || waited >= ASLEEP);
    if (waited < PATIENCE && !refused && !hopeless) return null;
  }
  return null;
}
