/** Store floor. What this browser remembers by itself: last used symbols. Works without storage, only forgetful. */

const KEY = "ticker.recent.v1";
const MOST = 20;

const isInstrument = (value) => typeof value?.symbol === "string" && value.symbol.includes(":");

/** Return the instruments that were opened last, the newest first. */
export function loadRecent(storage) {
  try {
    const saved = JSON.parse(storage.getItem(KEY));
    return Array.isArray(saved) ? saved.filter(isInstrument).slice(0, MOST) : [];
  } catch {
    return [];
  }
}

/** Save the instruments that were opened last; false when the browser does not allow it. */
export function saveRecent(storage, instruments) {
  try {
    storage.setItem(KEY, JSON.stringify(instruments.slice(0, MOST)));
    return true;
  } catch {
    return false;
  }
}
