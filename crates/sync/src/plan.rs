//! What to do next, as a pure function: the engine does it and comes back with what happened. No clock, no network.

/// Most entries that one page asks for.
pub const PAGE_LIMIT: u32 = 2_000;
/// The shortest wait before trying again, in milliseconds.
pub const SHORTEST_WAIT_MS: u64 = 500;
/// The longest wait before trying again, in milliseconds.
pub const LONGEST_WAIT_MS: u64 = 30_000;

/// What to do next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Ask the service about the workspace: its catalogue, how long its ledger is, and whether it still agrees with
    /// what is stored.
    Meet,
    /// Fetch a page of the ledger.
    FetchPage {
        /// Entries after this number …
        after: u64,
        /// … and at most so many.
        limit: u32,
    },
    /// Listen to what is appended from here on.
    Tail {
        /// Entries after this number.
        after: u64,
    },
    /// Do nothing for a while, then report [`Happened::Waited`].
    Wait {
        /// How long, in milliseconds.
        ms: u64,
    },
    /// End for good.
    Stop(Reason),
}

/// Why there is nothing more to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// What the service has is not a continuation of what is stored. Trying again would not change that.
    Broken,
    /// The workspace was removed from this device.
    Removed,
}

/// What came of the last action.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Happened {
    /// The engine has just started.
    Started,
    /// The service answered and agrees with what is stored.
    Met {
        /// The last entry stored.
        cursor: u64,
        /// The last entry of the service's ledger.
        last_seq: u64,
    },
    /// A page was fetched, checked and stored.
    PageStored {
        /// The last entry stored.
        cursor: u64,
        /// How many entries it had.
        count: u32,
    },
    /// The tail was open and ended, as connections do.
    TailEnded {
        /// The last entry stored.
        cursor: u64,
        /// Whether anything was heard of the service on it.
        heard: bool,
    },
    /// Nothing came of it, and trying again may help.
    Failed {
        /// How long the service asked to be left alone, in milliseconds, if it did.
        retry_after_ms: Option<u64>,
        /// A person has to act first (another token, another address), so there is no hurry.
        patient: bool,
    },
    /// The wait is over, or somebody asked not to wait any longer.
    Waited,
    /// The ledger cannot be continued.
    Broken,
    /// The workspace is gone from the cache.
    Removed,
}

/// How far the synchronisation has come.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Plan {
    cursor: u64,
    last_seq: u64,
    failures: u32,
}

impl Plan {
    /// The plan of an engine whose last stored entry is `cursor`.
    #[must_use]
    pub const fn new(cursor: u64) -> Self {
        Self { cursor, last_seq: cursor, failures: 0 }
    }

    /// The last entry stored.
    #[must_use]
    pub const fn cursor(&self) -> u64 {
        self.cursor
    }

    /// The last entry that the service is known to have.
    #[must_use]
    pub const fn last_seq(&self) -> u64 {
        self.last_seq
    }

    /// Takes in what happened and says what to do next. `jitter` in 0..=1,000 spreads the waits of many apps that
    /// lost the same service at once.
    pub fn next(&mut self, happened: &Happened, jitter: u32) -> Action {
        match *happened {
            Happened::Started | Happened::Waited => Action::Meet,
            Happened::Met { cursor, last_seq } => {
                self.cursor = cursor;
                self.last_seq = last_seq;
                self.catch_up()
            }
            Happened::PageStored { cursor, count } => {
                let behind = self.cursor < self.last_seq;
                self.cursor = self.cursor.max(cursor);
                self.last_seq = self.last_seq.max(self.cursor);
                if count == 0 && behind {
                    // It said that there is more, and sends nothing: asking at once again would go round in circles.
                    return self.wait(None, false, jitter);
                }
                self.failures = 0;
                self.catch_up()
            }
            Happened::TailEnded { cursor, heard } => {
                self.cursor = self.cursor.max(cursor);
                self.last_seq = self.last_seq.max(self.cursor);
                if heard {
                    self.failures = 0;
                }
                self.wait(None, false, jitter)
            }
            Happened::Failed { retry_after_ms, patient } => self.wait(retry_after_ms, patient, jitter),
            Happened::Broken => Action::Stop(Reason::Broken),
            Happened::Removed => Action::Stop(Reason::Removed),
        }
    }

    const fn catch_up(&self) -> Action {
        if self.cursor < self.last_seq {
            Action::FetchPage { after: self.cursor, limit: PAGE_LIMIT }
        } else {
            Action::Tail { after: self.cursor }
        }
    }

