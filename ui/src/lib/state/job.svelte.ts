import { toAppError } from "$lib/backend/error";
import type { AppError, JobProgress } from "$lib/backend/types";

/** Work that takes long: how far it has come, and what it came to. */
export class Job<T> {
  /** It is under way. */
  running = $state(false);
  /** It was asked to stop, and has not yet. */
  stopping = $state(false);
  progress = $state.raw<JobProgress | null>(null);
  /** What it came to, until it is done anew. */
  result = $state.raw<T | null>(null);
  error = $state.raw<AppError | null>(null);

  /** Does the work, unless it is under way. */
  async run(work: () => Promise<T>): Promise<void> {
    if (this.running) return;
    this.forget();
    this.running = true;
    try {
      this.result = await work();
    } catch (thrown) {
      this.error = toAppError(thrown);
    } finally {
      this.running = this.stopping = false;
      this.progress = null;
    }
  }

  /** Hears how far it has come; what comes late, after its end, says nothing any more. */
  came(progress: JobProgress): void {
    if (this.running) this.progress = progress;
  }

  /** Asks for the work to stop. It ends by itself soon after. */
  async stop(ask: () => Promise<void>): Promise<void> {
    if (!this.running || this.stopping) return;
    this.stopping = true;
    try {
      await ask();
    } catch (thrown) {
      this.stopping = false;
      this.error = toAppError(thrown);
    }
  }

  /** Forgets what it came to. */
  forget(): void {
    this.result = null;
    this.error = null;
  }
}
