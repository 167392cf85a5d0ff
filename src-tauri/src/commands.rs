//! What the window may ask: each command hands on to one use case.

use std::sync::Arc;

use app::App;
use app::view::{
    AppError, Chart, ConnectRequest, ConnectionInfo, Controls, ControlsPreview, ControlsWish, EntryDetail,
    ExportRequest, JobKind, LedgerFilter, LedgerNames, LedgerPage, LocalCopy, Look, Opening, Overview, Picture,
    PictureFormat, Purchase, Settings, Size, SyncStatus, TopUpView, UsageQuery, UsageView, Verification, Why,
    WorkspaceSummary, Written,
};
use tauri::State;

type Shared<'a> = State<'a, Arc<App>>;
type Answer<T> = Result<T, AppError>;

/// All commands.
pub(crate) fn handler() -> impl Fn(tauri::ipc::Invoke) -> bool + Send + Sync + 'static {
    tauri::generate_handler![
        workspaces,
        overview,
        burn_down,
        usage,
        why,
        ledger_page,
        ledger_names,
        ledger_entry,
        controls,
        preview_controls,
        set_controls,
        save_picture,
        top_up,
        buy_pack,
        resume_purchase,
        cancel_purchase,
        sync_status,
        pause_sync,
        retry_sync,
        local_copy,
        verify_now,
        stop_job,
        rebuild,
        incident_report,
        save_incident_report,
        export_ledger,
        show_in_folder,
        connect,
        disconnect,
        connections,
        opening,
        settings,
        save_settings,
        painted,
    ]
}

#[tauri::command]
async fn workspaces(app: Shared<'_>) -> Answer<Vec<WorkspaceSummary>> {
    app.workspaces()
}

#[tauri::command]
async fn overview(app: Shared<'_>, workspace: String) -> Answer<Overview> {
    app.overview(&workspace)
}

#[tauri::command]
async fn burn_down(app: Shared<'_>, workspace: String, look: Look) -> Answer<Option<Chart>> {
    app.burn_down(&workspace, &look)
}

#[tauri::command]
async fn usage(app: Shared<'_>, workspace: String, query: UsageQuery, look: Look, heat: Size) -> Answer<UsageView> {
    app.usage(&workspace, &query, &look, heat)
}

#[tauri::command]
async fn why(app: Shared<'_>, workspace: String, query: UsageQuery, zone: Option<String>) -> Answer<Why> {
    app.why(&workspace, &query, zone.as_deref())
}

#[tauri::command]
async fn ledger_page(
    app: Shared<'_>,
    workspace: String,
    filter: LedgerFilter,
    before: Option<u64>,
    limit: u32,
) -> Answer<LedgerPage> {
    app.ledger_page(&workspace, &filter, before, limit)
}

#[tauri::command]
async fn ledger_names(app: Shared<'_>, workspace: String) -> Answer<LedgerNames> {
    app.ledger_names(&workspace)
}

#[tauri::command]
async fn ledger_entry(app: Shared<'_>, workspace: String, seq: u64) -> Answer<EntryDetail> {
    app.ledger_entry(&workspace, seq)
}

#[tauri::command]
async fn controls(app: Shared<'_>, workspace: String) -> Answer<Controls> {
    app.controls(&workspace)
}

#[tauri::command]
async fn preview_controls(app: Shared<'_>, workspace: String, wish: ControlsWish) -> Answer<ControlsPreview> {
    app.preview_controls(&workspace, &wish)
}

#[tauri::command]
async fn set_controls(app: Shared<'_>, workspace: String, wish: ControlsWish) -> Answer<Controls> {
    app.set_controls(&workspace, &wish).await
}

#[tauri::command]
async fn save_picture(
    app: Shared<'_>,
    workspace: String,
    picture: Picture,
    format: PictureFormat,
    look: Look,
) -> Answer<Written> {
    app.save_picture(&workspace, &picture, format, &look)
}

#[tauri::command]
async fn top_up(app: Shared<'_>, workspace: String) -> Answer<TopUpView> {
    app.top_up(&workspace)
}

#[tauri::command]
async fn buy_pack(app: Shared<'_>, workspace: String, pack: String) -> Answer<Purchase> {
    app.buy_pack(&workspace, &pack).await
}

#[tauri::command]
async fn resume_purchase(app: Shared<'_>, workspace: String, purchase: String) -> Answer<Purchase> {
    app.resume_purchase(&workspace, &purchase).await
}

#[tauri::command]
async fn cancel_purchase(app: Shared<'_>, workspace: String, purchase: String) -> Answer<Purchase> {
    app.cancel_purchase(&workspace, &purchase).await
}

#[tauri::command]
async fn sync_status(app: Shared<'_>, workspace: String) -> Answer<SyncStatus> {
    app.sync_status(&workspace)
}

#[tauri::command]
async fn pause_sync(app: Shared<'_>, workspace: String, paused: bool) -> Answer<()> {
    app.pause_sync(&workspace, paused)
}

#[tauri::command]
async fn retry_sync(app: Shared<'_>, workspace: String) -> Answer<()> {
    app.retry_sync(&workspace)
}

#[tauri::command]
async fn local_copy(app: Shared<'_>, workspace: String) -> Answer<LocalCopy> {
    app.local_copy(&workspace)
}

#[tauri::command]
async fn verify_now(app: Shared<'_>, workspace: String) -> Answer<Verification> {
    app.verify_now(&workspace).await
}

#[tauri::command]
async fn stop_job(app: Shared<'_>, workspace: String, job: JobKind) -> Answer<()> {
    app.stop_job(&workspace, job)
}

#[tauri::command]
async fn rebuild(app: Shared<'_>, workspace: String) -> Answer<()> {
    app.rebuild(&workspace)
}

#[tauri::command]
async fn incident_report(app: Shared<'_>, workspace: String) -> Answer<String> {
    app.incident_report(&workspace)
}

#[tauri::command]
async fn save_incident_report(app: Shared<'_>, workspace: String) -> Answer<Written> {
    app.save_incident_report(&workspace)
}

#[tauri::command]
async fn export_ledger(app: Shared<'_>, workspace: String, request: ExportRequest) -> Answer<Written> {
    app.export_ledger(&workspace, &request).await
}

#[tauri::command]
async fn show_in_folder(app: Shared<'_>, path: String) -> Answer<()> {
    app.show_in_folder(&path)
}

#[tauri::command]
async fn connect(app: Shared<'_>, request: ConnectRequest) -> Answer<WorkspaceSummary> {
    app.connect(&request).await
}

#[tauri::command]
async fn disconnect(app: Shared<'_>, workspace: String) -> Answer<()> {
    app.disconnect(&workspace).await
}

#[tauri::command]
async fn connections(app: Shared<'_>) -> Answer<Vec<ConnectionInfo>> {
    app.connections()
}

#[tauri::command]
async fn opening(app: Shared<'_>) -> Answer<Opening> {
    app.opening()
}

#[tauri::command]
async fn settings(app: Shared<'_>) -> Answer<Settings> {
    app.settings()
}

#[tauri::command]
async fn save_settings(app: Shared<'_>, settings: Settings) -> Answer<()> {
    app.save_settings(&settings)
}

#[tauri::command]
async fn painted() {
    crate::window::painted();
}
