/** View floor. A chart as a picture: all that lies over each other in it, as it is on the screen. */

import { draw } from "../dom.js";
import { enlarge } from "./inked.js";
import { drawn, placed } from "./letters.js";

const SHARP = 2;
const FOOT = 24;
const FONT = 11;
const LEAST = 40;
const ROOMY = 640;
/** What is written beside the plot, from the lowest to the highest. */
const WORDS = [".draw-axis", ".price-tag", ".cross-tag"];
const BUTTONS = ".line-remove, .draw-said, .draw-note";

const isSeen = (element) => element.checkVisibility({ opacityProperty: true, visibilityProperty: true }) && element.textContent !== "";

/** Return the words that prices always need beside them, but that the legend has no room for. */
function hiddenWords({ legend }) {
  return [legend.state, legend.origin].filter((each) => !each.hidden && !isSeen(each)).map((each) => each.textContent);
}

/** Return the line below the chart: who made the picture, and when. */
function footOf(panel, { width, height }, { panel: ground, line, text, soft }, family) {
  const moment = new Date(panel.clock.time()).toISOString().replace("T", " ").slice(0, 19);
  const words = ["", `${moment} UTC`, ...hiddenWords(panel)].join(" · ");
  const font = { y: height + FOOT / 2 + 4, "font-family": family, "font-size": FONT };
  return [
    draw("rect", { y: height, width, height: FOOT, fill: ground }), draw("rect", { y: height, width, height: 1, fill: line }),
    draw("text", { x: 12, ...font, fill: soft }, draw("tspan", { fill: text, "font-weight": 600 }, "Ticker"), words),
    ...(width > ROOMY ? [draw("text", { x: width - 12, ...font, fill: soft, "text-anchor": "end" }, `${panel.state.symbol} · ${panel.state.interval}`)] : []),
  ];
}

/** Return the drawings (SVG) of a chart from the lowest to the highest, each with what lies in it. */
function layersOf(stage, from) {
  const all = [...stage.querySelectorAll("svg")].filter((svg) => !svg.parentElement.closest("svg, button"));
  return all.map((svg) => placed(svg, from));
}

/**
 * Return a drawing of a whole chart. Throws where it isn't on the screen.
 * @param {import("../chart/panel.js").Panel} panel @param {Record<string, string>} colours of looks.js
 */
export function pictureOf(panel, colours) {
  const from = panel.root.getBoundingClientRect();
  const { width, height } = from;
  if (!panel.box || width < LEAST || height < LEAST) throw new Error("the chart is not on the screen");
  const family = getComputedStyle(panel.root).fontFamily;
  const words = [...WORDS.flatMap((each) => [...panel.stage.querySelectorAll(each)]), panel.legend.root].map((each) => drawn(each, from, BUTTONS));
  const parts = [...layersOf(panel.stage, from), ...words].filter(Boolean);
  const chart = draw("svg", { width, height }, draw("rect", { width, height, fill: colours.ground }), ...parts);
  return draw("svg", { width, height: height + FOOT, viewBox: `0 0 ${width} ${height + FOOT}` }, chart, ...footOf(panel, from, colours, family));
}

/** Return a drawing as a PNG, `scale` pixels for each of its own. @param {SVGSVGElement} svg */
export async function pngOf(svg, scale = Math.max(SHARP, globalThis.devicePixelRatio)) {
  enlarge(svg, scale);
  const [width, height] = ["width", "height"].map((side) => Number(svg.getAttribute(side)));
  const url = URL.createObjectURL(new Blob([new XMLSerializer().serializeToString(svg)], { type: "image/svg+xml" }));
  try {
    const image = new Image(width, height);
    image.src = url;
    await image.decode();
    const canvas = Object.assign(document.createElement("canvas"), { width, height });
    canvas.getContext("2d").drawImage(image, 0, 0, width, height);
    return await new Promise((resolve, reject) => {
      canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("the picture is too large"))), "image/png");
    });
  } finally {
    URL.revokeObjectURL(url);
  }
}
