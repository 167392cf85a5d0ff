//! A lane: a thread that does what waits for its workspaces, and commits it together.
//!
//! Whatever came while the last group was under way is the next one: asked for at once, decided in its order, appended at
//! once. So a durable answer costs a share of one wait for the disk, whether those who wait are of one workspace or of
//! many. No decision hangs on another workspace's: a page is appended whole or, because its ledger has moved on, not at
//! all, and then its jobs are decided again on what the ledger has become. See [`Way`].
//!
//! A group's answers leave when it is durable, and not on this thread: see [`super::replies`].

use std::collections::HashMap;
use std::num::NonZeroUsize;
use std::sync::Arc;

use clock::{Clock, Stopwatch};
use lru::LruCache;
use metering::Timestamp;
use tokio::sync::mpsc;

use super::book::Book;
use super::job::{Job, Promise, Task};
use super::part::{Decided, Part, Undone, Way};
use super::replies::{Done, Group, Replies};
use super::shared::Shared;
use super::tails::Tails;
use crate::metrics::{Commits, Decisions, Metrics, Pulse, count};
use crate::store::{AT_HAND, Appended, Ask, Ledgers, Page, Recalled, Store, StoreError, TAIL};

/// Most jobs that are committed as one transaction: those who came first should not wait for too many others.
const GROUP: usize = 512;
/// How often jobs are decided again because another process was quicker.
const TRIES: usize = 64;

struct Lane {
    store: Arc<Store>,
    clock: Clock,
    /// Boxed: they are taken out and put back for every group.
    books: LruCache<String, Box<Book>>,
    shared: Shared,
    /// Whether the vendor is told what happens.
    is_heralded: bool,
    noted: Noted,
    replies: Replies,
}

/// What is counted and timed of a lane.
#[derive(Clone, Debug)]
pub(super) struct Noted {
    pub(super) decisions: Decisions,
    pub(super) commits: Commits,
    /// Since when the oldest job that it is at has been waiting.
    pub(super) pulse: Arc<Pulse>,
}

impl Noted {
    pub(super) fn new(metrics: &Metrics) -> Self {
        Self { decisions: metrics.decisions.clone(), commits: metrics.commits.clone(), pulse: Arc::default() }
    }
}

/// Starts a lane. It ends when nobody can send it anything any more.
pub(super) fn start(
    number: usize,
    store: Arc<Store>,
    clock: Clock,
    tails: Arc<Tails>,
    mut queue: mpsc::Receiver<Job>,
    is_heralded: bool,
    noted: Noted,
) -> Result<(), StoreError> {
    let replies = Replies::new(tails, noted.decisions.clone());
    // Another takes a few milliseconds to open.
    let books = LruCache::new(NonZeroUsize::new(AT_HAND / store.lanes().max(1)).unwrap_or(NonZeroUsize::MIN));
    let mut lane = Lane { store, clock, books, shared: Shared::default(), is_heralded, noted, replies };
    let run = move || {
        while let Some(first) = queue.blocking_recv() {
            let waited = first.waited.elapsed();
            let mut jobs = vec![first];
            while jobs.len() < GROUP
                && let Ok(next) = queue.try_recv()
            {
                jobs.push(next);
            }
            lane.noted.pulse.begin(waited);
            lane.work(jobs);
            lane.noted.pulse.rest();
        }
    };
    std::thread::Builder::new()
        .name(format!("lane {number}"))
        .spawn(run)
        .map(drop)
        .map_err(|error| StoreError::Contradiction(format!("no thread for a lane: {error}")))
}

impl Lane {
    /// Does what waits, commits it, and has it answered.
    fn work(&mut self, jobs: Vec<Job>) {
        let is_far = self.store.is_far();
        let (mut contested, parts) = self
            .parts(jobs)
            .into_iter()
            .partition::<Vec<_>, _>(|part| is_far && self.shared.contains(&part.workspace.id));
        let undone = self.attempt(parts, if is_far { Way::Unasked } else { Way::Asked });
        contested.extend(undone.overtaken);
        contested.extend(self.attempt(undone.unsure, Way::Asked).overtaken);
        for _ in 0..TRIES {
            if contested.is_empty() {
                return;
            }
            contested = self.attempt(contested, Way::Held).overtaken;
        }
        let error = StoreError::Contradiction("others record in the same ledger too fast".into());
        contested.into_iter().for_each(|part| part.refuse(&error));
    }

