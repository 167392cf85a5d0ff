import { burnDown, sparkline } from "./fakeChart";
import { COPY, SAVED, fakeJobs } from "./fakeCopy";
import { fakeLedger } from "./fakeLedger";
import { MANY, fakeUse, type FakeFeature } from "./fakeUse";
import { ENTRIES, REPORT, fakeSync, upToDate } from "./fakeSync";
import type {
  AppError, Backend, ConnectionInfo, FeatureStatus, JobProgress, Overview, PackOffer, Position, Purchase, PurchaseState, RunOut, Settings, SyncStatus, TopUpView, WorkspaceSummary,
} from "./types";

/** The situations that the invented data knows. */
export const SCENARIOS = [
  "active", "low", "paused", "trial", "no_plan", "plan_excludes_ai", "offline", "catching_up", "first_sync", "first_sync_paused", "broken", "notices", "wrong_clock",
  "damaged", "large", "huge", "empty", "member", "purchases", "failing", "none", "many", "young",
] as const;
export type Scenario = (typeof SCENARIOS)[number];

/** The instant at which the invented data is read: Sunday 22 November 2026, 14:02:23 UTC. */
export const NOW = Date.UTC(2026, 10, 22, 14, 2, 23);

/** Invented data with handles to move it. */
export interface FakeBackend extends Backend {
  /** How often each call was made. */
  readonly calls: Record<string, number>;
  /** Spends credits of the first workspace and says that its ledger changed. */
  spend(credits: number): void;
  /** Says that a ledger changed without changing it. */
  ledgerChanged(): void;
  /** Reports a sync status. */
  report(status: Partial<SyncStatus>): void;
  /** Moves a purchase on and says so. */
  move(purchase: string, state: PurchaseState): void;
}

const DAY = 86_400_000;
const START = Date.UTC(2026, 10, 1);
const END = Date.UTC(2026, 11, 1);
const DAYS = 22;

/** Numbers that look like chance and are always the same. */
function numbers(seed: number): () => number {
  return () => (seed = (seed * 16_807) % 2_147_483_647) / 2_147_483_647;
}

const FEATURES: FakeFeature[] = [
  { id: "automated-response", name: "Automated responses", group: "replies", rate: 2, mean: 60 },
  { id: "reply-suggestion", name: "Reply suggestions", group: "replies", rate: 1, mean: 70 },
  { id: "draft", name: "Drafts", group: "replies", rate: 1, mean: 12 },
  { id: "classification", name: "AI classification", group: "classification", rate: 1, mean: 108 },
  { id: "summary", name: "Conversation summaries", group: "summaries", rate: 1, mean: 52 },
  { id: "knowledge-sync", name: "Knowledge syncs", group: "syncs", rate: 25, mean: 16 },
];
const GROUPS = [["replies", "Replies"], ["classification", "Classification"], ["summaries", "Summaries"], ["syncs", "Syncs"]] as const;

const chance = numbers(11);
const DAILY = new Map(
  FEATURES.map(({ id, mean, rate }) => [
    id,
    Array.from({ length: DAYS }, (_, d) => {
      const weekday = [0.3, 1, 1.12, 1.05, 1, 0.93, 0.35][d % 7]!;
      return Math.round((mean * weekday * (0.8 + chance() * 0.4)) / rate) * rate;
    }),
  ]),
);
const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
const creditsOf = (id: string) => sum(DAILY.get(id) ?? []);
const USED = sum(FEATURES.map(({ id }) => creditsOf(id)));

function workspace(scenario: Scenario): WorkspaceSummary {
  const plan = { no_plan: null, trial: null, plan_excludes_ai: "Solo", first_sync: null, first_sync_paused: null }[scenario as string];
  return {
    key: "sample/northwind", id: "northwind", name: scenario === "huge" ? "Customer support of the northern and the southern hemisphere" : "Northwind Support", provider: "VersanaCX", plan: plan === undefined ? "Growth" : plan,
    known: !scenario.startsWith("first_sync"), timeZone: "UTC", sample: true, role: scenario === "member" ? "member" : "owner", currency: "USD", topUpWord: "Boost Packs",
  };
}

