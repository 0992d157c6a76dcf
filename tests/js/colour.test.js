import assert from "node:assert/strict";
import { test } from "node:test";

import { contrast, legible, mixed } from "../../static/js/colour.js";

test("contrast is that of the WCAG", () => {
  assert.equal(contrast("#000000", "#ffffff"), 21);
  assert.equal(contrast("#777777", "#777777"), 1);
  assert.ok(Math.abs(contrast("#767676", "#ffffff") - 4.54) < 0.01);
});

test("a colour that is seen stays, one that isn't is made so, on light and on dark", () => {
  assert.equal(legible("#e6b450", "#0c0f15"), "#e6b450");
  for (let each = 0; each < 500; each += 1) {
    const colour = `#${((each * 7919 * 2654435761) % 0x1000000 >>> 0).toString(16).padStart(6, "0")}`;
    for (const ground of ["#ffffff", "#0c0f15"]) assert.ok(contrast(legible(colour, ground), ground) >= 3, `${colour} on ${ground}`);
  }
  assert.notEqual(legible("#e6b450", "#ffffff"), "#e6b450");
  assert.equal(mixed("#000000", "#ffffff", 0.5), "#808080");
});
