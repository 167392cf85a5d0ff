import { invoke } from "@tauri-apps/api/core";
import { listen } from "@tauri-apps/api/event";
import type { FirstAnswers } from "./opening";
import type { Backend, JobProgress, SyncStatus } from "./types";

/** Subscribes to a shell event; the returned function ends it, even when called before the subscription stands. */
function on<T>(event: string, f: (payload: T) => void): () => void {
  const subscription = listen<T>(event, ({ payload }) => f(payload));
  return () => void subscription.then((end) => end());
}

/** The desktop shell: each call is one command of the same name, each subscription one event. The first answers are there. */
export function tauriBackend(first: FirstAnswers): Backend {
  const ledgers = new Set<(workspace: string) => void>();
  const statuses = new Set<(status: SyncStatus) => void>();
  const kept = <F>(all: Set<F>, f: F, end: () => void) => {
    all.add(f);
    return () => {
      all.delete(f);
      end();
    };
  };

  /** Nobody heard of what changed between the first answers and now. */
  async function catchUp() {
    const { workspace } = first;
    if (workspace === null) return;
    ledgers.forEach((f) => f(workspace));
    const status = await invoke<SyncStatus>("sync_status", { workspace });
    statuses.forEach((f) => f(status));
  }

  return {
    workspaces: async () => first.workspaces() ?? invoke("workspaces"),
    overview: async (workspace) => first.overview(workspace) ?? invoke("overview", { workspace }),
    burnDown: (workspace, look) => invoke("burn_down", { workspace, look }),
    usage: (workspace, query, look, heat) => invoke("usage", { workspace, query, look, heat }),
    why: (workspace, query, zone) => invoke("why", { workspace, query, zone }),
    ledgerPage: (workspace, filter, before, limit) => invoke("ledger_page", { workspace, filter, before, limit }),
    ledgerNames: (workspace) => invoke("ledger_names", { workspace }),
    ledgerEntry: (workspace, seq) => invoke("ledger_entry", { workspace, seq }),
    controls: (workspace) => invoke("controls", { workspace }),
    previewControls: (workspace, wish) => invoke("preview_controls", { workspace, wish }),
    setControls: (workspace, wish) => invoke("set_controls", { workspace, wish }),
    savePicture: (workspace, picture, format, look) => invoke("save_picture", { workspace, picture, format, look }),
    topUp: (workspace) => invoke("top_up", { workspace }),
    buyPack: (workspace, pack) => invoke("buy_pack", { workspace, pack }),
    resumePurchase: (workspace, purchase) => invoke("resume_purchase", { workspace, purchase }),
    cancelPurchase: (workspace, purchase) => invoke("cancel_purchase", { workspace, purchase }),
    syncStatus: async (workspace) => first.syncStatus(workspace) ?? invoke("sync_status", { workspace }),
    pauseSync: (workspace, paused) => invoke("pause_sync", { workspace, paused }),
    retrySync: (workspace) => invoke("retry_sync", { workspace }),
    localCopy: (workspace) => invoke("local_copy", { workspace }),
    verifyNow: (workspace) => invoke("verify_now", { workspace }),
    exportLedger: (workspace, request) => invoke("export_ledger", { workspace, request }),
    stopJob: (workspace, job) => invoke("stop_job", { workspace, job }),
    rebuild: (workspace) => invoke("rebuild", { workspace }),
    incidentReport: (workspace) => invoke("incident_report", { workspace }),
    saveIncidentReport: (workspace) => invoke("save_incident_report", { workspace }),
    showInFolder: (path) => invoke("show_in_folder", { path }),
    connect: (request) => invoke("connect", { request }),
    disconnect: (workspace) => invoke("disconnect", { workspace }),
    connections: () => invoke("connections"),
    settings: async () => first.settings() ?? invoke("settings"),
    saveSettings: (settings) => invoke("save_settings", { settings }),
    painted: () => invoke<undefined>("painted").then(catchUp),
    onLedgerChanged: (f) => kept(ledgers, f, on<{ workspace: string }>("ledger-changed", ({ workspace }) => f(workspace))),
    onSyncStatus: (f) => kept(statuses, f, on<SyncStatus>("sync-status", f)),
    onJobProgress: (f) => on<JobProgress>("job-progress", f),
    onPurchaseChanged: (f) => on<{ workspace: string }>("purchase-changed", ({ workspace }) => f(workspace)),
  };
}
