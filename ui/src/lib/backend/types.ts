/** The types that cross from Rust to the UI. All credits are integers; all instants are milliseconds since the Unix epoch, UTC. */
export type WorkspaceState = "trial" | "active" | "paused" | "no_plan" | "plan_excludes_ai";
export type Refusal = "exhausted" | "plan_excludes_ai" | "no_plan" | "automation_off" | "feature_off" | "cap_reached" | "unknown_feature";

/** One workspace that the app knows: in the switcher. */
export type WorkspaceSummary = { key: string /* connection + id, unique in this app */; id: string; name: string; provider: string; plan: string | null; timeZone: string; sample: boolean; role: string; currency: string; topUpWord: string /* "Boost Packs" | "Top-ups", as the catalogue says */ };

export type Period = { start: number; end: number };
export type FeatureStatus = { id: string; name: string; group: string; rate: number; rateAssumed: boolean; canRun: boolean; reason: Refusal | null };
export type Position = {
  at: number; available: number; allowance: number /* left */; allowanceSize: number; allowanceAssumed: boolean; topUp: number; held: number; used: number;
  state: WorkspaceState; low: boolean; trialEndsAt: number | null; period: Period | null; refreshAt: number | null; nextAllowance: number | null; features: FeatureStatus[];
};
/** When something runs out. `at` null with verdict unknown = too little history; beyond_refresh = it lasts to the refresh. */
export type RunOut = { verdict: "runs_out" | "lasts_to_refresh" | "gone" | "never" | "unknown"; at: number | null; from: number | null; to: number | null };
export type Banner = { code: "low" | "paused" | "no_plan" | "plan_excludes_ai"; available: number; allowanceSize: number; until: number | null /* refresh */; action: "top_up" | "change_plan" | null };
export type GroupUse = { group: string; name: string; credits: number; actions: number; share: number /* 0..1 */; previous: number | null /* same days of the previous period; null = no such history */; daily: number[] /* credits a day of this period, for the sparkline */ };
export type EntryKind = "grant" | "usage" | "expiry" | "void" | "amendment" | "plan_change" | "controls_change";
export type LatestEntry = { seq: number; kind: EntryKind; title: string; detail: string | null /* e.g. "Chat · #48121 · m12" */; group: string | null; occurredAt: number; recordedAt: number; amount: number /* signed credits, 0 for changes */; balanceAfter: number };
export type Overview = {
  workspace: WorkspaceSummary; asOf: number /* the ledger position's instant */; position: Position;
  allowanceLasts: RunOut; topUpsLast: RunOut; banner: Banner | null; ranking: GroupUse[]; rankingRange: Period | null; latest: LatestEntry[];
};

/** Colours as "#rrggbb", resolved from the tokens. series: by group id. */
export type Theme = { ink: string; ink2: string; ink3: string; line: string; surface: string; accent: string; warn: string; topUp: string; series: Record<string, string>; font: string };
export type Size = { width: number; height: number };
export type Tick = { at: number /* px */; label: string };
export type PointValue = { key: string; name: string; value: number; y: number /* px of its upper edge or line */ };
export type Point = { at: number /* instant */; x: number /* px */; label: string /* "Tue 14 Nov", "09:00" … */; values: PointValue[]; total: number };
export type Chart = { svg: string; width: number; height: number; plot: { x: number; y: number; width: number; height: number }; points: Point[]; xTicks: Tick[]; yTicks: Tick[] };

export type RangeName = "7d" | "30d" | "this_period" | "last_period" | "90d" | "12m" | "custom";
export type Step = "hour" | "day" | "week" | "month";
export type UsageQuery = { range: RangeName; from: number | null; to: number | null /* custom */; step: Step | null /* null = what fits the range */; by: "group" | "feature"; compare: boolean };
export type UsageRow = { feature: string; name: string; group: string; credits: number; actions: number; perDay: number; share: number; previous: number | null; rate: number; rateAssumed: boolean };
export type UsageView = {
  workspace: WorkspaceSummary; asOf: number; range: Period; step: Step; steps: Step[] /* that make sense for the range */;
  credits: number; actions: number; perDay: number; previousCredits: number | null; busiest: { at: number; credits: number } | null; workHoursShare: number | null /* Mon–Fri 9–17 in billing time */;
  chart: Chart; rows: UsageRow[]; heat: number[][] /* 7 × 24, Monday first, billing time */;
};

export type PackOffer = { id: string; name: string; credits: number; price: number /* minor units */; currency: string; assumed: boolean; expiresAfterDays: number | null; about: { name: string; count: number }[]; lastsUntil: RunOut; reachesRefresh: boolean; recommended: boolean };
export type PurchaseState = "created" | "waiting" | "processing" | "credited" | "cancelled" | "failed" | "expired";
export type Purchase = { id: string; pack: string; name: string; credits: number; price: number; currency: string; state: PurchaseState; checkoutUrl: string | null; createdAt: number; creditedAt: number | null; left: number | null /* of the pack */; message: string | null };
export type TopUpView = { workspace: WorkspaceSummary; position: Position; offers: PackOffer[]; purchases: Purchase[]; blocked: { code: "no_plan" | "plan_excludes_ai" | "role"; } | null; testPayments: boolean };

export type SyncState = "connecting" | "catching_up" | "live" | "offline" | "broken";
export type SyncStatus = { workspace: string /* key */; state: SyncState; asOf: number | null /* the newest instant known to agree with the service */; done: number | null; of: number | null; error: AppError | null };
export type AppError = { code: string; message: string /* what happened and what it means */; advice: string /* what to do */; detail: string | null /* technical */ };
export type ConnectRequest = { url: string; workspace: string; token: string };
export type ConnectionInfo = { url: string; workspaces: string[]; sample: boolean; curl: string | null /* a command line that posts one usage to the sample */ };
export type Settings = { appearance: "system" | "light" | "dark"; workspace: string | null };

/** Backend: the one folder that may touch Tauri implements this; a fake beside it for tests and design. Every call rejects with an AppError. */
export interface Backend {
  workspaces(): Promise<WorkspaceSummary[]>;
  overview(workspace: string): Promise<Overview>;
  burnDown(workspace: string, theme: Theme, size: Size): Promise<Chart | null>;
  usage(workspace: string, query: UsageQuery, theme: Theme, size: Size): Promise<UsageView>;
  topUp(workspace: string): Promise<TopUpView>;
  buyPack(workspace: string, pack: string): Promise<Purchase>;      // writes the intent, opens the system browser
  resumePurchase(workspace: string, purchase: string): Promise<Purchase>; // opens the page again
  cancelPurchase(workspace: string, purchase: string): Promise<Purchase>;
  syncStatus(workspace: string): Promise<SyncStatus>;
  connect(request: ConnectRequest): Promise<WorkspaceSummary>;
  disconnect(workspace: string): Promise<void>;
  connections(): Promise<ConnectionInfo[]>;
  settings(): Promise<Settings>;
  saveSettings(settings: Settings): Promise<void>;
  painted(): Promise<void>;                                          // the first position is on screen
  onLedgerChanged(f: (workspace: string) => void): () => void;
  onSyncStatus(f: (status: SyncStatus) => void): () => void;
  onPurchaseChanged(f: (workspace: string) => void): () => void;
}
