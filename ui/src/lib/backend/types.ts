import type {
  WorkspaceSummary, Overview, Look, Chart, UsageQuery, UsageView, Why, LedgerFilter, LedgerPage, LedgerNames, EntryDetail, Controls, ControlsWish, ControlsPreview, Picture, PictureFormat, Purchase, Size, TopUpView, SyncStatus, LocalCopy, Verification, JobKind, JobProgress,
  ExportRequest, Written, ConnectRequest, ConnectionInfo, Settings,
} from "./generated/types";

export type * from "./generated/types";

/** What the window asks of the app. Every call rejects with an AppError. */
export interface Backend {
  workspaces(): Promise<WorkspaceSummary[]>;
  overview(workspace: string): Promise<Overview>;
  burnDown(workspace: string, look: Look): Promise<Chart | null>;
  /** The hours of the week are drawn at a size of their own. */
  usage(workspace: string, query: UsageQuery, look: Look, heat: Size): Promise<UsageView>;
  /** What explains that more or less was used than in the range before. */
  why(workspace: string, query: UsageQuery, zone: string | null): Promise<Why>;
  /** Entries with a number under `before` (null: from the newest), newest first. */
  ledgerPage(workspace: string, filter: LedgerFilter, before: number | null, limit: number): Promise<LedgerPage>;
  ledgerNames(workspace: string): Promise<LedgerNames>;
  ledgerEntry(workspace: string, seq: number): Promise<EntryDetail>;
  controls(workspace: string): Promise<Controls>;
  /** What a change would do, without making it. */
  previewControls(workspace: string, wish: ControlsWish): Promise<ControlsPreview>;
  setControls(workspace: string, wish: ControlsWish): Promise<Controls>;
  /** Writes a chart, or the numbers behind it, into a file. */
  savePicture(workspace: string, picture: Picture, format: PictureFormat, look: Look): Promise<Written>;
  topUp(workspace: string): Promise<TopUpView>;
  /** Writes the intent, then opens the system browser. */
  buyPack(workspace: string, pack: string): Promise<Purchase>;
  /** Opens the page again. */
  resumePurchase(workspace: string, purchase: string): Promise<Purchase>;
  cancelPurchase(workspace: string, purchase: string): Promise<Purchase>;
  syncStatus(workspace: string): Promise<SyncStatus>;
  /** Stops reading from the service, or goes on. */
  pauseSync(workspace: string, paused: boolean): Promise<void>;
  /** Asks the service again now rather than by and by. */
  retrySync(workspace: string): Promise<void>;
  localCopy(workspace: string): Promise<LocalCopy>;
  /** Looks at every entry of the local copy again; answers when that is done or was stopped. */
  verifyNow(workspace: string): Promise<Verification>;
  /** Writes entries into a file; rejects with "stopped" when that was stopped, and then leaves no file. */
  exportLedger(workspace: string, request: ExportRequest): Promise<Written>;
  stopJob(workspace: string, job: JobKind): Promise<void>;
  /** Sets the local copy aside and fetches everything anew. */
  rebuild(workspace: string): Promise<void>;
  incidentReport(workspace: string): Promise<string>;
  saveIncidentReport(workspace: string): Promise<Written>;
  /** Shows a file that was written in the system's file manager. */
  showInFolder(path: string): Promise<void>;
  connect(request: ConnectRequest): Promise<WorkspaceSummary>;
  disconnect(workspace: string): Promise<void>;
  connections(): Promise<ConnectionInfo[]>;
  settings(): Promise<Settings>;
  saveSettings(settings: Settings): Promise<void>;
  /** The first position is on screen. */
  painted(): Promise<void>;
  onLedgerChanged(f: (workspace: string) => void): () => void;
  onSyncStatus(f: (status: SyncStatus) => void): () => void;
  onJobProgress(f: (progress: JobProgress) => void): () => void;
  onPurchaseChanged(f: (workspace: string) => void): () => void;
}