    /// Jobs by workspace, each in the order in which they came.
    fn parts(&mut self, jobs: Vec<Job>) -> Vec<Part> {
        let mut parts: Vec<Part> = Vec::new();
        let mut places: HashMap<String, usize> = HashMap::new();
        for Job { workspace, task, .. } in jobs {
            if let Some(part) = places.get(&workspace.id).and_then(|place| parts.get_mut(*place)) {
                part.workspace = workspace;
                part.tasks.push(task);
                continue;
            }
            places.insert(workspace.id.clone(), parts.len());
            let book = self.books.pop(&workspace.id);
            parts.push(Part { workspace, tasks: vec![task], book });
        }
        parts
    }

    /// Tries to do everything, and gives back what has to be done in another way.
    fn attempt(&mut self, parts: Vec<Part>, way: Way) -> Undone {
        let mut undone = Undone::default();
        if parts.is_empty() {
            return undone;
        }
        let store = Arc::clone(&self.store);
        let held = match way {
            Way::Held => {
                let workspaces: Vec<&str> = parts.iter().map(|part| part.workspace.id.as_str()).collect();
                store.hold(&workspaces)
            }
            Way::Unasked | Way::Asked => Ok(None),
        };
        let held = match held {
            Ok(held) => held,
            Err(error) => {
                parts.into_iter().for_each(|part| part.refuse(&error));
                return undone;
            }
        };
        let ledgers: &dyn Ledgers = held.as_ref().map_or(&*store, |held| held);
        let opened = self.opened(parts);
        let mut pages = Vec::new();
        let mut decided = Vec::with_capacity(opened.len());
        for (mut part, mut book) in self.recalled(opened, ledgers, way) {
            match self.promises(&mut book, &part.tasks) {
                Ok(promises) => {
                    let page = book.take_page();
                    if page.is_empty() && way == Way::Unasked {
                        part.book = Some(book);
                        undone.unsure.push(part);
                        continue;
                    }
                    let number = (!page.is_empty()).then_some(pages.len());
                    pages.extend(number.is_some().then_some(page));
                    decided.push(Decided { part, book, promises, page: number });
                }
                Err(error) => part.refuse(&error),
            }
        }
        let jobs = decided.iter().filter(|done| done.page.is_some()).map(|done| done.part.tasks.len()).sum();
        let fates = self.append(ledgers, &pages, jobs);
        let mut group: Group = Vec::with_capacity(decided.len());
        for decided in decided {
            let fate = decided
                .page
                .map_or(&Ok(Appended::Whole), |number| fates.get(number).unwrap_or(&Ok(Appended::Overtaken)));
            match fate {
                Ok(Appended::Whole) => group.push(self.done(decided)),
                // The book holds what the ledger does not: it is dropped, and opened again.
                Ok(Appended::Overtaken) => {
                    self.shared.note(&decided.part.workspace.id);
                    undone.overtaken.push(decided.part);
                }
                Err(error) => decided.part.refuse(error),
            }
        }
        self.replies.give(group);
        undone
    }

    /// Parts with their books.
    fn opened(&self, parts: Vec<Part>) -> Vec<(Part, Box<Book>)> {
        let mut opened = Vec::with_capacity(parts.len());
        for mut part in parts {
            let book = match part.book.take() {
                Some(mut book) => book.keep_under(&part.workspace).map(|()| book),
                None => Book::open(Arc::clone(&part.workspace), &self.store)
                    .and_then(|book| book.with_window(&self.store, self.clock.now()))
                    .map(|book| Box::new(if self.is_heralded { book.heralded() } else { book })),
            };
            match book {
                Ok(book) => opened.push((part, book)),
                Err(error) => part.refuse(&error),
            }
        }
        opened
    }

    /// Parts whose books know what others have recorded, and what was recorded under the ids that their jobs name.
    fn recalled(
        &mut self,
        mut opened: Vec<(Part, Box<Book>)>,
        ledgers: &dyn Ledgers,
        way: Way,
    ) -> Vec<(Part, Box<Book>)> {
        let mut is_first = way != Way::Unasked;
        loop {
            let asks = opened.iter().map(|(part, book)| book.ask(part.tasks.iter().flat_map(Task::commands)));
            let asks: Vec<Ask> = asks.filter(|ask| is_first || !ask.keys.is_empty()).collect();
            if asks.is_empty() {
                return opened;
            }
            let answers = match ledgers.recall(&asks) {
                Ok(answers) => answers,
                Err(error) => {
                    opened.into_iter().for_each(|(part, _)| part.refuse(&error));
                    return Vec::new();
                }
            };
            let mut answers: HashMap<String, (Ask, Recalled)> =
                asks.into_iter().zip(answers).map(|(ask, answer)| (ask.workspace.clone(), (ask, answer))).collect();
            let (mut known, mut lost) = (Vec::with_capacity(opened.len()), Vec::new());
            for (part, mut book) in opened {
                let learnt = match answers.remove(&part.workspace.id) {
                    Some((ask, answer)) if answer.is_lost => {
                        tracing::warn!(workspace = %ask.workspace, "the database has lost entries: the ledger is read again");
                        lost.push(part);
                        continue;
                    }
                    Some((ask, answer)) => {
                        match answer.tail.is_empty() {
                            true => self.shared.note_quiet(&ask.workspace),
                            false => self.shared.note(&ask.workspace),
                        }
                        self.learn(&mut book, ask, &answer)
                    }
                    None => Ok(()),
                };
                match learnt {
                    Ok(()) => known.push((part, book)),
                    Err(error) => part.refuse(&error),
                }
            }
            known.extend(self.opened(lost));
            opened = known;
            is_first = false;
        }
    }

