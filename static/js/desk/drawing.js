/** View floor. Drawing on the desk: one toolbar for all charts, and the drawings of a symbol on each of its charts. */

import { Chip } from "../drawings/chip.js";
import { DrawingLayer } from "../drawings/layer.js";
import { Toolbar } from "../drawings/toolbar.js";

export class Drawing {
  /** @type {Map<import("../chart/panel.js").Panel, DrawingLayer>} */
  #layers = new Map();

  /**
   * @param {HTMLElement} root of the toolbar
   * @param {{drawings: import("../drawings/history.js").Drawings, panels: () => any[], active: () => any,
   *   tell: (text: string) => void}} parts
   */
  constructor(root, parts) {
    Object.assign(this, parts);
    this.toolbar = new Toolbar(root, {
      onTool: (tool) => this.take(tool), next: () => this.layer?.next(), colour: () => this.layer?.recolour(), remove: () => this.remove(),
      undo: () => this.undo(), redo: () => this.redo(), clear: () => this.clear(),
    });
    this.chip = new Chip(() => this.take(null));
  }

  /** Let a chart be drawn on. Return its layer. */
  attach(panel) {
    const symbol = () => panel.state?.symbol ?? "";
    const layer = new DrawingLayer(panel.stage, {
      list: () => this.drawings.of(symbol()), changed: (list, name) => this.drawings.change(symbol(), list, name),
      undo: () => this.drawings.undo(symbol()), redo: () => this.drawings.redo(symbol()),
      mark: () => { panel.mark(); this.show(); }, onTool: () => this.show(), tell: this.tell,
    });
    this.#layers.set(panel, layer);
    return layer;
  }

  /** The layer of the chart that is used. */
  get layer() {
    return this.#layers.get(this.active());
  }

  /** The drawings of a symbol are others: its charts show them. */
  changed(symbol) {
    for (const panel of this.panels()) if (panel.state?.symbol === symbol) panel.mark();
    this.show();
  }

  /** All drawings are others: those of another document. */
  replaced() {
    for (const panel of this.panels()) panel.mark();
    this.show();
  }

  /** Take a tool on the chart that is used; null lays it down. */
  take(tool) {
    for (const [panel, layer] of this.#layers) if (panel !== this.active() && layer.tool) layer.tool = null;
    if (this.layer) this.layer.tool = tool;
    this.show();
  }

  undo() {
    return this.layer?.undo();
  }

  redo() {
    return this.layer?.redo();
  }

  /** Delete the chosen drawing; false when there is none. */
  remove() {
    return this.layer?.remove() ?? false;
  }

  /** Leave what is being done; false when there is nothing. */
  cancel() {
    return this.layer?.cancel() ?? false;
  }

  /** Remove all drawings of the symbol; they come back with undo. */
  clear() {
    this.layer?.clear();
  }

  /** Show in the toolbar what can be done now, and on the chart the tool that is held. */
  show() {
    const symbol = this.active()?.state?.symbol;
    if (!symbol || !this.layer) return;
    const { canUndo, canRedo } = this.drawings.steps(symbol);
    this.chip.show(this.layer.tool, this.active().root);
    this.toolbar.show({ tool: this.layer.tool, chosen: this.layer.chosen, any: this.drawings.of(symbol).length > 0, canUndo, canRedo });
  }
}