const OTHER: WorkspaceSummary = {
  key: "sample/harbor", id: "harbor", name: "Harbor Dental", provider: "AI Employee", plan: "Professional", timeZone: "America/New_York",
  known: true, sample: true, role: "owner", currency: "USD", topUpWord: "Top-ups",
};

function position(scenario: Scenario): Position {
  const base: Position = {
    at: NOW, available: 7_918, allowance: 10_000 - USED, allowanceSize: 10_000, allowanceAssumed: false, topUp: 2_425, held: 25, used: USED,
    state: "active", low: false, trialEndsAt: null, period: { start: START, end: END }, refreshAt: END, nextAllowance: 10_000,
    features: (scenario === "many" ? MANY : FEATURES).map(({ id, name, group, rate }): FeatureStatus => ({ id, name, group, rate, rateAssumed: true, canRun: true, reason: null })),
  };
  base.available = base.allowance + base.topUp;
  const stopped = (reason: FeatureStatus["reason"], only?: (feature: FeatureStatus) => boolean) => base.features.map((f) => (!only || only(f) ? { ...f, canRun: false, reason } : f));
  switch (scenario) {
    case "low":
      return { ...base, low: true, used: 9_979, allowance: 18, topUp: 0, held: 3, available: 18, features: stopped("exhausted", (f) => f.rate > 18) };
    case "paused":
      return { ...base, state: "paused", used: 10_000, allowance: 0, topUp: 0, held: 0, available: 0, features: stopped("exhausted") };
    case "trial":
      return { ...base, state: "trial", used: 61, allowance: 139, allowanceSize: 200, allowanceAssumed: true, topUp: 0, held: 0, available: 139, trialEndsAt: NOW + 5.4 * DAY, period: { start: NOW - 8.6 * DAY, end: NOW + 5.4 * DAY }, refreshAt: null, nextAllowance: null };
    case "no_plan":
      return { ...base, state: "no_plan", used: 0, allowance: 0, allowanceSize: 0, topUp: 2_425, held: 0, available: 0, period: null, refreshAt: null, nextAllowance: null, features: stopped("no_plan") };
    case "plan_excludes_ai":
      return { ...base, state: "plan_excludes_ai", used: 0, allowance: 0, allowanceSize: 0, held: 0, available: 0, refreshAt: END, nextAllowance: 0, features: stopped("plan_excludes_ai") };
    case "huge": {
      const most = Number.MAX_SAFE_INTEGER;
      return { ...base, available: most, allowance: most - 1_000, allowanceSize: most, used: most - 7, held: most - 9, topUp: most - 3, nextAllowance: most };
    }
    case "empty":
      return { ...base, used: 0, allowance: 10_000, topUp: 0, held: 0, available: 10_000 };
    default:
      return base;
  }
}

const runsOut = (at: number, from: number, to: number | null): RunOut => ({ verdict: "runs_out", at, from, to });
const verdict = (v: RunOut["verdict"]): RunOut => ({ verdict: v, at: null, from: null, to: null });

function runOuts(scenario: Scenario): { allowanceLasts: RunOut; topUpsLast: RunOut } {
  switch (scenario) {
    case "low":
      return { allowanceLasts: runsOut(NOW + 0.2 * DAY, NOW + 0.1 * DAY, NOW + 0.4 * DAY), topUpsLast: verdict("gone") };
    case "paused":
      return { allowanceLasts: verdict("gone"), topUpsLast: verdict("gone") };
    case "trial":
      return { allowanceLasts: runsOut(NOW + 4 * DAY, NOW + 3 * DAY, null), topUpsLast: verdict("gone") };
    case "no_plan":
    case "plan_excludes_ai":
      return { allowanceLasts: verdict("gone"), topUpsLast: verdict("never") };
    case "empty":
      return { allowanceLasts: verdict("unknown"), topUpsLast: verdict("unknown") };
    default:
      return { allowanceLasts: verdict("lasts_to_refresh"), topUpsLast: runsOut(NOW + 18 * DAY, NOW + 14 * DAY, NOW + 24 * DAY) };
  }
}

