//! What is done of a group, workspace by workspace, and how.

use std::sync::Arc;

use super::Unavailable;
use super::book::Book;
use super::job::{Promise, Task};
use crate::store::{StoreError, Workspace};

/// How a group knows what others have recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// It does not ask. If its page is appended it has missed nothing, and nothing else is answered.
    Unasked,
    /// It asks before it decides.
    Asked,
    /// It asks when it is its turn among those who do so.
    Held,
}

/// What a group has not done.
#[derive(Default)]
pub(super) struct Undone {
    /// Nothing was to be recorded, and it is not known whether that is right.
    pub(super) unsure: Vec<Part>,
    /// Another process was quicker.
    pub(super) overtaken: Vec<Part>,
}

/// The jobs of one workspace in a group.
pub(super) struct Part {
    pub(super) workspace: Arc<Workspace>,
    pub(super) tasks: Vec<Task>,
    pub(super) book: Option<Box<Book>>,
}

/// A part whose jobs are decided, and what each of them will be answered.
pub(super) struct Decided {
    pub(super) part: Part,
    pub(super) book: Box<Book>,
    pub(super) promises: Vec<Promise>,
    /// Which of the pages is its. None, if there is nothing to record.
    pub(super) page: Option<usize>,
}

impl Part {
    /// Says that nothing can be done in this workspace now.
    pub(super) fn refuse(self, error: &StoreError) {
        tracing::error!(workspace = %self.workspace.id, %error, "the ledger cannot be written");
        let reason = Unavailable::new("the ledger cannot be written");
        self.tasks.into_iter().for_each(|task| task.refuse(&reason));
    }
}
