//! A service that goes away, and comes back at the same address.

use app::view::{Picture, PictureFormat, RangeName, SplitBy, SyncState, UsageQuery};

use crate::desk::{Desk, until};
use crate::totals::{HEAT, look, query};
use crate::world::World;

#[tokio::test(flavor = "multi_thread")]
async fn without_its_service_the_app_says_how_old_its_data_is_and_answers_everything() {
    let mut world = World::on("b", "starter").await;
    world.used("one", "summary", 7).await;
    let desk = Desk::new(&world).await;
    let seen = desk.caught_up(&world).await;
    let as_of = desk.app.sync_status(&desk.key).unwrap().as_of.unwrap();
    assert_eq!(as_of, world.clock.now().as_millis());

    world.stop().await;
    let status = until(&desk.app, "offline", || {
        let status = desk.app.sync_status(&desk.key).unwrap();
        (status.state == SyncState::Offline).then_some(status)
    })
    .await;
    assert_eq!(status.as_of, Some(as_of));
    assert_eq!(status.error.unwrap().code, "unreachable");

    // Time goes on here, and the data stays as old as it is.
    world.clock.set(world.clock.now().plus_millis(3_600_000));
    assert_answers(&desk, as_of, 2_993);
    assert_eq!(desk.overview().latest, seen.latest);

    // So it is after a start without the service.
    let desk = desk.reopened(&world).await;
    until(&desk.app, "offline", || {
        let status = desk.app.sync_status(&desk.key).unwrap();
        (status.state == SyncState::Offline && status.as_of == Some(as_of)).then_some(())
    })
    .await;
    assert_answers(&desk, as_of, 2_993);

    world.start().await;
    desk.live().await;
    assert_eq!(desk.app.sync_status(&desk.key).unwrap().error, None);
    world.used("two", "summary", 3).await;
    let back = desk.caught_up(&world).await;
    assert_eq!(back.position.available, 2_990);
    assert_eq!(back.as_of, Some(world.clock.now().as_millis()));
}

/// Every room answers, and each says how old its data is.
fn assert_answers(desk: &Desk, as_of: i64, available: u64) {
    let overview = desk.overview();
    assert_eq!((overview.as_of, overview.position.available), (Some(as_of), available));
    let query = UsageQuery { compare: true, ..query(RangeName::Days7, SplitBy::Feature) };
    let usage = desk.app.usage(&desk.key, &query, &look(), HEAT).unwrap();
    assert_eq!((usage.as_of, usage.credits), (Some(as_of), 3_000 - available));
    let hours = Picture::HeatMap { query };
    let saved = desk.app.save_picture(&desk.key, &hours, PictureFormat::Csv, &look()).unwrap();
    assert!(saved.path.contains("-hours") && saved.path.ends_with(".csv"), "{}", saved.path);
    let table = std::fs::read_to_string(&saved.path).unwrap();
    let cells = table.lines().skip(1).flat_map(|hour| hour.split(',').skip(1));
    assert_eq!(cells.map(|credits| credits.parse::<u64>().unwrap()).sum::<u64>(), usage.credits);
    assert!(desk.app.burn_down(&desk.key, &look()).unwrap().is_some());
    let top_up = desk.app.top_up(&desk.key).unwrap();
    assert_eq!((top_up.position.available, top_up.offers.len(), top_up.blocked), (available, 4, None));
    assert_eq!(desk.app.workspaces().unwrap()[0].plan.as_deref(), Some("Starter"));
}
