import type { Size } from "$lib/backend/types";

/** While a window is being resized, pictures wait for it to rest. */
const REST = 80;

type Watched = { known: Size | null; told: Size | null; tell: (size: Size) => void };

const watched = new Map<Element, Watched>();
let observer: ResizeObserver | undefined;
let timer: ReturnType<typeof setTimeout> | undefined;

/**
 * Tells how large an element is: once it is known, and then whenever it rests at another size. All elements are told in
 * one go, so that what depends on the sizes of several is read once.
 */
export const sized = (tell: (size: Size) => void) => (element: HTMLElement): (() => void) => {
  watched.set(element, { known: null, told: null, tell });
  (observer ??= new ResizeObserver(changed)).observe(element);
  return () => {
    observer?.unobserve(element);
    watched.delete(element);
  };
};

function changed(entries: readonly ResizeObserverEntry[]): void {
  for (const { target, contentRect } of entries) {
    const one = watched.get(target);
    const size = { width: Math.floor(contentRect.width), height: Math.floor(contentRect.height) };
    if (!one || size.width === 0 || size.height === 0) continue;
    one.known = size;
    if (one.told === null) tell(one, size);
  }
  clearTimeout(timer);
  timer = setTimeout(() => watched.forEach((one) => one.known && tell(one, one.known)), REST);
}

function tell(one: Watched, size: Size): void {
  if (size.width === one.told?.width && size.height === one.told.height) return;
  one.told = size;
  one.tell(size);
}
