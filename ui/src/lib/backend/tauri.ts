import { invoke } from "@tauri-apps/api/core";
import { listen } from "@tauri-apps/api/event";
import type { FirstAnswers } from "./opening";
import type { Backend, JobProgress, SyncStatus } from "./types";

/**
 * A shell event: who subscribes hears of it until the returned function is called. The shell itself is asked for it once,
 * for everybody: each question of a room that opens is one that its content waits behind.
 */
function shellEvent<T>(event: string): { on: (f: (payload: T) => void) => () => void; tell: (payload: T) => void } {
  const listeners = new Set<{ f: (payload: T) => void }>();
  const tell = (payload: T) => listeners.forEach(({ f }) => f(payload));
  let asked = false;
  return {
    tell,
    on(f) {
      if (!asked) void listen<T>(event, ({ payload }) => tell(payload));
      asked = true;
      const listener = { f };
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}

/** The desktop shell: each call is one command of the same name, each subscription one event. The first answers are there. */
export function tauriBackend(first: FirstAnswers): Backend {
  const ledger = shellEvent<{ workspace: string }>("ledger-changed");
  const status = shellEvent<SyncStatus>("sync-status");
  const job = shellEvent<JobProgress>("job-progress");
  const purchase = shellEvent<{ workspace: string }>("purchase-changed");

  /** Nobody heard of what changed between the first answers and now. */
  async function catchUp() {
    const { workspace } = first;
    if (workspace === null) return;
    ledger.tell({ workspace });
    status.tell(await invoke<SyncStatus>("sync_status", { workspace }));
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
    onLedgerChanged: (f) => ledger.on(({ workspace }) => f(workspace)),
    onSyncStatus: status.on,
    onJobProgress: job.on,
    onPurchaseChanged: (f) => purchase.on(({ workspace }) => f(workspace)),
  };
}
