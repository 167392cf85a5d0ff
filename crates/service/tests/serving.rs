//! What a service withstands and tells of itself: slow and idle clients, floods, a stop under load; metrics and logs.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]

#[path = "serving/floods.rs"]
mod floods;
#[path = "serving/operator.rs"]
mod operator;
#[path = "serving/slow.rs"]
mod slow;
#[path = "serving/stopping.rs"]
mod stopping;
mod support;
#[path = "serving/told.rs"]
mod told;

use std::time::Duration;

use service::{Bounds, Config, Service};
use support::World;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// What these tests keep records in.
const STORE: support::Kind = support::Kind::Sqlite;

/// A world whose service takes no more than this.
async fn bounded(bounds: Bounds) -> World {
    let mut world = World::new().await;
    world.stop().await;
    let service = opened(&world, bounds).await;
    world.running = Some(service.serve(TcpListener::bind("127.0.0.1:0").await.unwrap()).await.unwrap());
    world
}

async fn opened(world: &World, bounds: Bounds) -> Service {
    let (database, clock) = (world.database.clone(), world.clock.clone());
    Service::open(Config { database, clock, public_url: None, webhooks: None }).await.unwrap().bounded(bounds)
}

/// A connection without anybody's HTTP client.
struct Wire(TcpStream);

impl Wire {
    async fn new(world: &World) -> Self {
        Self(TcpStream::connect(world.running.as_ref().unwrap().address()).await.unwrap())
    }

    async fn send(&mut self, text: &str) {
        self.0.write_all(text.as_bytes()).await.unwrap();
    }

    /// What comes until the other side closes. A reset is no clean close.
    async fn rest(&mut self) -> String {
        let mut bytes = Vec::new();
        let end = tokio::time::timeout(Duration::from_secs(10), self.0.read_to_end(&mut bytes)).await;
        end.expect("the connection stays open").expect("the connection was reset");
        String::from_utf8(bytes).unwrap()
    }
}
