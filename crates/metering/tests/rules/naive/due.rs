//! What falls due by itself, in time order.

use super::books::{Access, Books, HoldEnd};

/// At one instant: hold time-outs, then grant expiries, then the trial's end, then the period's end.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Due {
    TimeOut(usize),
    Expiry(usize),
    TrialEnd,
    PeriodEnd,
}

impl Books<'_> {
    /// Lets everything happen that falls due up to and at `now`.
    pub(super) fn go_to(&mut self, now: i64) {
        assert!(now >= self.now, "time goes on");
        while let Some((at, due)) = self.next_due().filter(|(at, _)| *at <= now) {
            self.now = self.now.max(at);
            match due {
                Due::TimeOut(hold) => self.end_hold(hold, HoldEnd::Ended),
                Due::Expiry(grant) => {
                    self.grants[grant].over = true;
                    self.settle(grant);
                }
                Due::TrialEnd => self.access = Access::None,
                Due::PeriodEnd => self.end_period(),
            }
        }
        self.now = now;
    }

    fn next_due(&self) -> Option<(i64, Due)> {
        let mut next = None;
        let mut note = |at: i64, due: Due| {
            if next.is_none_or(|earliest| (at, due) < earliest) {
                next = Some((at, due));
            }
        };
        for (index, hold) in self.holds.iter().enumerate() {
            if hold.end == HoldEnd::Live {
                note(hold.until, Due::TimeOut(index));
            }
        }
        for (index, grant) in self.grants.iter().enumerate() {
            if let Some(end) = grant.ends
                && !grant.over
            {
                note(end, Due::Expiry(index));
            }
        }
        match self.access {
            Access::None => {}
            Access::Trial { end, .. } => note(end, Due::TrialEnd),
            Access::Plan { period, .. } => note(period.end, Due::PeriodEnd),
        }
        next
    }
}
