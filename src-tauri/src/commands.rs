//! What the window may ask: each command hands on to one use case.

use std::sync::Arc;

use app::App;
use app::view::{
    AppError, Chart, ConnectRequest, ConnectionInfo, Overview, Purchase, Settings, Size, SyncStatus, Theme, TopUpView,
    UsageQuery, UsageView, WorkspaceSummary,
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
        top_up,
        buy_pack,
        resume_purchase,
        cancel_purchase,
        sync_status,
        connect,
        disconnect,
        connections,
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
async fn burn_down(app: Shared<'_>, workspace: String, theme: Theme, size: Size) -> Answer<Option<Chart>> {
    app.burn_down(&workspace, &theme, size)
}

#[tauri::command]
async fn usage(app: Shared<'_>, workspace: String, query: UsageQuery, theme: Theme, size: Size) -> Answer<UsageView> {
    app.usage(&workspace, &query, &theme, size)
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
