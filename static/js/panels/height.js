/** Wire floor. How high the panel under the charts may be. */

const LEAST = 96;
const MOST_OF_WINDOW = 0.7;

/** Return a height that leaves the charts some of a window. */
export function fitting(height, windowHeight) {
  const most = Math.max(LEAST, Math.floor(windowHeight * MOST_OF_WINDOW));
  return Math.min(most, Math.max(LEAST, Math.round(height)));
}
