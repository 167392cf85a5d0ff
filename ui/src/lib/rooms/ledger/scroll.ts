/**
 * Where a list of many rows is scrolled to. An element can not be as high as ten million rows: beyond what is safe, the
 * place of the scroll bar stands for a place in the list. Small moves stay exact to the pixel, a drag of the bar goes by
 * its part of the whole, and near both ends one pixel of the bar is one pixel of the list, so that they can be reached.
 */

/** Browsers lay out elements up to some 33 million pixels; less than a third of that is safe everywhere. */
export const SAFE_HEIGHT = 10_000_000;
/** So near the ends the bar and the list move together. */
const END = 100_000;
/** A move of less than so many windows is one by wheel or key, and exact. */
const SMALL = 3;

/** The scrolled place of a list. All lengths are in pixels. */
export class Place {
  #rows = 0;
  #rowHeight: number;
  #view = 0;
  #after = 0;
  #top = 0;
  #bar = 0;

  constructor(rowHeight: number) {
    this.#rowHeight = rowHeight;
  }

  /** How high all rows are together, and what comes after them. */
  get height(): number {
    return this.#rows * this.#rowHeight + this.#after;
  }

  /** How high the element is that stands for them. */
  get barHeight(): number {
    return Math.min(this.height, SAFE_HEIGHT);
  }

  /** What of the list is above the window. */
  get top(): number {
    return this.#top;
  }

  /** Where the bar has to be for that. */
  get bar(): number {
    return this.#bar;
  }

  /** A row at `top` of the list stands at `top + shift` of the element. It changes only when the bar jumps. */
  get shift(): number {
    return this.#bar - this.#top;
  }

  /** The rows that are in the window, wholly or in part; the last one is not included. */
  get rows(): { first: number; end: number } {
    const first = Math.min(this.#rows, Math.floor(this.#top / this.#rowHeight));
    return { first, end: Math.min(this.#rows, Math.ceil((this.#top + this.#view) / this.#rowHeight)) };
  }

  /** Takes the size of the list, of the window and of what comes after the rows; the list stays where it is as far as it can. */
  size(rows: number, view: number, after = 0): void {
    this.#rows = rows;
    this.#view = view;
    this.#after = after;
    this.#goTo(this.#top);
  }

  /** The bar was moved. */
  moved(bar: number): void {
    const by = bar - this.#bar;
    if (this.height <= SAFE_HEIGHT) this.#top = bar;
    else if (Math.abs(by) < SMALL * this.#view) this.#top = this.#within(this.#top + by);
    else this.#top = this.#topOf(bar);
    this.#bar = bar;
  }

  /** Puts the bar where it belongs after small moves: nothing moves in the window. */
  settle(): void {
    this.#goTo(this.#top);
  }

  /** Shows a row: where it is if it is in the window, else at its near edge or in the middle. */
  show(row: number, where: "near" | "middle" = "near"): void {
    const from = row * this.#rowHeight;
    const last = from + this.#rowHeight - this.#view;
    const isIn = from >= this.#top && last <= this.#top;
    if (isIn) return;
    if (where === "middle") this.#goTo(from - (this.#view - this.#rowHeight) / 2);
    else this.#goTo(from < this.#top ? from : last);
  }

  #goTo(top: number): void {
    this.#top = this.#within(top);
    this.#bar = this.height <= SAFE_HEIGHT ? this.#top : this.#barOf(this.#top);
  }

  #within(top: number): number {
    return Math.max(0, Math.min(top, this.height - this.#view));
  }

  /** How many pixels of the list one of the bar is between the ends. */
  get #ratio(): number {
    return (this.height - this.#view - 2 * END) / (SAFE_HEIGHT - this.#view - 2 * END);
  }

  #topOf(bar: number): number {
    const [lastBar, lastTop] = [SAFE_HEIGHT - this.#view, this.height - this.#view];
    if (bar <= END) return this.#within(bar);
    if (bar >= lastBar - END) return this.#within(lastTop - (lastBar - bar));
    return END + (bar - END) * this.#ratio;
  }

  #barOf(top: number): number {
    const [lastBar, lastTop] = [SAFE_HEIGHT - this.#view, this.height - this.#view];
    if (top <= END) return top;
    if (top >= lastTop - END) return lastBar - (lastTop - top);
    return Math.round(END + (top - END) / this.#ratio);
  }
}
