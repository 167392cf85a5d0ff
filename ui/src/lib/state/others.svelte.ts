import { toAppError } from "$lib/backend/error";
import type { AppState } from "./app.svelte";

type Others = typeof import("$lib/rooms/others");

/**
 * The parts of the window that its first picture does without. Reading all of the program takes longer than drawing that
 * picture, so these are read after it, or as soon as one of them is to be shown.
 */
export class OtherParts {
  /** Null until they are read. */
  parts = $state.raw<Others | null>(null);
  readonly #app: AppState;
  readonly #read: () => Promise<Others>;
  #reading = false;

  /** To be made where a component is. */
  constructor(app: AppState, read: () => Promise<Others>) {
    this.#app = app;
    this.#read = read;
    const isWanted = $derived(
      app.painted || app.room !== "overview" || app.overlay !== null || (app.workspaces !== undefined && (app.workspace === null || app.unread)),
    );
    $effect(() => {
      // Who tries again after an error tries this again, too.
      if (isWanted && app.error === null) void this.#load();
    });
  }

  async #load(): Promise<void> {
    if (this.parts || this.#reading) return;
    this.#reading = true;
    try {
      this.parts = await this.#read();
    } catch (thrown) {
      this.#app.error = toAppError(thrown);
    } finally {
      this.#reading = false;
    }
  }
}