    /// Waits twice as long each time, between half of that and the whole.
    fn wait(&mut self, retry_after_ms: Option<u64>, patient: bool, jitter: u32) -> Action {
        self.failures = self.failures.saturating_add(1);
        let whole =
            if patient { LONGEST_WAIT_MS } else { (SHORTEST_WAIT_MS << self.failures.min(16)).min(LONGEST_WAIT_MS) };
        let spread = whole / 2 + whole / 2 * u64::from(jitter.min(1_000)) / 1_000;
        let asked = retry_after_ms.unwrap_or(0).min(LONGEST_WAIT_MS);
        Action::Wait { ms: spread.max(asked).clamp(SHORTEST_WAIT_MS, LONGEST_WAIT_MS) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FAILED: Happened = Happened::Failed { retry_after_ms: None, patient: false };

    fn wait_of(action: &Action) -> u64 {
        match action {
            Action::Wait { ms } => *ms,
            other => panic!("{other:?} is not a wait"),
        }
    }

    #[test]
    fn catches_up_by_pages_and_then_listens() {
        let mut plan = Plan::new(0);
        assert_eq!(plan.next(&Happened::Started, 0), Action::Meet);
        let fetch = |after| Action::FetchPage { after, limit: PAGE_LIMIT };
        assert_eq!(plan.next(&Happened::Met { cursor: 10, last_seq: 4_500 }, 0), fetch(10));
        assert_eq!(plan.next(&Happened::PageStored { cursor: 2_010, count: 2_000 }, 0), fetch(2_010));
        assert_eq!(plan.next(&Happened::PageStored { cursor: 4_010, count: 2_000 }, 0), fetch(4_010));
        let stored = Happened::PageStored { cursor: 4_520, count: 510 };
        assert_eq!(plan.next(&stored, 0), Action::Tail { after: 4_520 }, "it grew meanwhile");
        assert_eq!((plan.cursor(), plan.last_seq()), (4_520, 4_520));
    }

    #[test]
    fn listens_at_once_when_there_is_nothing_to_fetch() {
        assert_eq!(Plan::new(7).next(&Happened::Met { cursor: 7, last_seq: 7 }, 0), Action::Tail { after: 7 });
        assert_eq!(Plan::new(0).next(&Happened::Met { cursor: 0, last_seq: 0 }, 0), Action::Tail { after: 0 });
    }

    #[test]
    fn waits_longer_each_time_up_to_half_a_minute() {
        let mut plan = Plan::new(0);
        let longest: Vec<u64> = (0..8).map(|_| wait_of(&plan.next(&FAILED, 1_000))).collect();
        assert_eq!(longest, [1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
        let mut plan = Plan::new(0);
        let shortest: Vec<u64> = (0..8).map(|_| wait_of(&plan.next(&FAILED, 0))).collect();
        assert_eq!(shortest, [500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000, 15_000]);
        for _ in 0..100_000 {
            assert!((SHORTEST_WAIT_MS..=LONGEST_WAIT_MS).contains(&wait_of(&plan.next(&FAILED, u32::MAX))));
        }
    }

    #[test]
    fn each_wait_ends_in_meeting_the_service_anew() {
        let mut plan = Plan::new(3);
        plan.next(&FAILED, 0);
        assert_eq!(plan.next(&Happened::Waited, 0), Action::Meet, "its ledger may be another one now");
    }

    #[test]
    fn a_page_or_a_heard_tail_forgets_earlier_failures() {
        let mut plan = Plan::new(0);
        for _ in 0..6 {
            plan.next(&FAILED, 0);
        }
        plan.next(&Happened::Met { cursor: 0, last_seq: 5 }, 0);
        plan.next(&Happened::PageStored { cursor: 5, count: 5 }, 0);
        assert_eq!(wait_of(&plan.next(&FAILED, 0)), 500);
        for _ in 0..6 {
            plan.next(&FAILED, 0);
        }
        assert_eq!(wait_of(&plan.next(&Happened::TailEnded { cursor: 9, heard: true }, 0)), 500);
        assert_eq!(plan.cursor(), 9);
    }

    #[test]
    fn meeting_alone_forgets_nothing() {
        // A service that answers and then fails each time must not be asked twice a second for ever.
        let mut plan = Plan::new(0);
        let mut last = 0;
        for _ in 0..6 {
            plan.next(&Happened::Waited, 0);
            plan.next(&Happened::Met { cursor: 0, last_seq: 5 }, 0);
            last = wait_of(&plan.next(&FAILED, 0));
        }
        assert_eq!(last, 15_000);
        let mut plan = Plan::new(5);
        for _ in 0..6 {
            plan.next(&Happened::Met { cursor: 5, last_seq: 5 }, 0);
            last = wait_of(&plan.next(&Happened::TailEnded { cursor: 5, heard: false }, 0));
        }
        assert_eq!(last, 15_000);
    }

    #[test]
    fn a_service_that_promises_more_and_sends_nothing_is_left_alone() {
        let mut plan = Plan::new(0);
        plan.next(&Happened::Met { cursor: 0, last_seq: 5 }, 0);
        assert_eq!(wait_of(&plan.next(&Happened::PageStored { cursor: 0, count: 0 }, 0)), 500);
        plan.next(&Happened::Met { cursor: 0, last_seq: 5 }, 0);
        assert_eq!(wait_of(&plan.next(&Happened::PageStored { cursor: 0, count: 0 }, 0)), 1_000);
    }

    #[test]
    fn heeds_what_the_service_asks_within_bounds() {
        let asked = |ms| Happened::Failed { retry_after_ms: Some(ms), patient: false };
        assert_eq!(wait_of(&Plan::new(0).next(&asked(7_000), 0)), 7_000);
        assert_eq!(wait_of(&Plan::new(0).next(&asked(1), 0)), 500);
        assert_eq!(wait_of(&Plan::new(0).next(&asked(u64::MAX), 0)), 30_000);
    }

    #[test]
    fn has_no_hurry_when_a_person_has_to_act() {
        let patient = Happened::Failed { retry_after_ms: None, patient: true };
        assert_eq!(wait_of(&Plan::new(0).next(&patient, 1_000)), 30_000);
        assert_eq!(wait_of(&Plan::new(0).next(&patient, 0)), 15_000);
    }

    #[test]
    fn stops_for_good() {
        assert_eq!(Plan::new(0).next(&Happened::Broken, 0), Action::Stop(Reason::Broken));
        assert_eq!(Plan::new(0).next(&Happened::Removed, 0), Action::Stop(Reason::Removed));
    }
}
