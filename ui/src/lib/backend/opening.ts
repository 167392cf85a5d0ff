import type { Opening, Overview, Settings, SyncStatus, WorkspaceSummary } from "./types";

declare global {
  interface Window {
    /** What the shell was asked before this program was read. */
    creditdeckOpening?: Promise<Opening>;
  }
}

/** A window that has nothing to show after so long says what it can: whatever is missing is asked for. */
const PATIENCE = 250;

/** The first answers, which were asked for together: each is good once. */
export class FirstAnswers {
  readonly #opening: Opening | null;
  readonly #given = new Set<keyof Opening>();

  constructor(opening: Opening | null) {
    this.#opening = opening;
  }

  /** Waits for them, but not for long; without them everything is asked for as it is needed. */
  static async arrive(): Promise<FirstAnswers> {
    const none = new Promise<null>((resolve) => setTimeout(() => resolve(null), PATIENCE));
    const asked = window.creditdeckOpening?.catch(() => null) ?? null;
    return new FirstAnswers(await Promise.race([asked, none]));
  }

  /** The workspace that they tell of. */
  get workspace(): string | null {
    return this.#opening?.sync?.workspace ?? null;
  }

  settings(): Settings | undefined {
    return this.#give("settings");
  }

  workspaces(): WorkspaceSummary[] | undefined {
    return this.#give("workspaces");
  }

  syncStatus(workspace: string): SyncStatus | undefined {
    return workspace === this.workspace ? this.#give("sync") : undefined;
  }

  overview(workspace: string): Overview | undefined {
    return workspace === this.workspace ? this.#give("overview") : undefined;
  }

  #give<K extends keyof Opening>(name: K): NonNullable<Opening[K]> | undefined {
    if (this.#given.has(name)) return undefined;
    this.#given.add(name);
    return this.#opening?.[name] ?? undefined;
  }
}