function banner(scenario: Scenario, at: Position): Overview["banner"] {
  const about = { available: at.available, allowanceSize: at.allowanceSize, until: at.refreshAt };
  switch (scenario) {
    case "low":
    case "paused":
      return { code: scenario, ...about, action: "top_up" };
    case "no_plan":
    case "plan_excludes_ai":
      return { code: scenario, ...about, action: "change_plan" };
    default:
      return null;
  }
}

function ranking(): Overview["ranking"] {
  const drift: Record<string, number> = { replies: 0.76, classification: 0.96, summaries: 1.06, syncs: 1 };
  return GROUPS.map(([group, name]) => {
    const members = FEATURES.filter((f) => f.group === group);
    const credits = sum(members.map(({ id }) => creditsOf(id)));
    const daily = Array.from({ length: DAYS }, (_, d) => sum(members.map(({ id }) => DAILY.get(id)![d]!)));
    return { group, name, credits, actions: sum(members.map(({ id, rate }) => creditsOf(id) / rate)), share: credits / USED, previous: Math.round(credits * drift[group]!), daily: sparkline(daily) };
  }).sort((a, b) => b.credits - a.credits);
}

function offers(): PackOffer[] {
  return ([["small", "Boost 1,000", 1_000, 1_500], ["medium", "Boost 2,500", 2_500, 3_000], ["large", "Boost 10,000", 10_000, 9_900]] as const).map(([id, name, credits, price], i) => ({
    id, name, credits, price, currency: "USD", assumed: true, expiresAfterDays: null,
    about: [{ name: "replies", count: Math.round(credits * 0.38) }, { name: "syncs", count: Math.round(credits / 66) }],
    lastsUntil: i === 0 ? runsOut(NOW + 6 * DAY, NOW + 5 * DAY, NOW + 7 * DAY) : verdict("lasts_to_refresh"), reachesRefresh: i > 0, recommended: i === 1,
  }));
}

function purchase(id: string, state: PurchaseState, message: string | null = null): Purchase {
  const offer = offers()[1]!;
  return {
    id, pack: offer.id, name: offer.name, credits: offer.credits, price: offer.price, currency: offer.currency, state, checkoutUrl: null,
    createdAt: NOW - DAY, creditedAt: state === "credited" ? NOW - DAY + 60_000 : null, left: state === "credited" ? 2_425 : null, message,
  };
}

const PURCHASES: Purchase[] = [
  purchase("created", "created"), purchase("waiting", "waiting"), purchase("processing", "processing"), purchase("credited", "credited"),
  purchase("cancelled", "cancelled"), purchase("failed", "failed", "The card was declined. Nothing was charged."), purchase("expired", "expired", "The payment page was not used for 24 hours."),
];

function blocked(scenario: Scenario): TopUpView["blocked"] {
  if (scenario === "no_plan" || scenario === "plan_excludes_ai") return { code: scenario };
  return scenario === "member" ? { code: "role" } : null;
}

const FAILURE: AppError = {
  code: "cache_unreadable", message: "The data on this computer could not be read, so there is nothing to show.", advice: "Restart Creditdeck. The service still has everything.",
  detail: "SQLITE_IOERR",
};
const NOT_SYNCED: AppError = {
  code: "not_synced", message: "This workspace is being read for the first time.", advice: "It appears by itself once its ledger has arrived.", detail: null,
};

/** Which situation the address asks for: "?scenario=low". */
export function scenarioFromAddress(): Scenario {
  const asked = new URLSearchParams(location.search).get("scenario");
  return SCENARIOS.find((scenario) => scenario === asked) ?? "active";
}

