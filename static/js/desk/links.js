/** View floor. Charts of one colour: where one points and what it sees, the others do, too. */

export class Links {
  /** @param {() => import("../chart/panel.js").Panel[]} panels those that are shown */
  constructor(panels) {
    this.panels = panels;
  }

  #others(panel) {
    const { link } = panel.state ?? {};
    return link ? this.panels().filter((each) => each !== panel && each.state?.link === link) : [];
  }

  /** Show where a chart points (ms UTC) in those that are linked with it; null: nowhere. */
  point(panel, time) {
    for (const other of this.#others(panel)) other.lens.share(time);
  }

  /** Have those that are linked with a chart, and want to, see the same times. */
  range(panel) {
    if (!panel.state?.follow.range) return;
    const times = panel.camera.times(panel.model.series);
    for (const other of this.#others(panel)) if (other.state.follow.range) other.lens.seeTimes(times);
  }

  /** Return the charts that change their symbol with this one: itself, and those of its colour. */
  withSymbol(panel) {
    return [panel, ...this.#others(panel)];
  }

  /** Return the charts that change their interval with this one. */
  withInterval(panel) {
    return [panel, ...(panel.state.follow.interval ? this.#others(panel).filter((each) => each.state.follow.interval) : [])];
  }
}
