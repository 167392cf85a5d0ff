import type {
  WorkspaceSummary, Overview, Theme, Size, Chart, UsageQuery, UsageView, Purchase, TopUpView, SyncStatus, ConnectRequest, ConnectionInfo, Settings,
} from "./generated/types";

export type * from "./generated/types";

/** What the window asks of the app. Every call rejects with an AppError. */
export interface Backend {
  workspaces(): Promise<WorkspaceSummary[]>;
  overview(workspace: string): Promise<Overview>;
  burnDown(workspace: string, theme: Theme, size: Size): Promise<Chart | null>;
  usage(workspace: string, query: UsageQuery, theme: Theme, size: Size): Promise<UsageView>;
  topUp(workspace: string): Promise<TopUpView>;
  /** Writes the intent, then opens the system browser. */
  buyPack(workspace: string, pack: string): Promise<Purchase>;
  /** Opens the page again. */
  resumePurchase(workspace: string, purchase: string): Promise<Purchase>;
  cancelPurchase(workspace: string, purchase: string): Promise<Purchase>;
  syncStatus(workspace: string): Promise<SyncStatus>;
  connect(request: ConnectRequest): Promise<WorkspaceSummary>;
  disconnect(workspace: string): Promise<void>;
  connections(): Promise<ConnectionInfo[]>;
  settings(): Promise<Settings>;
  saveSettings(settings: Settings): Promise<void>;
  /** The first position is on screen. */
  painted(): Promise<void>;
  onLedgerChanged(f: (workspace: string) => void): () => void;
  onSyncStatus(f: (status: SyncStatus) => void): () => void;
  onPurchaseChanged(f: (workspace: string) => void): () => void;
}
