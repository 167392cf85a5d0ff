//! Watches over connections: ends those that are idle for too long, and those that take too long.
//!
//! It looks at all of them when one may have taken too long, and at most a few times a second. So a request costs no timer
//! of its own, and there is one place that knows what all of them are at and which can go when others want their place.
//! While nothing can take too long it does nothing.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;

use super::alarm::{Alarm, NEVER, millis};
use super::bounds::Bounds;
use super::line::{Line, Phase, Verdict};

/// How often it looks at all connections while there is something to do.
const LOOK_EVERY: Duration = Duration::from_millis(250);
/// How long nothing more can be written before nobody is believed to read.
const STUCK_FOR: Duration = Duration::from_secs(30);
/// How long whoever is told that a request takes too long has to answer that.
const GRACE: Duration = Duration::from_secs(2);
/// How long whoever has come has to say something before others may get the place.
const WELCOME: Duration = Duration::from_secs(1);

/// The connections that are open.
#[derive(Debug)]
pub(crate) struct Watch {
    alarm: Arc<Alarm>,
    bounds: Bounds,
    /// Most that are open at once.
    room: usize,
    lines: Mutex<HashMap<u64, Arc<Line>>>,
    next: AtomicU64,
    /// Somebody waits for a place.
    pub(super) hurry: Notify,
}

/// What is to be done about a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Due {
    Nothing,
    /// Whoever works on the request is to answer that it takes too long.
    Answer,
    /// It ends.
    End(Verdict),
}

/// A connection's place among those that are watched. Dropped, it is free for another.
pub(super) struct Watched {
    watch: Arc<Watch>,
    number: u64,
    pub(super) line: Arc<Line>,
}

impl Drop for Watched {
    fn drop(&mut self) {
        self.watch.lines.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.number);
    }
}

impl Watch {
    pub(crate) fn new(bounds: Bounds) -> Arc<Self> {
        let room = bounds.room();
        let Bounds { head, body, request, idle, .. } = bounds;
        let shortest = head.min(body).min(request).min(idle).min(STUCK_FOR);
        Arc::new(Self {
            alarm: Arc::new(Alarm::new(shortest)),
            bounds,
            room,
            lines: Mutex::default(),
            next: AtomicU64::new(0),
            hurry: Notify::new(),
        })
    }

