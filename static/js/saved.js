/** Store floor. What this browser remembers: the watchlist. Works without storage, only forgetful. */

const KEY = "ticker.watchlist.v1";
const MOST = 200;

const isInstrument = (value) => typeof value?.symbol === "string" && value.symbol.includes(":");

/** Return the saved watchlist as instruments, or null when there is none that can be read. */
export function loadWatchlist(storage) {
  try {
    const saved = JSON.parse(storage.getItem(KEY));
    return Array.isArray(saved) ? saved.filter(isInstrument).slice(0, MOST) : null;
  } catch {
    return null;
  }
}

/** Save a watchlist; false when the browser does not allow it. */
export function saveWatchlist(storage, instruments) {
  try {
    storage.setItem(KEY, JSON.stringify(instruments.slice(0, MOST)));
    return true;
  } catch {
    return false;
  }
}
