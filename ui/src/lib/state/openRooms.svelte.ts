import { untrack } from "svelte";
import type { Room } from "$lib/rooms/rooms";
import type { AppState } from "./app.svelte";

/** The rooms where people look: going from one to another is looking elsewhere, and takes no longer. */
const STAYING: readonly Room[] = ["overview", "usage", "ledger"];
/** After so long in one room the others are made ready: opening the app and what comes of it are over by then. */
const REST = 1_500;
/** Between one room that is made ready and the next, so that whatever a person does comes between. */
const BREATH = 400;

/**
 * The rooms of the workspace that are there: the one on screen, and those that stay behind it. Another workspace begins
 * with the one on screen.
 */
export class OpenRooms {
  readonly #app: AppState;
  #stayed = $state.raw<{ key: string | null; rooms: readonly Room[] }>({ key: null, rooms: [] });

  /** In the order in which they were opened. */
  readonly all: readonly Room[] = $derived.by(() => {
    const { key, room } = this.#app;
    const stayed = this.#stayed.key === key ? this.#stayed.rooms : [];
    return stayed.includes(room) || room === "settings" ? stayed : [...stayed, room];
  });

  /** To be made where a component is. */
  constructor(app: AppState) {
    this.#app = app;
    $effect(() => {
      const { key, room } = app;
      if (STAYING.includes(room)) untrack(() => this.#keep(key, room));
    });
    // How fresh the data is changes more often than a room rests.
    const isThere = $derived(app.sync !== null && !app.unread && app.error === null);
    $effect(() => {
      void app.room;
      if (!isThere) return;
      const { key } = app;
      const next = () => {
        const missing = STAYING.find((room) => !this.all.includes(room));
        if (missing === undefined) return;
        this.#keep(key, missing);
        timer = setTimeout(next, BREATH);
      };
      let timer = setTimeout(next, REST);
      return () => clearTimeout(timer);
    });
  }

  #keep(key: string | null, room: Room): void {
    const rooms = this.#stayed.key === key ? this.#stayed.rooms : [];
    if (rooms.includes(room)) return;
    this.#stayed = { key, rooms: [...rooms, room] };
  }
}
