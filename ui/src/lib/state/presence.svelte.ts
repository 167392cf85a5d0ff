import { getContext, setContext } from "svelte";
import { SvelteSet } from "svelte/reactivity";

/** What is being asked something new. */
export type Asked = { readonly busy: boolean };

/**
 * Whether a room is on screen. One that is not stays as it was left: it asks for nothing more, and makes up for what it
 * missed when somebody comes back to it.
 */
export class Presence {
  readonly #shown: () => boolean;
  readonly #asked = new SvelteSet<Asked>();

  constructor(shown: () => boolean) {
    this.#shown = shown;
  }

  get shown(): boolean {
    return this.#shown();
  }

  /** Something in the room does not answer yet what it is asked now. */
  get busy(): boolean {
    return [...this.#asked].some(({ busy }) => busy);
  }

  /** Counts what is asked among the room; the returned function ends that. */
  add(asked: Asked): () => void {
    this.#asked.add(asked);
    return () => void this.#asked.delete(asked);
  }
}

const PRESENCE = Symbol("presence");
const ALWAYS = new Presence(() => true);

/** Makes it known to everything in a room whether that room is on screen. */
export function providePresence(shown: () => boolean): Presence {
  return setContext(PRESENCE, new Presence(shown));
}

/** Whether the room that a component is in is on screen; what is in no room always is. */
export function usePresence(): Presence {
  return getContext<Presence | undefined>(PRESENCE) ?? ALWAYS;
}
