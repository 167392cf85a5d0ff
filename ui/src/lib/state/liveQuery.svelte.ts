import { untrack } from "svelte";
import { toAppError } from "$lib/backend/error";
import type { AppError } from "$lib/backend/types";
import { Answers } from "./answers";
import { usePresence } from "./presence.svelte";

/** A first load shows a skeleton only when it takes longer than this. */
export const SKELETON_AFTER = 150;
/** Nobody waits longer than this to see that a click counted. */
export const LATE_AFTER = 100;
/** The code of "not here yet, and it will come by itself": that is waiting, not failing. */
const NOT_YET = "not_synced";
/** However fast the ledger changes, it is read again at most this often. */
const BREATH = 100;

/**
 * What to read: within one scope (a workspace) older data stays on screen until the newer is there. With a question, its
 * answer is good for the same question again, as long as nothing says that it may have changed.
 */
export type Reading<T> = { scope: string; question?: string; load: () => Promise<T> };

/** A value that follows its source: the newest answer wins, and a burst of changes is one more read, not many. */
export class LiveQuery<T> {
  /** The newest answer. */
  data = $state.raw<T>();
  /** Why the newest read failed; data that was there before stays. */
  error = $state.raw<AppError | null>(null);
  /** The first answer takes long enough to say so. */
  slow = $state(false);
  /** What is there does not answer yet what is asked now. */
  busy = $state(false);
  /** It does not answer it yet, and that takes long enough to be noticed. */
  late = $state(false);

  #reading: Reading<T> | null = null;
  readonly #answers = new Answers<T>();
  #latest = 0;
  #notYet = false;
  #running = false;
  #resting = false;
  #again = false;
  #patience: ReturnType<typeof setTimeout> | undefined;
  #rest: ReturnType<typeof setTimeout> | undefined;
  #noticed: ReturnType<typeof setTimeout> | undefined;

  /** Reads something else from now on, at once. */
  follow(reading: Reading<T>): void {
    if (reading.scope !== this.#reading?.scope) {
      this.data = undefined;
      this.error = null;
      this.#answers.forget();
      this.#wait();
    }
    this.#reading = reading;
    if (this.#knows(reading)) return;
    this.busy = true;
    clearTimeout(this.#noticed);
    this.#noticed = setTimeout(() => (this.late = true), LATE_AFTER);
    void this.#read(reading);
  }

  /** Reads the same again because it may have changed. Calls while a read is under way are answered by one more read. */
  refresh = (): void => {
    this.#answers.forget();
    if (!this.#reading) return;
    // What was not there yet is read the moment it may be.
    if (this.#running || (this.#resting && !this.#notYet)) this.#again = true;
    else void this.#read(this.#reading);
  };

  /** Forgets what is under way. */
  stop(): void {
    this.#latest++;
    this.#reading = null;
    clearTimeout(this.#patience);
    clearTimeout(this.#rest);
    clearTimeout(this.#noticed);
  }

  /** Takes the answer that is known already, if there is one. */
  #knows({ question }: Reading<T>): boolean {
    const known = this.#answers.get(question);
    if (known === undefined) return false;
    // What is under way answers another question.
    this.#latest++;
    this.data = known;
    this.#done(null);
    return true;
  }

  async #read({ question, load }: Reading<T>): Promise<void> {
    const mine = ++this.#latest;
    this.#running = true;
    this.#again = false;
    this.#breathe();
    try {
      const data = await load();
      if (mine !== this.#latest) return;
      this.data = data;
      // What may have changed while it was read is read once more.
      if (!this.#again) this.#answers.keep(question, data);
      this.#done(null);
    } catch (thrown) {
      if (mine !== this.#latest) return;
      this.#done(toAppError(thrown));
    }
    this.#settle();
  }

  #done(error: AppError | null): void {
    this.#notYet = error?.code === NOT_YET;
    this.error = this.#notYet ? null : error;
    if (!this.#notYet) {
      clearTimeout(this.#patience);
      this.slow = false;
    }
    this.#running = false;
    clearTimeout(this.#noticed);
    this.busy = this.late = false;
  }

  #wait(): void {
    clearTimeout(this.#patience);
    this.slow = false;
    this.#patience = setTimeout(() => (this.slow = true), SKELETON_AFTER);
  }

  #breathe(): void {
    clearTimeout(this.#rest);
    this.#resting = true;
    this.#rest = setTimeout(() => {
      this.#resting = false;
      this.#settle();
    }, BREATH);
  }

  #settle(): void {
    if (this.#again && !this.#running && !this.#resting) this.refresh();
  }
}

/**
 * A query for as long as the component lives that made it. It reads again when what `source` uses changes, and when one
 * of the `signals` calls. A source of null is not read. In a room that is not on screen it does not answer to signals, and
 * makes up for them when somebody comes back; what is asked, and how it is drawn, it follows always, so that what comes
 * back fits the window.
 */
export function liveQuery<T>(source: () => Reading<T> | null, ...signals: ((f: () => void) => () => void)[]): LiveQuery<T> {
  const presence = usePresence();
  const query = new LiveQuery<T>();
  let missed = false;
  // Before what has changed is shown: the sooner it is asked for, the sooner the answer is there; one that is known
  // already is shown at once.
  $effect.pre(() => {
    const reading = source();
    if (reading) untrack(() => query.follow(reading));
  });
  $effect(() => {
    const called = () => {
      if (presence.shown) query.refresh();
      else missed = true;
    };
    const ends = signals.map((signal) => signal(called));
    return () => ends.forEach((end) => end());
  });
  $effect(() => {
    if (!presence.shown || !missed) return;
    missed = false;
    untrack(query.refresh);
  });
  $effect(() => untrack(() => presence.add(query)));
  $effect(() => () => query.stop());
  return query;
}
