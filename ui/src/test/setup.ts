import "@testing-library/jest-dom/vitest";
import { cleanup } from "@testing-library/svelte";
import { afterEach, beforeEach, vi } from "vitest";
import { NOW } from "$lib/backend/fake";

/** A window that can be measured: jsdom has no layout, so every chart is as large as this. */
class MeasuredOnce implements ResizeObserver {
  readonly #changed: ResizeObserverCallback;
  constructor(changed: ResizeObserverCallback) {
    this.#changed = changed;
  }
  observe(target: Element): void {
    const contentRect = { width: 640, height: 240 } as DOMRectReadOnly;
    const size = [{ inlineSize: 640, blockSize: 240 }];
    this.#changed([{ target, contentRect, contentBoxSize: size, borderBoxSize: size, devicePixelContentBoxSize: size }], this);
  }
  unobserve(): void {
    return;
  }
  disconnect(): void {
    return;
  }
}

vi.stubGlobal("ResizeObserver", MeasuredOnce);
vi.stubGlobal("matchMedia", () => Object.assign(new EventTarget(), { matches: false }));
HTMLCanvasElement.prototype.getContext = () => null;
Element.prototype.scrollIntoView = () => undefined;

/** A dialog as browsers have it, where jsdom has the element alone: it takes the focus, closes with Escape and gives the focus back. */
const openers = new WeakMap<HTMLDialogElement, Element | null>();
HTMLDialogElement.prototype.showModal = function (this: HTMLDialogElement) {
  openers.set(this, document.activeElement);
  this.open = true;
  (this.querySelector<HTMLElement>("[autofocus]") ?? this.querySelector<HTMLElement>("button:not(:disabled)"))?.focus();
  this.addEventListener("keydown", (event) => event.key === "Escape" && this.close());
};
HTMLDialogElement.prototype.close = function (this: HTMLDialogElement) {
  if (!this.open) return;
  this.open = false;
  const opener = openers.get(this);
  if (opener instanceof HTMLElement && opener.isConnected) opener.focus();
  this.dispatchEvent(new Event("close"));
};

beforeEach(() => {
  vi.useFakeTimers({ now: NOW, toFake: ["Date", "setTimeout", "clearTimeout", "setInterval", "clearInterval", "requestAnimationFrame", "cancelAnimationFrame"] });
  location.hash = "";
  localStorage.clear();
});

afterEach(() => {
  cleanup();
  vi.useRealTimers();
});
