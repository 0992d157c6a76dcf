/**
 * Wire floor. Where a formula in a line of other words ends: =SIM:ETH-USD / SIM:BTC-USD 5m ends before 5m.
 * Whether it is right is the server's to say; names run as far as their letters do, as there.
 */

const SPACE = /\s*/y;
const VALUE = /[A-Z0-9_.]{1,24}:[A-Z0-9._\-^=/]{1,32}|[0-9]{1,15}(?:\.[0-9]{1,15})?(?![A-Z0-9_.:])/iy;
const SIGN = /[-+*/×·÷∕−–]/y;

function past(pattern, line, at) {
  pattern.lastIndex = at;
  const match = pattern.exec(line);
  return match ? at + match[0].length : -1;
}

/** Return how many brackets are open after those from `at` on, and where the next thing begins. */
function brackets(line, at, bracket, depth, step) {
  let place = past(SPACE, line, at);
  let open = depth;
  while (line[place] === bracket && open + step >= 0) {
    open += step;
    place = past(SPACE, line, place + 1);
  }
  return { place, open };
}

/** Return {end} of the formula that begins with the = at `at`: the last place where it is complete; or {error}. */
export function formulaEnd(line, at) {
  let place = at + 1;
  let depth = 0;
  let end = -1;
  for (;;) {
    const before = brackets(line, place, "(", depth, 1);
    const value = past(VALUE, line, before.place);
    if (value < 0) break;
    const after = brackets(line, value, ")", before.open, -1);
    depth = after.open;
    if (depth === 0) end = after.place;
    place = past(SIGN, line, after.place);
    if (place < 0) break;
  }
  if (end > 0) return { end };
  return { error: depth > 0 ? "A bracket of the formula isn't closed." : "A formula is written =VENUE:NAME / VENUE:NAME." };
}