    fn learn(&self, book: &mut Book, ask: Ask, answer: &Recalled) -> Result<(), StoreError> {
        let mut length = book.follow(&answer.tail)?;
        while length >= TAIL {
            length = book.follow(&self.store.lines(&ask.workspace, book.account().last_seq(), TAIL)?)?;
        }
        book.remember(ask.keys, &answer.found)
    }

    /// Decides the jobs of a workspace, in their order.
    fn promises(&self, book: &mut Book, tasks: &[Task]) -> Result<Vec<Promise>, StoreError> {
        tasks.iter().map(|task| self.promise(book, task)).collect()
    }

    fn promise(&self, book: &mut Book, task: &Task) -> Result<Promise, StoreError> {
        Ok(match task {
            Task::Commands { commands, .. } => {
                let mut answers = Vec::with_capacity(commands.len());
                for command in commands {
                    let now = self.clock.now();
                    let outcome = book.decide_known(command, now)?;
                    answers.push(book.answer(command, outcome, now));
                }
                Promise::Answers(answers)
            }
            Task::Once { command, once, .. } => {
                let now = self.clock.now();
                let outcome = book.decide_once(&self.store, command, once, now)?;
                Promise::Answers(vec![book.answer(command, outcome, now)])
            }
            Task::Settle { settlement, .. } => {
                Promise::Settled(book.settle(&self.store, settlement.clone(), self.clock.now())?)
            }
            Task::Play { player, .. } => {
                let mut player = player.clone();
                player.play(&self.store, book, Timestamp::MAX)?;
                book.note_progress(player.progress());
                Promise::Played(player)
            }
            Task::Read(_) => Promise::Look,
        })
    }

    /// Appends pages; what has become of each. When that fails nobody knows what was appended: each page is tried by
    /// itself then, so that what is wrong with one workspace's stays its own. A page that was appended after all counts as
    /// overtaken: deciding again finds its entries.
    fn append(&self, ledgers: &dyn Ledgers, pages: &[Page], jobs: usize) -> Vec<Result<Appended, StoreError>> {
        if pages.is_empty() {
            return Vec::new();
        }
        self.noted.commits.jobs.observe(count(jobs));
        match self.commit(ledgers, pages) {
            Ok(appended) => appended.into_iter().map(Ok).collect(),
            Err(error) if pages.len() == 1 => vec![Err(error)],
            Err(error) => {
                tracing::warn!(%error, pages = pages.len(), "pages were not appended together");
                let alone = |page| {
                    self.commit(&*self.store, std::slice::from_ref(page)).map(|appended| appended.first().copied())
                };
                pages.iter().map(|page| alone(page).map(|fate| fate.unwrap_or(Appended::Overtaken))).collect()
            }
        }
    }

    fn commit(&self, ledgers: &dyn Ledgers, pages: &[Page]) -> Result<Vec<Appended>, StoreError> {
        let commits = &self.noted.commits;
        commits.entries.observe(count(pages.iter().map(|page| page.lines.len()).sum()));
        let watch = Stopwatch::start();
        let appended = ledgers.append(pages);
        commits.seconds.observe(watch.elapsed().as_secs_f64());
        if appended.is_err() {
            commits.failed.inc();
        }
        appended
    }

    /// Has those looked who wanted to look, and keeps the book at hand.
    fn done(&mut self, decided: Decided) -> Done {
        let Decided { part, book, promises, .. } = decided;
        let now = self.clock.now();
        let mut answers: Vec<_> = part.tasks.into_iter().zip(promises).collect();
        for (task, _) in &mut answers {
            if let Task::Read(read) = task {
                read.look(book.account(), now);
            }
        }
        let (workspace, last_seq) = (part.workspace.id.clone(), book.account().last_seq());
        self.books.put(workspace.clone(), book);
        Done { workspace, last_seq, answers }
    }
}
