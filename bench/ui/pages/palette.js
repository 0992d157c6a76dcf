/** Evaluated in an empty page: brings a picture down to the colours that matter most of it. */

async (source, most) => {
  const NEAR = 20;
  const bitmap = await createImageBitmap(await (await fetch(source)).blob());
  const { width, height } = bitmap;
  const drawing = new OffscreenCanvas(width, height).getContext("2d");
  drawing.drawImage(bitmap, 0, 0);
  const pixels = new Uint32Array(drawing.getImageData(0, 0, width, height).data.buffer);
  const counts = new Map();
  for (const pixel of pixels) counts.set(pixel, (counts.get(pixel) ?? 0) + 1);

  const parts = (pixel) => [pixel & 255, (pixel >> 8) & 255, (pixel >> 16) & 255];
  const apart = ([a, b, c], [x, y, z]) => (a - x) ** 2 + (b - y) ** 2 + (c - z) ** 2;
  const common = [...counts.entries()].sort((one, other) => other[1] - one[1]).map(([pixel]) => parts(pixel));

  /** The commonest colours of which none is nearer to another than a distance, which grows until they are few enough. */
  function chosen(distance) {
    const taken = [];
    for (const colour of common) {
      if (taken.every((each) => apart(each, colour) >= distance)) taken.push(colour);
      if (taken.length > most) return chosen(distance * 1.6);
    }
    return taken;
  }
  const palette = counts.size <= most ? common : chosen(NEAR);
  const places = new Map();
  for (const pixel of counts.keys()) {
    const colour = parts(pixel);
    let best = 0;
    for (let each = 1; each < palette.length; each += 1) if (apart(palette[each], colour) < apart(palette[best], colour)) best = each;
    places.set(pixel, best);
  }
  const indices = Array.from(pixels, (pixel) => String.fromCharCode(places.get(pixel))).join("");
  return { width, height, palette: palette.flat(), indices: btoa(indices) };
}