    /// How many connections are open.
    pub(crate) fn open(&self) -> usize {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// Most connections that are open at once.
    pub(crate) const fn room(&self) -> usize {
        self.room
    }

    /// A place for a new connection.
    pub(super) fn place(self: &Arc<Self>) -> Watched {
        let line = Arc::new(Line::new(Arc::clone(&self.alarm)));
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let open = {
            let mut lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
            lines.insert(number, Arc::clone(&line));
            lines.len()
        };
        // Only now is it seen by whoever looks.
        let now = self.alarm.now();
        if self.is_scarce(open) {
            self.alarm.set(now);
        } else {
            self.alarm.begun(now);
        }
        Watched { watch: Arc::clone(self), number, line }
    }

    /// Looks at all connections until it is dropped.
    pub(super) async fn run(&self) {
        let mut earliest = 0;
        loop {
            tokio::select! {
                () = self.alarm.gone_off(earliest) => {}
                () = self.hurry.notified() => {}
            }
            // Before it looks: what changes meanwhile sets the alarm again.
            self.alarm.take_back();
            let now = self.alarm.now();
            self.alarm.set(self.look(now));
            earliest = now + millis(LOOK_EVERY);
        }
    }

    /// Ends all connections.
    pub(super) fn cut_all(&self) {
        self.lines().iter().for_each(|line| line.tell(Verdict::Cut));
    }

    /// Ends all connections after what is asked on them, but for those where something is about to be asked: that is to be
    /// answered.
    pub(super) fn finish_all(&self) {
        self.lines().iter().filter(|line| !line.is_about_to_ask()).for_each(|line| line.tell(Verdict::Finish));
    }

    fn lines(&self) -> Vec<Arc<Line>> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner).values().cloned().collect()
    }

    /// Does what is due, and says when to look again.
    fn look(&self, now: u64) -> u64 {
        let lines = self.lines();
        let mut next = NEVER;
        for line in &lines {
            match self.due(line, now) {
                Due::Nothing => {}
                Due::Answer => line.late.notify_waiters(),
                Due::End(verdict) => line.tell(verdict),
            }
            next = next.min(self.time_is_up(line));
        }
        if self.is_scarce(lines.len()) {
            self.make_room(&lines, now);
            next = now;
        }
        // What is due is done again until it has come about.
        next.max(now + millis(LOOK_EVERY))
    }

    /// When a connection has taken too long, if what it is at now lasts.
    fn time_is_up(&self, line: &Line) -> u64 {
        let Bounds { head, body, request, idle, .. } = self.bounds;
        let (phase, since) = line.state();
        let allowed = match phase {
            Phase::Idle => Some(idle),
            Phase::Head => Some(head),
            Phase::Body => Some(body.min(request)),
            Phase::Work => Some(request),
            Phase::Answer => Some(request + 2 * GRACE),
            Phase::Tail => None,
        };
        let of_phase = allowed.map_or(NEVER, |allowed| since.saturating_add(millis(allowed)));
        let of_writing = line.stuck_since().map_or(NEVER, |since| since.saturating_add(millis(STUCK_FOR)));
        of_phase.min(of_writing)
    }

    fn due(&self, line: &Line, now: u64) -> Due {
        let Bounds { head, body, request, idle, .. } = self.bounds;
        let (phase, since) = line.state();
        let passed = passed(since, now);
        let over = |allowed: Duration| match passed.checked_sub(allowed) {
            None => Due::Nothing,
            Some(more) if more < GRACE => Due::Answer,
            Some(_) => Due::End(Verdict::Cut),
        };
        if line.stuck_since().is_some_and(|since| self::passed(since, now) >= STUCK_FOR) {
            return Due::End(Verdict::Cut);
        }
        match phase {
            Phase::Idle if passed >= idle => Due::End(Verdict::Finish),
            Phase::Head if passed >= head => Due::End(Verdict::Cut),
            Phase::Body => over(body.min(request)),
            Phase::Work => over(request),
            // An answer that it takes too long is an answer, too.
            Phase::Answer if passed >= request + 2 * GRACE => Due::End(Verdict::Cut),
            Phase::Idle | Phase::Head | Phase::Answer | Phase::Tail => Due::Nothing,
        }
    }

    /// Whether little room is left when so many connections are open.
    const fn is_scarce(&self, open: usize) -> bool {
        self.room.saturating_sub(open) <= self.room / 8
    }

    /// Ends connections until there is room again.
    fn make_room(&self, lines: &[Arc<Line>], now: u64) {
        let free = self.room.saturating_sub(lines.len());
        Self::free(lines, (self.room / 4).max(1).saturating_sub(free), free == 0, now);
    }

    /// Ends a quarter of the connections that rest, because the system gives no more.
    pub(super) fn give_way(&self) {
        let lines = self.lines();
        Self::free(&lines, lines.len() / 4 + 1, true, self.alarm.now());
    }

    /// Ends so many of those that have been idle for the longest time, and after them, if it has to be, those whose request
    /// has been coming for the longest time: whoever asks for something is not kept out by those who do not.
    fn free(lines: &[Arc<Line>], wanted: usize, has_to_be: bool, now: u64) {
        let mut resting: Vec<(Reverse<bool>, u64, &Arc<Line>)> = Vec::new();
        for line in lines {
            let (phase, since) = line.state();
            let is_idle = phase == Phase::Idle;
            if (is_idle || phase == Phase::Head && has_to_be) && passed(since, now) >= WELCOME {
                resting.push((Reverse(is_idle), since, line));
            }
        }
        resting.sort_unstable_by_key(|(is_idle, since, _)| (*is_idle, *since));
        for (Reverse(is_idle), _, line) in resting.into_iter().take(wanted) {
            line.tell(if is_idle { Verdict::Finish } else { Verdict::Cut });
        }
    }
}

