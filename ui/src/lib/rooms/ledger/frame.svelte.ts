import { Place } from "./scroll";

/** What a row measures where nothing can be measured. */
export const ROW = 32;
/** Rows beyond the window on both sides: what scrolls in is there before it is drawn. */
const BEYOND = 10;

/** An element of the list, and the row that it shows now. */
export type Slot = { slot: number; index: number };

/** What is seen of a long list: which rows are there, and where they stand. */
export class Frame {
  rowHeight = $state(ROW);
  /** How much of the list the window shows, in pixels. */
  view = $state(0);
  /** The rows in the window from `first` up to `end`, the first of them that is wholly in it, and where the element stands for them. */
  shown = $state.raw({ first: 0, full: 0, end: 0, shift: 0, height: 0 });
  /** The slot that stands first: that of the first row, when the list rests. */
  #turn = $state(0);
  #place = new Place(ROW);
  readonly #rows: () => number;

  /**
   * The rows that are there. Each has a slot, and takes the slot of one that has gone. While the list moves, no element
   * does within the page, which would cost most; at rest they stand in the order in which they are read.
   */
  readonly slots: Slot[] = $derived.by(() => {
    const size = Math.min(Math.ceil(this.view / this.rowHeight) + 1 + 2 * BEYOND, this.#rows());
    const start = Math.max(0, Math.min(this.shown.first - BEYOND, this.#rows() - size));
    return Array.from({ length: size }, (_, i) => {
      const slot = (this.#turn + i) % size;
      return { slot, index: start + ((slot - (start % size) + size) % size) };
    });
  });

  constructor(rows: () => number) {
    this.#rows = rows;
  }

  /** Where the scroll bar has to be. */
  get bar(): number {
    return this.#place.bar;
  }

  /** The newest row is in the window. */
  get atTop(): boolean {
    return this.#place.top < this.rowHeight;
  }

  /** So many rows are a page. */
  get page(): number {
    return Math.max(1, Math.floor(this.view / this.rowHeight) - 1);
  }

  /** Takes what was measured. */
  measure(rowHeight: number, view: number): void {
    if (rowHeight !== this.rowHeight) {
      this.rowHeight = rowHeight;
      this.#place = new Place(rowHeight);
    }
    this.view = Math.max(0, view);
  }

  /** Takes how many rows there are, and how many more have room after them. */
  size(after: number): void {
    this.#place.size(this.#rows(), this.view, after * this.rowHeight);
    this.#rest();
  }

  /** The bar was moved, and may go on to move. */
  moved(bar: number): void {
    this.#place.moved(bar);
    this.#draw();
  }

  /** The bar rests. */
  settle(): void {
    this.#place.settle();
    this.#rest();
  }

  /** Shows a row. */
  show(index: number, where: "near" | "middle" = "near"): void {
    this.#place.show(index, where);
    this.#rest();
  }

  #rest(): void {
    this.#draw();
    const { length } = this.slots;
    this.#turn = length === 0 ? 0 : Math.min(...this.slots.map(({ index }) => index)) % length;
  }

  #draw(): void {
    const { first, end } = this.#place.rows;
    this.shown = { first, full: Math.ceil(this.#place.top / this.rowHeight), end, shift: this.#place.shift, height: this.#place.barHeight };
  }
}
