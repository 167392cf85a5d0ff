//! What one connection is at, noted by those who work on it and read by the watch.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering};
use std::time::Duration;

use tokio::sync::Notify;

use super::alarm::Alarm;

/// How long nothing has to be asked on a connection before it counts as at rest.
const REST: Duration = Duration::from_millis(200);

/// What a connection is at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    /// Nothing is asked.
    Idle,
    /// A request's head has begun to come.
    Head,
    /// A request is worked on while its body comes.
    Body,
    /// A request has come whole and is worked on.
    Work,
    /// An answer is on its way.
    Answer,
    /// An answer that has no end is on its way: a ledger's tail.
    Tail,
}

const PHASES: [Phase; 6] = [Phase::Idle, Phase::Head, Phase::Body, Phase::Work, Phase::Answer, Phase::Tail];

/// What becomes of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It goes on.
    Stay,
    /// It ends after the request that it is at.
    Finish,
    /// It ends now.
    Cut,
}

/// One connection.
#[derive(Debug)]
pub(super) struct Line {
    /// Set for when what has begun may take too long.
    alarm: Arc<Alarm>,
    /// The phase in the lowest byte; above it since when, in the alarm's time. What belongs to one request has the instant
    /// of its head.
    state: AtomicU64,
    /// Since when nothing more can be written, in the alarm's time and one more; 0 while it can.
    stuck: AtomicU64,
    /// Whether a request's body was not read to its end, so that the other side may still be sending.
    is_unread: AtomicBool,
    verdict: AtomicU8,
    /// Somebody has spoken the verdict.
    pub(super) told: Notify,
    /// The request takes too long: whoever works on it answers that.
    pub(super) late: Notify,
}

impl Line {
    /// A connection that was just accepted.
    pub(super) fn new(alarm: Arc<Alarm>) -> Self {
        let line = Self {
            alarm,
            state: AtomicU64::new(0),
            stuck: AtomicU64::new(0),
            is_unread: AtomicBool::new(false),
            verdict: AtomicU8::new(0),
            told: Notify::new(),
            late: Notify::new(),
        };
        line.enter(Phase::Idle);
        line
    }

    pub(super) fn now(&self) -> u64 {
        self.alarm.now()
    }

    /// What it is at, and since when.
    pub(super) fn state(&self) -> (Phase, u64) {
        unpacked(self.state.load(Ordering::SeqCst))
    }

    /// Since when nothing more could be written.
    pub(super) fn stuck_since(&self) -> Option<u64> {
        self.stuck.load(Ordering::SeqCst).checked_sub(1)
    }

    /// Whether a request has begun to come, or may at any moment: it has just come itself, or was just answered.
    pub(super) fn is_about_to_ask(&self) -> bool {
        let (phase, since) = self.state();
        let rests_for = Duration::from_millis(self.now().saturating_sub(since));
        phase == Phase::Head || phase == Phase::Idle && rests_for < REST
    }

    /// Bytes have come.
    pub(super) fn heard(&self) {
        if self.state().0 == Phase::Idle {
            self.enter(Phase::Head);
        }
    }

    /// A request's head has come whole.
    pub(super) fn begun(&self, has_body: bool) {
        self.is_unread.store(has_body, Ordering::Relaxed);
        self.enter(if has_body { Phase::Body } else { Phase::Work });
    }

    /// The request's body has come whole. It has more time from here on: the alarm stays as it is.
    pub(super) fn arrived(&self) {
        self.is_unread.store(false, Ordering::Relaxed);
        let (phase, since) = self.state();
        if phase == Phase::Body {
            self.state.store(packed(Phase::Work, since), Ordering::Relaxed);
        }
    }

    /// The answer is known.
    pub(super) fn answered(&self, is_tail: bool) {
        let phase = if is_tail { Phase::Tail } else { Phase::Answer };
        self.state.store(packed(phase, self.state().1), Ordering::Relaxed);
    }

    /// The answer was given.
    pub(super) fn done(&self) {
        self.enter(Phase::Idle);
    }

