/** View floor. What opens over the desk when it is asked for, and what leaves it: loaded after the first chart. */

import { facts } from "../commands/facts.js";
import { GotoBox } from "../commands/gotobox.js";
import { Help } from "../commands/help.js";
import { IntervalBox } from "../commands/intervalbox.js";
import { Palette } from "../commands/palette.js";
import { Out } from "../out/out.js";
import { Context } from "./context.js";
import { StudyBox } from "../studybox.js";

/**
 * Return the dialogs, each with an `open`, and `out` with its `run`.
 * @param {{charts: import("./charts.js").Charts, grid: any, definitions: Map<string, any>, intervals: string[], clock: any,
 *   act: (action: any) => void, search: any, state: any, looks: any, tell: (text: string) => void,
 *   clean: (document: any) => any, onImported: () => void, drawings: () => any[]}} parts
 */
export function boxesOf(parts) {
  const { charts, grid, definitions, intervals, clock, act, search } = parts;
  return {
    studyBox: new StudyBox({ definitions: () => definitions, get: () => charts.chart.studies, set: (studies) => charts.studies(studies) }),
    context: new Context({ act }),
    help: new Help(),
    palette: new Palette({ facts: () => facts({ charts, definitions, intervals, now: clock.time() }), act, search }),
    intervalBox: new IntervalBox({ intervals, onChoose: (interval) => charts.interval(interval), over: () => grid.active?.root }),
    gotoBox: new GotoBox({ act, now: () => clock.time(), zone: () => grid.active.zone() }),
    out: new Out({ ...parts, panel: () => grid.active }),
  };
}