fn passed(since: u64, now: u64) -> Duration {
    Duration::from_millis(now.saturating_sub(since))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: u64 = 1_000;

    fn watch(connections: usize) -> Arc<Watch> {
        Watch::new(Bounds {
            connections,
            head: Duration::from_secs(10),
            body: Duration::from_secs(30),
            request: Duration::from_secs(60),
            idle: Duration::from_secs(75),
            ..Bounds::default()
        })
    }

    fn at(phase: Phase) -> impl Fn(&Line) {
        move |line| match phase {
            Phase::Idle => {}
            Phase::Head => line.heard(),
            Phase::Body => line.begun(true),
            Phase::Work => line.begun(false),
            Phase::Answer | Phase::Tail => {
                line.begun(false);
                line.answered(phase == Phase::Tail);
            }
        }
    }

    #[test]
    fn each_phase_has_its_time() {
        let watch = watch(1_000);
        let (finish, cut) = (Due::End(Verdict::Finish), Due::End(Verdict::Cut));
        for (phase, expected) in [
            (Phase::Idle, &[(74, Due::Nothing), (76, finish)][..]),
            (Phase::Head, &[(9, Due::Nothing), (11, cut)]),
            (Phase::Body, &[(29, Due::Nothing), (31, Due::Answer), (33, cut)]),
            (Phase::Work, &[(59, Due::Nothing), (61, Due::Answer), (63, cut)]),
            (Phase::Answer, &[(63, Due::Nothing), (65, cut)]),
            (Phase::Tail, &[(100_000, Due::Nothing)]),
        ] {
            let place = watch.place();
            at(phase)(&place.line);
            for (seconds, due) in expected {
                let now = seconds * SECOND;
                assert_eq!(watch.due(&place.line, now), *due, "{phase:?} after {seconds} s");
                // Whoever looks when time is up misses nothing, and looks for nothing before.
                assert_eq!(watch.time_is_up(&place.line) <= now, *due != Due::Nothing, "{phase:?} after {seconds} s");
            }
        }
        let place = watch.place();
        at(Phase::Tail)(&place.line);
        place.line.wrote(false);
        assert_eq!(watch.due(&place.line, 29 * SECOND), Due::Nothing);
        assert_eq!(watch.due(&place.line, 31 * SECOND), cut, "nobody reads it");
        assert!((29 * SECOND..31 * SECOND).contains(&watch.time_is_up(&place.line)));
    }

    #[test]
    fn it_looks_again_when_the_first_time_is_up_and_never_while_nothing_can_be() {
        let watch = watch(1_000);
        assert_eq!(watch.look(0), NEVER, "nobody is there");
        let tail = watch.place();
        at(Phase::Tail)(&tail.line);
        assert_eq!(watch.look(SECOND), NEVER, "a tail has no end");
        let idle = watch.place();
        assert!((75 * SECOND..76 * SECOND).contains(&watch.look(SECOND)));
        let head = watch.place();
        at(Phase::Head)(&head.line);
        assert!((10 * SECOND..11 * SECOND).contains(&watch.look(SECOND)));
        assert_eq!(watch.look(80 * SECOND), 80 * SECOND + 250, "until those are gone that were told to");
        drop((idle, head));
        assert_eq!(watch.look(80 * SECOND), NEVER);
    }

    #[tokio::test]
    async fn who_comes_while_it_rests_is_watched() {
        let idle = Duration::from_millis(300);
        let watch = Watch::new(Bounds { idle, ..Bounds::default() });
        let looking = Arc::clone(&watch);
        let looking = tokio::spawn(async move { looking.run().await });
        for _ in 0..2 {
            tokio::time::sleep(Duration::from_millis(50)).await;
            assert_eq!(watch.alarm.set_for(), NEVER, "it rests");
            let place = watch.place();
            tokio::time::timeout(Duration::from_secs(5), place.line.told.notified()).await.expect("it was missed");
            assert_eq!(place.line.verdict(), Verdict::Finish);
            drop(place);
            // Once more, and then there is nothing to see.
            tokio::time::sleep(Duration::from_millis(600)).await;
        }
        looking.abort();
    }

    #[test]
    fn when_room_is_scarce_those_who_rest_go_first() {
        let watch = watch(16);
        let mut places: Vec<Watched> = (0..13).map(|_| watch.place()).collect();
        let told = |places: &[Watched], verdict| places.iter().filter(|one| one.line.verdict() == verdict).count();
        at(Phase::Work)(&places[0].line);
        watch.look(5 * SECOND);
        assert_eq!(told(&places, Verdict::Stay), 13, "there is room");
        places.push(watch.place());
        watch.look(SECOND / 2);
        assert_eq!(told(&places, Verdict::Stay), 14, "whoever has just come is welcome");
        watch.look(5 * SECOND);
        assert_eq!(told(&places, Verdict::Finish), 2, "a quarter is free again");
        assert_eq!(places[0].line.verdict(), Verdict::Stay, "whoever is answered stays");

        places.retain(|one| one.line.verdict() == Verdict::Stay);
        assert_eq!(watch.open(), 12, "a place is free when its connection is gone");
        places.extend((0..4).map(|_| watch.place()));
        places.iter().skip(1).for_each(|one| at(Phase::Head)(&one.line));
        watch.look(5 * SECOND);
        assert_eq!(told(&places, Verdict::Cut), 4, "no room is left: half a request does not keep others out");
        assert_eq!(places[0].line.verdict(), Verdict::Stay);
    }
}