    /// Something could be written, or not.
    pub(super) fn wrote(&self, has_written: bool) {
        if has_written {
            self.stuck.store(0, Ordering::Relaxed);
        } else if self.stuck.load(Ordering::Relaxed) == 0 {
            let now = self.now();
            self.stuck.store(now + 1, Ordering::SeqCst);
            self.alarm.begun(now);
        }
    }

    /// Whether the other side may still be sending a body that nobody reads.
    pub(super) fn is_unread(&self) -> bool {
        self.is_unread.load(Ordering::Relaxed)
    }

    /// Says what becomes of it.
    pub(super) fn tell(&self, verdict: Verdict) {
        self.verdict.fetch_max(verdict as u8, Ordering::Relaxed);
        self.told.notify_one();
    }

    /// What becomes of it.
    pub(super) fn verdict(&self) -> Verdict {
        match self.verdict.load(Ordering::Relaxed) {
            0 => Verdict::Stay,
            1 => Verdict::Finish,
            _ => Verdict::Cut,
        }
    }

    fn enter(&self, phase: Phase) {
        let now = self.now();
        self.state.store(packed(phase, now), Ordering::SeqCst);
        self.alarm.begun(now);
    }
}

fn packed(phase: Phase, since: u64) -> u64 {
    since << 8 | u64::from(phase as u8)
}

fn unpacked(state: u64) -> (Phase, u64) {
    let phase = usize::try_from(state & 0xff).ok().and_then(|number| PHASES.get(number));
    (phase.copied().unwrap_or(Phase::Idle), state >> 8)
}

/// Ends an answer's phase when the answer is gone, however that comes about.
#[derive(Debug)]
pub(super) struct UntilDone(pub(super) Arc<Line>);

impl Drop for UntilDone {
    fn drop(&mut self) {
        self.0.done();
    }
}

#[cfg(test)]
mod tests {
    use super::super::alarm::NEVER;
    use super::*;

    fn fresh() -> Line {
        Line::new(Arc::new(Alarm::new(Duration::from_secs(10))))
    }

    #[test]
    fn a_request_keeps_the_instant_of_its_head() {
        let line = fresh();
        assert_eq!(line.state().0, Phase::Idle);
        line.heard();
        assert_eq!(line.state().0, Phase::Head);
        line.begun(true);
        let (phase, since) = line.state();
        assert!(phase == Phase::Body && line.is_unread());
        std::thread::sleep(Duration::from_millis(5));
        line.arrived();
        assert!(line.state() == (Phase::Work, since) && !line.is_unread());
        line.heard();
        assert_eq!(line.state(), (Phase::Work, since), "what comes after it is not yet its turn");
        line.answered(false);
        assert_eq!(line.state(), (Phase::Answer, since));
        line.arrived();
        assert_eq!(line.state(), (Phase::Answer, since), "an answer does not wait for the rest of a body");
        drop(UntilDone(Arc::new(fresh())));
        line.done();
        assert!(line.state().0 == Phase::Idle && line.state().1 >= since + 5);
    }

    #[test]
    fn what_cannot_be_written_is_timed_from_the_first_time() {
        let line = fresh();
        line.wrote(false);
        let since = line.stuck_since();
        std::thread::sleep(Duration::from_millis(5));
        line.wrote(false);
        assert!(since.is_some() && line.stuck_since() == since);
        line.wrote(true);
        assert_eq!(line.stuck_since(), None);
    }

    #[test]
    fn whatever_begins_sets_the_alarm() {
        let line = fresh();
        let is_set = || {
            let is_set = line.alarm.set_for() != NEVER;
            line.alarm.take_back();
            is_set
        };
        assert!(is_set(), "it has come");
        line.heard();
        assert!(is_set(), "a head");
        line.begun(true);
        assert!(is_set(), "a request");
        line.wrote(false);
        assert!(is_set(), "nobody reads");
        line.done();
        assert!(is_set(), "it rests");
        line.wrote(true);
        assert!(!is_set());
    }

    #[test]
    fn a_verdict_is_never_softened() {
        let line = fresh();
        assert_eq!(line.verdict(), Verdict::Stay);
        line.tell(Verdict::Cut);
        line.tell(Verdict::Finish);
        assert_eq!(line.verdict(), Verdict::Cut);
    }
}
