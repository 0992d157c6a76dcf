/** Wire floor. Which of many rows of one height are to be drawn, and where to scroll for one of them. */

/** Return {from, to}: the rows [from, to) that are seen, and `over` more on either side. */
export function windowOf({ scroll, height, row, count, over }) {
  const first = Math.floor(Math.max(0, scroll) / row);
  const last = Math.ceil((Math.max(0, scroll) + height) / row);
  const to = Math.min(count, last + over);
  return { from: Math.max(0, Math.min(first, count) - over), to: Math.max(0, to) };
}

/** Return the places to draw, in order: those of the window, and the pinned ones (-1: none) wherever they are. */
export function placesOf({ from, to }, pinned, count) {
  const places = new Set(Array.from({ length: to - from }, (_, each) => from + each));
  for (const place of pinned) if (place >= 0 && place < count) places.add(place);
  return [...places].sort((a, b) => a - b);
}

/** Return how far to scroll so that a row is seen in whole; as it is when it already is. */
export function scrollFor(place, { scroll, height, row }) {
  const [top, bottom] = [place * row, (place + 1) * row];
  if (top < scroll) return top;
  return bottom > scroll + height ? bottom - height : scroll;
}
