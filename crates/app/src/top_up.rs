//! The Top up room: what is on sale, what it is good for, and what was bought.

use cache::{EntryFilter, IntentState, LedgerReader, PurchaseIntent, UseOf};
use metering::{Account, EntryKind, GrantOrigin, Pack, Period, Timestamp};

use crate::error::AppError;
use crate::outlook::Outlook;
use crate::usage::{in_range, sum};
use crate::view::{
    About, Blocked, BlockedCode, PackOffer, Purchase, PurchaseState, TopUpView, Verdict, WorkspaceState,
    WorkspaceSummary,
};
use crate::{manages, position, storage};

/// How many days tell a workspace's mix.
const MIX_MS: i64 = 56 * 24 * 60 * 60 * 1_000;
/// Purchases shown.
const SHOWN: u32 = 100;
/// How the cache tells the grants of packs from others.
const TOP_UP: &str = metering::GrantSource::TopUp.name();

/// Everything the Top up room shows.
///
/// # Errors
/// A cache that cannot be read.
pub(crate) fn top_up(
    ledger: &LedgerReader,
    intents: Vec<PurchaseIntent>,
    account: &Account,
    workspace: WorkspaceSummary,
    now: Timestamp,
) -> Result<TopUpView, AppError> {
    let position = position::position(account, now);
    let outlook = Outlook::new(ledger, account, account.controls(), now)?;
    let examples = examples(ledger, account, now)?;
    let catalogue = account.catalogue(now);
    let mut offers: Vec<PackOffer> = catalogue
        .packs
        .iter()
        .map(|pack| offer(pack, &catalogue.currency, &outlook, position.available, &examples))
        .collect();
    // Only where it would not last without one is there anything to recommend.
    if !lasts(outlook.lasts(position.available).verdict)
        && let Some(best) = offers.iter_mut().filter(|offer| offer.reaches_refresh).min_by_key(|offer| offer.credits)
    {
        best.recommended = true;
    }
    let blocked = match position.state {
        WorkspaceState::NoPlan => Some(BlockedCode::NoPlan),
        WorkspaceState::PlanExcludesAi => Some(BlockedCode::PlanExcludesAi),
        _ if !manages(&workspace.role) => Some(BlockedCode::Role),
        _ => None,
    };
    Ok(TopUpView {
        test_payments: workspace.sample,
        purchases: purchases(ledger, intents, account, now)?,
        blocked: blocked.map(|code| Blocked { code }),
        workspace,
        position,
        offers,
    })
}

const fn lasts(verdict: Verdict) -> bool {
    matches!(verdict, Verdict::LastsToRefresh | Verdict::Never)
}

fn offer(pack: &Pack, currency: &str, outlook: &Outlook, available: u64, examples: &[(String, u32)]) -> PackOffer {
    let lasts_until = outlook.lasts(available.saturating_add(pack.credits));
    PackOffer {
        id: pack.id.clone(),
        name: pack.name.clone(),
        credits: pack.credits,
        price: pack.price,
        currency: currency.to_owned(),
        assumed: pack.assumed,
        expires_after_days: pack.expires_after_days,
        about: examples
            .iter()
            .map(|(name, rate)| About { name: name.clone(), count: pack.credits / u64::from(*rate) })
            .filter(|about| about.count > 0)
            .collect(),
        reaches_refresh: lasts(lasts_until.verdict),
        lasts_until,
        recommended: false,
    }
}

/// What credits are good for here: the feature used most, and the next one that costs otherwise.
fn examples(ledger: &LedgerReader, account: &Account, now: Timestamp) -> Result<Vec<(String, u32)>, AppError> {
    let lately = Period { start: now.plus_millis(-MIX_MS), end: now.plus_millis(1) };
    let used = in_range(ledger, UseOf::All, lately, now)?;
    let mut features: Vec<_> = account
        .catalogue(now)
        .features
        .iter()
        .filter(|feature| feature.rate > 0)
        .map(|feature| (sum(&used, |id| id == feature.id).credits, feature))
        .collect();
    features.sort_by_key(|(credits, _)| std::cmp::Reverse(*credits));
    let mut examples: Vec<(String, u32)> = Vec::with_capacity(2);
    for (_, feature) in features {
        if examples.len() < 2 && examples.iter().all(|(_, rate)| *rate != feature.rate) {
            examples.push((feature.name.clone(), feature.rate));
        }
    }
    Ok(examples)
}