/** Invented data for tests and for looking at the interface: always the same in the same situation. */
export function createFake(scenario: Scenario = "active"): FakeBackend {
  const calls: Record<string, number> = {};
  const listeners = {
    ledger: new Set<(key: string) => void>(), sync: new Set<(status: SyncStatus) => void>(), jobs: new Set<(progress: JobProgress) => void>(), purchase: new Set<(key: string) => void>(),
  };
  const own = workspace(scenario);
  const ledgerChanged = () => listeners.ledger.forEach((f) => f(own.key));
  const sync = fakeSync(scenario, own.key, NOW, (status) => listeners.sync.forEach((f) => f(status)), ledgerChanged);
  const jobs = fakeJobs(scenario, (progress) => listeners.jobs.forEach((f) => f(progress)));
  let workspaces = scenario === "none" ? [] : [own, OTHER];
  let spent = 0;
  let purchases = scenario === "purchases" ? PURCHASES : [];
  let settings: Settings = { appearance: "system", workspace: null, locale: null, localTime: false };
  const ledger = fakeLedger({
    now: NOW, count: scenario === "large" ? 10_000_000 : ENTRIES, available: scenario === "empty" ? null : position(scenario).available, damaged: scenario === "damaged",
    features: FEATURES, daily: (feature, day) => DAILY.get(feature)?.[day] ?? 0,
  });
  const hasUse = !["empty", "no_plan", "plan_excludes_ai"].includes(scenario);
  const use = fakeUse({
    scenario, now: NOW, period: { start: START, end: END }, began: scenario === "young" ? START + 17 * DAY : Date.UTC(2026, 5, 3), hasUse, mayChange: own.role !== "member",
    features: scenario === "many" ? MANY : FEATURES, groups: scenario === "many" ? [...new Set(MANY.map(({ group }) => group))].map((group) => [group, group] as const) : GROUPS,
    daily: (feature, day) => DAILY.get(feature)?.[day], names: () => ledger.names(), available: () => at().available,
  });

  const answer = async <T>(call: string, make: () => T | Promise<T>): Promise<T> => {
    calls[call] = (calls[call] ?? 0) + 1;
    await Promise.resolve();
    return make();
  };
  const reading = <T>(call: string, key: string, make: () => T): Promise<T> =>
    answer(call, () => {
      if (scenario === "failing") throw FAILURE;
      if (key === own.key && sync.status().asOf === null) throw sync.status().error ?? NOT_SYNCED;
      return make();
    });
  const find = (key: string) => workspaces.find((w) => w.key === key) ?? own;
  const at = (): Position => {
    const p = position(scenario);
    return { ...p, available: p.available - spent, allowance: p.allowance - spent, used: p.used + spent };
  };
  const listen = <T>(to: Set<T>) => (f: T): (() => void) => {
    to.add(f);
    return () => void to.delete(f);
  };
  const put = (changed: Purchase): Purchase => {
    purchases = [changed, ...purchases.filter(({ id }) => id !== changed.id)];
    listeners.purchase.forEach((f) => f(own.key));
    return changed;
  };
  const bought = (id: string): Purchase => purchases.find((p) => p.id === id) ?? purchase(id, "created");

  return {
    calls,
    spend: (credits) => {
      spent += credits;
      ledger.add(credits);
      ledgerChanged();
    },
    ledgerChanged,
    report: sync.report,
    move: (id, state) => void put({ ...bought(id), state }),

    workspaces: () => answer("workspaces", () => workspaces),
    overview: (key) =>
      reading("overview", key, () => {
        const now = at();
        return {
          workspace: find(key), asOf: NOW, position: now, ...runOuts(scenario), banner: banner(scenario, now),
          ranking: hasUse ? ranking() : [], rankingRange: hasUse ? { start: START, end: NOW } : null, latest: ledger.newest(5),
        };
      }),
    burnDown: (key, { theme, size }) =>
      reading("burnDown", key, () => {
        if (scenario === "no_plan" || scenario === "plan_excludes_ai") return null;
        const { used, allowanceSize } = position(scenario);
        const soFar = Array.from({ length: DAYS }, (_, d) => sum(FEATURES.map(({ id }) => sum(DAILY.get(id)!.slice(0, d + 1)))));
        const lefts = [allowanceSize, ...(hasUse ? soFar.slice(1).map((spentThen) => Math.round(allowanceSize - (spentThen / USED) * used)) : [])];
        return burnDown(START, 30, lefts, allowanceSize, theme, size);
      }),
    usage: (key, query, look, heat) => reading("usage", key, () => use.view(find(key), query, look, heat)),
    why: (key, query) => reading("why", key, () => use.why(query)),
    ledgerPage: (key, filter, before, limit) => reading("ledgerPage", key, () => ledger.page(filter, before, limit)),
    ledgerNames: (key) => reading("ledgerNames", key, () => ledger.names()),
    ledgerEntry: (key, seq) => reading("ledgerEntry", key, () => ledger.entry(seq)),
    controls: (key) => reading("controls", key, () => use.controls()),
    previewControls: (key, wish) => reading("previewControls", key, () => use.preview(wish)),
    setControls: (_key, wish) => answer("setControls", () => use.set(wish)),
    savePicture: (_key, { of }, format) => answer("savePicture", () => use.picture(of, format)),
    topUp: (key) => reading("topUp", key, () => ({ workspace: find(key), position: at(), offers: offers(), purchases, blocked: blocked(scenario), testPayments: true })),
    buyPack: (_key, pack) => answer("buyPack", () => put({ ...purchase(`p${purchases.length + 1}`, "waiting"), pack, name: offers().find(({ id }) => id === pack)?.name ?? pack, createdAt: NOW })),
    resumePurchase: (_key, id) => answer("resumePurchase", () => put({ ...bought(id), state: "waiting" })),
    cancelPurchase: (_key, id) => answer("cancelPurchase", () => put({ ...bought(id), state: "cancelled" })),
    syncStatus: (key) =>
      answer("syncStatus", () => {
        if (key !== own.key) return upToDate(key, NOW);
        sync.begin();
        return sync.status();
      }),
    pauseSync: (_key, paused) => answer("pauseSync", () => sync.pause(paused)),
    retrySync: () => answer("retrySync", () => sync.retry()),
    localCopy: () =>
      answer("localCopy", () => {
        if (scenario === "failing") throw FAILURE;
        return { ...COPY, entries: sync.status().entries };
      }),
    verifyNow: (key) => answer("verifyNow", () => jobs.verify(key)),
    exportLedger: (key, request) => answer("exportLedger", () => jobs.export(key, request)),
    stopJob: (key, job) => answer("stopJob", () => jobs.stop(key, job)),
    rebuild: () => answer("rebuild", () => sync.rebuild()),
    incidentReport: () => answer("incidentReport", () => REPORT),
    saveIncidentReport: () => answer("saveIncidentReport", () => SAVED),
    showInFolder: () => answer("showInFolder", () => undefined),
    connect: ({ workspace: id, token }) =>
      answer("connect", () => {
        if (token === "wrong") throw { code: "unauthorized", message: "The service did not accept this token.", advice: "Ask your provider for a new one.", detail: "401" } satisfies AppError;
        const known: WorkspaceSummary = { ...OTHER, key: `provider/${id}`, id, name: id, sample: false };
        workspaces = [...workspaces, known];
        return known;
      }),
    disconnect: (key) => answer("disconnect", () => void (workspaces = workspaces.filter((w) => w.key !== key))),
    connections: () =>
      answer("connections", (): ConnectionInfo[] => {
        const curl = `curl -X POST http://127.0.0.1:8787/v1/workspaces/northwind/usage -H 'Authorization: Bearer sample' -H 'Content-Type: application/cloudevents+json' -d '{"specversion":"1.0","id":"1","source":"shell","type":"usage","data":{"feature":"draft","units":1}}'`;
        const real = workspaces.filter((w) => !w.sample);
        return [
          { url: "http://127.0.0.1:8787", workspaces: workspaces.filter((w) => w.sample).map((w) => w.key), sample: true, curl },
          ...(real.length > 0 ? [{ url: "https://credits.example.com", workspaces: real.map((w) => w.key), sample: false, curl: null }] : []),
        ];
      }),
    settings: () => answer("settings", () => settings),
    saveSettings: (changed) => answer("saveSettings", () => void (settings = changed)),
    painted: () => answer("painted", () => undefined),
    onLedgerChanged: listen(listeners.ledger),
    onSyncStatus: listen(listeners.sync),
    onJobProgress: listen(listeners.jobs),
    onPurchaseChanged: listen(listeners.purchase),
  };
}
