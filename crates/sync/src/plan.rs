//! What to do next, as a pure function: the engine does it and comes back with what happened. No clock, no network.

/// Most entries that one page asks for: the most that the service gives.
pub const PAGE_LIMIT: u32 = 10_000;
/// The shortest wait before trying again, in milliseconds.
pub const SHORTEST_WAIT_MS: u64 = 500;
/// The longest wait before trying again, in milliseconds, unless the service asks for more.
pub const LONGEST_WAIT_MS: u64 = 30_000;
/// The longest wait that a service gets for asking, in milliseconds: what asks for more is a mistake, or means us ill.
pub const LONGEST_ASKED_MS: u64 = 60 * 60 * 1_000;
/// How long an incident is left alone before the service is asked again, in milliseconds.
pub const INCIDENT_WAIT_MS: u64 = 5 * 60 * 1_000;

/// What to do next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Ask the service about the workspace: its catalogue, how long its ledger is, and whether it still agrees with
    /// what is stored.
    Meet,
    /// Fetch what is missing, page by page ([`page_after`]).
    CatchUp {
        /// Entries after this number …
        after: u64,
        /// … up to this one, and what has come meanwhile.
        up_to: u64,
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
    /// Do nothing until a person wants to go on, then report [`Happened::Waited`].
    Rest,
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
    /// Pages were fetched, checked and stored, until there were no more.
    CaughtUp {
        /// The last entry stored.
        cursor: u64,
        /// How many entries came.
        count: u64,
    },
    /// The tail was open and ended, as connections do.
    TailEnded {
        /// The last entry stored.
        cursor: u64,
        /// Whether anything was heard of the service on it.
        heard: bool,
    },
    /// Nothing came of it, or not all, and trying again may help.
    Failed {
        /// The last entry stored.
        cursor: u64,
        /// How long the service asked to be left alone, in milliseconds, if it did.
        retry_after_ms: Option<u64>,
        /// A person has to act first (another token, another address), so there is no hurry.
        patient: bool,
    },
    /// A person wants no more for now.
    Paused,
    /// The wait is over, or somebody asked not to wait any longer.
    Waited,
    /// This computer slept, or its clock was set: what was open is as good as gone.
    Woke,
    /// The ledger cannot be continued.
    Broken,
}

/// How many entries the page after entry `after` has, on the way to entry `up_to`; none when there is nothing to fetch.
#[must_use]
pub const fn page_after(after: u64, up_to: u64) -> Option<u64> {
    let missing = up_to.saturating_sub(after);
    let most = PAGE_LIMIT as u64;
    match missing {
        0 => None,
        _ => Some(if missing < most { missing } else { most }),
    }
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
            Happened::Started | Happened::Waited | Happened::Woke => Action::Meet,
            Happened::Met { cursor, last_seq } => {
                self.cursor = cursor;
                self.last_seq = last_seq;
                self.catch_up()
            }
            Happened::CaughtUp { cursor, count } => {
                let behind = self.cursor < self.last_seq;
                self.came_to(cursor);
                if count == 0 && behind {
                    // It said that there is more, and sends nothing: asking at once again would go round in circles.
                    return self.wait(None, false, jitter);
                }
                self.failures = 0;
                self.catch_up()
            }
            Happened::TailEnded { cursor, heard } => {
                self.came_to(cursor);
                if heard {
                    self.failures = 0;
                }
                self.wait(None, false, jitter)
            }
            Happened::Failed { cursor, retry_after_ms, patient } => {
                // What got further is no failure like the one before.
                if cursor > self.cursor {
                    self.failures = 0;
                }
                self.came_to(cursor);
                self.wait(retry_after_ms, patient, jitter)
            }
            Happened::Paused => Action::Rest,
            Happened::Broken => Action::Wait { ms: spread(INCIDENT_WAIT_MS, jitter) },
        }
    }

    fn came_to(&mut self, cursor: u64) {
        self.cursor = self.cursor.max(cursor);
        self.last_seq = self.last_seq.max(self.cursor);
    }

    const fn catch_up(&self) -> Action {
        if self.cursor < self.last_seq {
            Action::CatchUp { after: self.cursor, up_to: self.last_seq }
        } else {
            Action::Tail { after: self.cursor }
        }
    }

    /// Waits twice as long each time, between half of that and the whole; no less than the service asks for.
    fn wait(&mut self, retry_after_ms: Option<u64>, patient: bool, jitter: u32) -> Action {
        self.failures = self.failures.saturating_add(1);
        let whole =
            if patient { LONGEST_WAIT_MS } else { (SHORTEST_WAIT_MS << self.failures.min(16)).min(LONGEST_WAIT_MS) };
        let ours = spread(whole, jitter).clamp(SHORTEST_WAIT_MS, LONGEST_WAIT_MS);
        match retry_after_ms {
            // Many were told the same: they come back one after the other.
            Some(asked) if asked > ours => {
                Action::Wait { ms: asked.min(LONGEST_ASKED_MS) + spread(whole, jitter) - whole / 2 }
            }
            _ => Action::Wait { ms: ours },
        }
    }
}

