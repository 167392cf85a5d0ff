import type { AppError, Incident, SyncStatus } from "./types";

const DAY = 86_400_000;
/** How often something comes, and how long the invented service takes to answer. */
const BEAT = 1_000;
const ANSWER = 400;

/** Entries of the invented ledger. */
export const ENTRIES = 9_000;
/** Entries of the ledger that is read for the first time. */
const MANY = 10_000_000;

const UNREACHABLE: AppError = {
  code: "unreachable", message: "The credit service does not answer, so newer entries are missing.", advice: "Creditdeck tries again by itself. Check the network if this stays.",
  detail: "connect ECONNREFUSED 127.0.0.1:8787",
};
const INCIDENT = {
  code: "chain", entry: 4_112, message: "An entry was altered: its hash does not fit its content. What came before it is shown.",
  advice: "Send your provider the report before you rely on newer numbers.",
  expected: "hash 9f2c61b07ad94e5f8d1b3a60c7e2f4951d08b6a3c9e7f215840d6b3c1a9e5f72", found: "hash 03d7a1e85c6b49f2a0e4d8c71b95f36280ad7e4c1f6b93d05e8a2c74f1b0d963",
  goodEntry: 4_111,
};
const BROKEN: AppError = { code: INCIDENT.code, message: INCIDENT.message, advice: INCIDENT.advice, detail: "entry 4112 or the one before it was altered: its hash does not fit" };

/** The report of the invented incident, as the app writes it. */
export const REPORT = [
  "Incident         entry 4112 or the one before it was altered: its hash does not fit", "Code             chain", "Workspace        northwind", "Service          the sample", "Entry            4112",
  "First seen       2026-11-21T14:02:23Z", "Report of        2026-11-22T14:02:23Z", `Expected         ${INCIDENT.expected}`, `Found            ${INCIDENT.found}`,
  "Good here up to  4111", "Its hash         5b0e83f19c2d47a6e8f103b7d5c94a2e6f81d0c37b95ea426c1d8f30a7e9b5d4", "",
  "The desktop app checks each entry's hash, replays the metering rules over all entries, and compares what they give with what the service says.",
].join("\n");

/** How a workspace stands that nothing is the matter with. */
export function upToDate(key: string, now: number): SyncStatus {
  const asOf = now - 12_000;
  return { workspace: key, state: "live", asOf, entries: ENTRIES, progress: null, verified: { entries: ENTRIES, at: asOf }, incident: null, notices: [], clockBehindMs: 0, error: null };
}

function beginning(scenario: string, key: string, now: number): SyncStatus {
  const status = upToDate(key, now);
  const unread = { ...status, asOf: null, verified: null, entries: 3_412_000, progress: { done: 3_412_000, of: MANY, perSecond: 412_000, leftMs: 15_990 } };
  switch (scenario) {
    case "offline":
      return { ...status, state: "offline", asOf: now - 5 * DAY + 60_000, verified: { entries: ENTRIES, at: now - 5 * DAY }, error: UNREACHABLE };
    case "first_sync":
      return { ...unread, state: "catching_up" };
    case "first_sync_paused":
      return { ...unread, state: "paused", progress: { ...unread.progress, perSecond: null, leftMs: null } };
    case "catching_up":
      return { ...status, state: "catching_up", asOf: now - 40 * DAY, entries: 12_000, verified: null, progress: { done: 12_000, of: 100_000, perSecond: 22_000, leftMs: 4_000 } };
    case "broken": {
      const incident: Incident = { ...INCIDENT, since: now - DAY };
      return { ...status, state: "broken", asOf: now - DAY, entries: INCIDENT.goodEntry, verified: { entries: INCIDENT.goodEntry, at: now - DAY }, incident, error: BROKEN };
    }
    case "notices":
      return {
        ...status,
        notices: [
          { code: "set_aside", message: "The local copy of this ledger could not be used. It was set aside, and everything is fetched anew from the service. Nothing is lost.", detail: "file is not a database: /home/you/.local/share/creditdeck/ledgers/1.db.set-aside-1" },
          { code: "lost", message: "The newest 12 entries were gone from this computer's disk, and were fetched again.", detail: "Entry 8988 was the last that was left, and 9000 had been." },
        ],
      };
    case "wrong_clock":
      return { ...status, clockBehindMs: 3 * DAY };
    default:
      return status;
  }
}

/** How the invented workspace stands with its service, and what a person can do about it. */
export interface FakeSync {
  status(): SyncStatus;
  /** Begins to move, if there is something to read. */
  begin(): void;
  report(status: Partial<SyncStatus>): void;
  pause(paused: boolean): void;
  retry(): void;
  rebuild(): void;
}

/** A workspace in a situation. `tell` hears each status, `synced` that everything has been read. */
export function fakeSync(scenario: string, key: string, now: number, tell: (status: SyncStatus) => void, synced: () => void): FakeSync {
  let status = beginning(scenario, key, now);
  let timer: ReturnType<typeof setInterval> | undefined;

  const show = (changed: Partial<SyncStatus>) => {
    status = { ...status, ...changed };
    tell(status);
  };
  const read = () => {
    if (status.state !== "catching_up" || !status.progress) return;
    const { of, perSecond } = status.progress;
    const pace = perSecond ?? of / 10;
    const done = Math.min(of, status.progress.done + pace);
    if (done < of) return show({ entries: done, progress: { done, of, perSecond: pace, leftMs: ((of - done) / pace) * 1_000 } });
    clearInterval(timer);
    show({ ...upToDate(key, now), entries: of, verified: { entries: of, at: now }, notices: status.notices });
    synced();
  };
  const begin = () => {
    clearInterval(timer);
    timer = status.state === "catching_up" ? setInterval(read, BEAT) : undefined;
  };

  return {
    status: () => status,
    begin,
    report: (reported) => {
      const said = { ...upToDate(key, now), ...reported };
      if (said.workspace !== key) return tell(said);
      clearInterval(timer);
      show(said);
    },
    pause: (paused) => {
      if (!status.progress) return;
      show({ state: paused ? "paused" : "catching_up", progress: { ...status.progress, perSecond: null, leftMs: null } });
      begin();
    },
    // It is as it was: the invented service stays away, and keeps what is wrong with it.
    retry: () => {
      const { state, incident, error } = status;
      show({ state: "connecting", incident: null, error: null });
      setTimeout(() => show({ state, incident, error }), ANSWER);
    },
    rebuild: () => {
      show({
        state: "catching_up", asOf: null, entries: 0, progress: { done: 0, of: ENTRIES, perSecond: null, leftMs: null }, verified: null, incident: null, error: null,
        notices: [{ code: "set_aside", message: "The local copy was set aside, and everything is fetched anew from the service. Nothing is lost.", detail: "it was built anew on demand: /home/you/.local/share/creditdeck/ledgers/1.db.set-aside-1" }],
      });
      begin();
    },
  };
}
