import { ENTRIES } from "./fakeSync";
import type { AppError, ExportRequest, JobKind, JobProgress, LocalCopy, Verification, Written } from "./types";

/** A job of the invented data takes this many steps of this long each. */
const STEPS = 10;
const STEP = 100;

const FOLDER = "/home/you/Downloads";
const RUNNING: AppError = { code: "running", message: "This is already under way.", advice: "Wait for it, or stop it.", detail: null };
const STOPPED: AppError = { code: "stopped", message: "The export was stopped.", advice: "Nothing was written.", detail: null };

/** The invented copy of a ledger. */
export const COPY: LocalCopy = {
  path: "/home/you/.local/share/creditdeck/ledgers/1.db", bytes: 1_482_752, entries: ENTRIES, firstAt: Date.UTC(2025, 10, 1, 8),
  features: ["automated-response", "classification", "draft", "knowledge-sync", "reply-suggestion", "summary"], members: ["ana", "ben", "a-member-whose-name-is-longer-than-any-field-for-it-could-ever-be"],
  channels: ["chat", "email"], sources: ["helpdesk", "site"],
};

/** What is wrong with the copy that is damaged. */
const FINDINGS = [
  "entry 4112: its hash does not follow from the entry before it and its bytes", "entry 4112: credits: 3, and the rules give 2", "entry 4113: balance_after: 7911, and the rules give 7912",
  "entry 4114: balance_after: 7910, and the rules give 7911", "entry 4115: balance_after: 7885, and the rules give 7886",
];

/** The report of an incident, once it is saved. */
export const SAVED: Written = { path: `${FOLDER}/creditdeck-incident-northwind.txt`, entries: 0, bytes: 912 };

/** Work on the invented copy that takes a while and can be stopped. */
export interface FakeJobs {
  verify(workspace: string): Promise<Verification>;
  export(workspace: string, request: ExportRequest): Promise<Written>;
  stop(workspace: string, job: JobKind): void;
}

/** Work in a situation; `tell` hears how far it has come. */
export function fakeJobs(scenario: string, tell: (progress: JobProgress) => void): FakeJobs {
  const running = new Set<string>();

  /** Looks at all entries; how many it saw before it was stopped. */
  const look = async (workspace: string, job: JobKind): Promise<number> => {
    const name = `${job}/${workspace}`;
    if (running.has(name)) throw RUNNING;
    running.add(name);
    let done = 0;
    tell({ workspace, job, done, of: ENTRIES });
    for (let step = 1; step <= STEPS; step++) {
      await new Promise((next) => setTimeout(next, STEP));
      if (!running.has(name)) return done;
      done = (ENTRIES / STEPS) * step;
      tell({ workspace, job, done, of: ENTRIES });
    }
    running.delete(name);
    return done;
  };

  return {
    verify: async (workspace) => {
      const entries = await look(workspace, "verify");
      const stopped = entries < ENTRIES;
      const findings = scenario === "damaged" && entries > 4_112 ? FINDINGS : [];
      return { entries, right: !stopped && findings.length === 0, stopped, findings, more: findings.length > 0 ? 12 : 0 };
    },
    export: async (workspace, { format, filter }) => {
      if ((await look(workspace, "export")) < ENTRIES) throw STOPPED;
      const all = filter.from === null && filter.to === null && filter.features.length === 0 && !filter.member && !filter.channel && !filter.source && !filter.reference;
      const entries = all ? ENTRIES : ENTRIES / 3;
      return { path: `${FOLDER}/northwind-ledger.${format === "csv" ? "csv" : "db"}`, entries, bytes: entries * 137 };
    },
    stop: (workspace, job) => void running.delete(`${job}/${workspace}`),
  };
}
