/** Wire floor. Which digits of a price have changed. */

/** Return the place of the first character that differs; 0, so all of it, when the length does. */
export function changedFrom(before, after) {
  if (before.length !== after.length) return 0;
  let place = 0;
  while (place < after.length && before[place] === after[place]) place += 1;
  return place;
}
