/** Wire floor. The word that was probably meant. */

const SHORT = 3;
const LONG = 6;

/** Return how many letters to change, add, leave out or swap make `a` of `b`. */
export function distance(a, b) {
  const rows = [Array.from({ length: b.length + 1 }, (_, place) => place)];
  for (let i = 1; i <= a.length; i += 1) {
    rows.push([i]);
    for (let j = 1; j <= b.length; j += 1) {
      const changed = rows[i - 1][j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? rows[i - 2][j - 2] + 1 : Infinity;
      rows[i].push(Math.min(rows[i - 1][j] + 1, rows[i][j - 1] + 1, changed, swapped));
    }
  }
  return rows[a.length][b.length];
}

/** Return the known word that a word is a slip of: one letter wrong, two in a long word; null if none is. */
export function nearest(word, known) {
  const allowed = word.length < SHORT ? 0 : word.length < LONG ? 1 : 2;
  let found = null;
  let least = allowed + 1;
  for (const each of known) {
    if (Math.abs(each.length - word.length) >= least) continue;
    const far = distance(word, each);
    if (far > 0 && far < least) [found, least] = [each, far];
  }
  return found;
}
