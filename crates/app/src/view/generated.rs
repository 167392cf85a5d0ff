//! Writes the TypeScript for everything that crosses to the UI, or fails when what is committed is stale.

use std::path::Path;

use ts_rs::{Config, TS};

use super::*;

const HEADER: &str = "// Generated from the Rust types in crates/app/src/view. Do not edit: run\n\
                      // `CREDITDECK_WRITE_TYPES=1 cargo test -p app generated` after changing them.\n";

fn declaration<T: TS>(config: &Config) -> String {
    format!("\n{}export {}\n", T::docs().unwrap_or_default(), T::decl(config))
}

macro_rules! declarations {
    ($($type:ty),+ $(,)?) => {{
        let config = Config::new().with_large_int("number");
        let mut text = HEADER.to_owned();
        $(text.push_str(&declaration::<$type>(&config));)+
        text
    }};
}

#[test]
fn generated_types_are_current() {
    let text = declarations![
        AppError,
        WorkspaceState,
        Refusal,
        WorkspaceSummary,
        Period,
        FeatureStatus,
        Position,
        Verdict,
        RunOut,
        BannerCode,
        BannerAction,
        Banner,
        Sparkline,
        GroupUse,
        EntryKind,
        LedgerRow,
        LedgerFilter,
        LedgerPage,
        NamedFeature,
        LedgerNames,
        GrantShare,
        Relation,
        Related,
        GrantTerms,
        EntryVerdict,
        EntryDetail,
        CauseOf,
        Cause,
        Why,
        FeatureControl,
        Controls,
        FeatureWish,
        CapWish,
        ControlsWish,
        ControlsPreview,
        Overview,
        Theme,
        Locale,
        Size,
        Look,
        Picture,
        PictureFormat,
        Plot,
        Tick,
        PointValue,
        Point,
        Chart,
        RangeName,
        Step,
        SplitBy,
        Shape,
        Label,
        UsageOf,
        UsageQuery,
        UsageRow,
        Busiest,
        UsageView,
        About,
        PackOffer,
        PurchaseState,
        Purchase,
        BlockedCode,
        Blocked,
        TopUpView,
        SyncState,
        Progress,
        Verified,
        Incident,
        NoticeCode,
        Notice,
        SyncStatus,
        LocalCopy,
        JobKind,
        JobProgress,
        Verification,
        ExportFormat,
        ExportRequest,
        Written,
        ConnectRequest,
        ConnectionInfo,
        Appearance,
        Settings,
        Opening,
    ];
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../ui/src/lib/backend/generated/types.ts");
    if std::env::var_os("CREDITDECK_WRITE_TYPES").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, &text).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(committed == text, "{} is stale: {HEADER}", path.display());
}
