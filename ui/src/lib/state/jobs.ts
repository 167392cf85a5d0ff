import type { Backend, ExportRequest, JobKind, Verification, Written } from "$lib/backend/types";
import { Job } from "./job.svelte";

/** Work on the local copies. It belongs to the window and not to a room: it goes on when somebody leaves, and is there again when they come back. */
export class Jobs {
  readonly #backend: Backend;
  readonly #verifications = new Map<string, Job<Verification>>();
  readonly #exports = new Map<string, Job<Written>>();

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  /** Hears of all work; the returned function ends that. */
  start(): () => void {
    return this.#backend.onJobProgress((progress) => this.#job(progress.workspace, progress.job).came(progress));
  }

  /** Verifying a workspace's copy. */
  verification(workspace: string): Job<Verification> {
    return kept(this.#verifications, workspace);
  }

  /** Exporting from a workspace's copy. */
  export(workspace: string): Job<Written> {
    return kept(this.#exports, workspace);
  }

  verify(workspace: string): Promise<void> {
    return this.verification(workspace).run(() => this.#backend.verifyNow(workspace));
  }

  exportLedger(workspace: string, request: ExportRequest): Promise<void> {
    return this.export(workspace).run(() => this.#backend.exportLedger(workspace, request));
  }

  stop(workspace: string, job: JobKind): Promise<void> {
    return this.#job(workspace, job).stop(() => this.#backend.stopJob(workspace, job));
  }

  #job(workspace: string, job: JobKind): Job<Verification> | Job<Written> {
    return job === "verify" ? this.verification(workspace) : this.export(workspace);
  }
}

function kept<T>(jobs: Map<string, Job<T>>, workspace: string): Job<T> {
  let job = jobs.get(workspace);
  if (!job) {
    job = new Job<T>();
    jobs.set(workspace, job);
  }
  return job;
}