/// Between half of a wait and the whole.
fn spread(whole: u64, jitter: u32) -> u64 {
    whole / 2 + whole / 2 * u64::from(jitter.min(1_000)) / 1_000
}

#[cfg(test)]
mod tests {
    use super::*;

    const FAILED: Happened = Happened::Failed { cursor: 0, retry_after_ms: None, patient: false };

    fn wait_of(action: &Action) -> u64 {
        match action {
            Action::Wait { ms } => *ms,
            other => panic!("{other:?} is not a wait"),
        }
    }

    #[test]
    fn catches_up_and_then_listens() {
        let mut plan = Plan::new(0);
        assert_eq!(plan.next(&Happened::Started, 0), Action::Meet);
        let caught_up = |after, up_to| Action::CatchUp { after, up_to };
        assert_eq!(plan.next(&Happened::Met { cursor: 10, last_seq: 45_000 }, 0), caught_up(10, 45_000));
        let short = Happened::CaughtUp { cursor: 20_010, count: 20_000 };
        assert_eq!(plan.next(&short, 0), caught_up(20_010, 45_000), "it gave fewer than it said");
        let stored = Happened::CaughtUp { cursor: 45_010, count: 25_000 };
        assert_eq!(plan.next(&stored, 0), Action::Tail { after: 45_010 }, "it grew meanwhile");
        assert_eq!((plan.cursor(), plan.last_seq()), (45_010, 45_010));
    }

    #[test]
    fn pages_cover_what_is_missing() {
        let (mut after, mut pages) = (10, Vec::new());
        while let Some(page) = page_after(after, 25_000) {
            pages.push(page);
            after += page;
        }
        assert_eq!((after, pages), (25_000, vec![10_000, 10_000, 4_990]));
        assert_eq!(page_after(7, 3), None);
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
        plan.next(&Happened::CaughtUp { cursor: 5, count: 5 }, 0);
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
        assert_eq!(wait_of(&plan.next(&Happened::CaughtUp { cursor: 0, count: 0 }, 0)), 500);
        plan.next(&Happened::Met { cursor: 0, last_seq: 5 }, 0);
        assert_eq!(wait_of(&plan.next(&Happened::CaughtUp { cursor: 0, count: 0 }, 0)), 1_000);
    }

    #[test]
    fn heeds_what_the_service_asks_within_bounds() {
        let asked = |ms| Happened::Failed { cursor: 0, retry_after_ms: Some(ms), patient: false };
        assert_eq!(wait_of(&Plan::new(0).next(&asked(7_000), 0)), 7_000);
        assert_eq!(wait_of(&Plan::new(0).next(&asked(7_000), 1_000)), 7_500, "not all at once");
        assert_eq!(wait_of(&Plan::new(0).next(&asked(1), 0)), 500);
        assert_eq!(wait_of(&Plan::new(0).next(&asked(600_000), 0)), 600_000, "ten minutes are ten minutes");
        assert_eq!(wait_of(&Plan::new(0).next(&asked(u64::MAX), 0)), LONGEST_ASKED_MS);
    }

    #[test]
    fn has_no_hurry_when_a_person_has_to_act() {
        let patient = Happened::Failed { cursor: 0, retry_after_ms: None, patient: true };
        assert_eq!(wait_of(&Plan::new(0).next(&patient, 1_000)), 30_000);
        assert_eq!(wait_of(&Plan::new(0).next(&patient, 0)), 15_000);
    }

    #[test]
    fn a_failure_that_got_further_is_the_first_of_its_kind() {
        let mut plan = Plan::new(0);
        for round in 1..20 {
            let further = Happened::Failed { cursor: round, retry_after_ms: None, patient: false };
            assert_eq!(wait_of(&plan.next(&further, 1_000)), 1_000);
        }
    }

    #[test]
    fn an_incident_is_looked_at_again_and_a_person_can_pause() {
        let mut plan = Plan::new(0);
        assert_eq!(wait_of(&plan.next(&Happened::Broken, 1_000)), INCIDENT_WAIT_MS);
        assert_eq!(plan.next(&Happened::Waited, 0), Action::Meet);
        assert_eq!(plan.next(&Happened::Paused, 0), Action::Rest);
        assert_eq!(plan.next(&Happened::Woke, 0), Action::Meet);
    }
}