/// What was bought here and, from the ledger, what was bought elsewhere; the newest first.
fn purchases(
    ledger: &LedgerReader,
    intents: Vec<PurchaseIntent>,
    account: &Account,
    now: Timestamp,
) -> Result<Vec<Purchase>, AppError> {
    let mut purchases: Vec<Purchase> = Vec::with_capacity(intents.len());
    let filter = EntryFilter { kinds: vec!["grant".to_owned()], ..EntryFilter::default() };
    let mut rows = Vec::new();
    let mut before = None;
    // A page of the search may be empty and still have more: packs may lie far back.
    while rows.len() < SHOWN as usize {
        let page = ledger.search(&filter, before, SHOWN).map_err(storage)?;
        rows.extend(page.rows.into_iter().filter(|row| row.detail.as_deref() == Some(TOP_UP)));
        before = page.next_before;
        if before.is_none() {
            break;
        }
    }
    for row in rows {
        let body = ledger.body(row.seq).map_err(storage)?;
        let grant = body.and_then(|body| wire::line::decode_body(&body).ok());
        let Some(EntryKind::Grant(grant)) = grant.map(|entry| entry.kind) else { continue };
        let GrantOrigin::TopUp { purchase, pack, price } = grant.origin else { continue };
        let begun = intents.iter().find(|intent| intent.purchase_id == purchase);
        purchases.push(Purchase {
            name: account.catalogue(now).pack(&pack).map_or_else(|| pack.clone(), |pack| pack.name.clone()),
            currency: account.catalogue(now).currency.clone(),
            left: Some(left_of(account, &purchase, now)),
            id: purchase,
            pack,
            credits: grant.amount,
            price,
            state: PurchaseState::Credited,
            checkout_url: None,
            created_at: begun.map_or(row.recorded_at, |intent| intent.created_at).as_millis(),
            credited_at: Some(row.recorded_at.as_millis()),
            message: None,
        });
    }
    for begun in intents {
        if purchases.iter().all(|purchase| purchase.id != begun.purchase_id) {
            purchases.push(intent(account, begun, now));
        }
    }
    purchases.sort_by_key(|purchase| std::cmp::Reverse(purchase.created_at));
    Ok(purchases)
}

/// What is left of a pack.
fn left_of(account: &Account, purchase: &str, now: Timestamp) -> u64 {
    account
        .live_grants(now)
        .iter()
        .find(|grant| grant.purchase.as_deref() == Some(purchase))
        .map_or(0, |grant| grant.remaining)
}

/// A purchase as it was written down here.
#[must_use]
pub(crate) fn intent(account: &Account, intent: PurchaseIntent, now: Timestamp) -> Purchase {
    let credited = intent.state == IntentState::Credited;
    Purchase {
        left: credited.then(|| left_of(account, &intent.purchase_id, now)),
        state: match intent.state {
            IntentState::Created => PurchaseState::Created,
            IntentState::Waiting => PurchaseState::Waiting,
            IntentState::Processing => PurchaseState::Processing,
            IntentState::Credited => PurchaseState::Credited,
            IntentState::Cancelled => PurchaseState::Cancelled,
            IntentState::Failed => PurchaseState::Failed,
            IntentState::Expired => PurchaseState::Expired,
        },
        checkout_url: intent.checkout_url.filter(|_| intent.state == IntentState::Waiting),
        created_at: intent.created_at.as_millis(),
        credited_at: credited.then(|| intent.updated_at.as_millis()),
        id: intent.purchase_id,
        pack: intent.pack,
        name: intent.name,
        credits: intent.credits,
        price: intent.price,
        currency: intent.currency,
        message: intent.message,
    }
}
