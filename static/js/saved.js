/** Store floor. What this browser remembers: watchlist and last used symbols. Works without storage, only forgetful. */

const WATCHLIST = { key: "ticker.watchlist.v1", most: 200 };
const RECENT = { key: "ticker.recent.v1", most: 20 };

const isInstrument = (value) => typeof value?.symbol === "string" && value.symbol.includes(":");

/** Return a saved list of instruments, or null when there is none that can be read. */
function load(storage, { key, most }) {
  try {
    const saved = JSON.parse(storage.getItem(key));
    return Array.isArray(saved) ? saved.filter(isInstrument).slice(0, most) : null;
  } catch {
    return null;
  }
}

function save(storage, { key, most }, instruments) {
  try {
    storage.setItem(key, JSON.stringify(instruments.slice(0, most)));
    return true;
  } catch {
    return false;
  }
}

/** Return the saved watchlist as instruments, or null when there is none that can be read. */
export function loadWatchlist(storage) {
  return load(storage, WATCHLIST);
}

/** Save a watchlist; false when the browser does not allow it. */
export function saveWatchlist(storage, instruments) {
  return save(storage, WATCHLIST, instruments);
}

/** Return the instruments that were opened last, the newest first. */
export function loadRecent(storage) {
  return load(storage, RECENT) ?? [];
}

/** Save the instruments that were opened last; false when the browser does not allow it. */
export function saveRecent(storage, instruments) {
  return save(storage, RECENT, instruments);
}
