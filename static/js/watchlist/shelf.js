/** View floor. The bar over the watchlist: its lists as tabs, and the menu of columns; what is deleted can be had back. */

import { make } from "../dom.js";
import { Menu } from "./menu.js";
import { Tabs } from "./tabs.js";

export class Shelf {
  /**
   * @param {{lists: import("./lists.js").Lists, controls: string, undo: import("./undo.js").Undo, tell: (text: string) => void,
   *   save: () => void, onTurned: () => void, onColumns: (columns: string[]) => void}} parts `onTurned`: another list is open;
   *   `controls` is the id of what the tabs switch
   */
  constructor(parts) {
    Object.assign(this, parts);
    this.tabs = new Tabs({ controls: parts.controls, onOpen: (place) => this.open(place), onAdd: () => this.#add(),
      onRename: (place, name) => this.#rename(place, name), onDelete: (place) => this.#delete(place) });
    this.menu = new Menu({ onColumns: parts.onColumns, actions: [
      { text: "Rename this list", run: () => this.tabs.rename(this.lists.place) },
      { text: "Delete this list", run: () => this.#delete(this.lists.place) },
    ] });
    this.element = make("div", { class: "lists" }, this.tabs.element, this.menu.element);
  }

  /** Show these lists. @param {import("./lists.js").Lists} lists */
  show(lists = this.lists) {
    this.lists = lists;
    this.tabs.show(lists.names, lists.place);
  }

  /** Open the list at `place`; beyond either end begins the other. */
  open(place) {
    this.lists.turn(place);
    this.#turned();
  }

  /** Open the first list whose name begins so, or say which there are. */
  openNamed(name) {
    const place = this.lists.find(name);
    if (place >= 0) this.open(place);
    else this.tell(`There is no list ${name}; the lists are ${this.lists.names.join(", ")}.`);
  }

  #turned() {
    this.show();
    this.onTurned();
    this.save();
  }

  #add() {
    if (this.lists.complete) return this.tell(this.lists.complete);
    this.lists.addList();
    this.#turned();
    return this.tabs.rename(this.lists.place);
  }

  #rename(place, name) {
    this.lists.renameList(place, name);
    this.show();
    this.save();
  }

  #delete(place) {
    const [{ lists }, name] = [this, this.lists.names[place]];
    const back = lists.deleteList(place);
    this.#turned();
    this.undo.offer(`List “${name}” deleted`, () => {
      back();
      this.#turned();
    });
  }
}
