//! What takes long and can be stopped: verifying a ledger anew, and exporting it.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, PoisonError};

use cache::WorkspaceKey;

use crate::events::Event;
use crate::view::{JobKind, JobProgress};
use crate::{App, AppError};

/// A job that runs. Dropped, it has ended.
pub(crate) struct Job {
    app: Arc<App>,
    key: WorkspaceKey,
    kind: JobKind,
    stopped: Arc<AtomicBool>,
    of: u64,
    told: AtomicU64,
}

impl App {
    /// Begins a job, unless one of its kind runs for the workspace.
    pub(crate) fn begin(self: &Arc<Self>, key: WorkspaceKey, kind: JobKind, of: u64) -> Result<Job, AppError> {
        let stopped = Arc::new(AtomicBool::new(false));
        let mut jobs = self.jobs.lock().unwrap_or_else(PoisonError::into_inner);
        if jobs.contains_key(&(key, kind)) {
            return Err(AppError::new("running", "This is already under way.", "Wait for it, or stop it."));
        }
        jobs.insert((key, kind), Arc::clone(&stopped));
        drop(jobs);
        let job = Job { app: Arc::clone(self), key, kind, stopped, of, told: AtomicU64::new(0) };
        job.tell(0);
        Ok(job)
    }

    /// Stops a job, if it runs. It ends by itself soon after.
    ///
    /// # Errors
    /// `unknown_workspace`, or a file that cannot be read.
    pub fn stop_job(&self, workspace: &str, kind: JobKind) -> Result<(), AppError> {
        let key = self.connection(workspace)?.workspace;
        if let Some(stopped) = self.jobs.lock().unwrap_or_else(PoisonError::into_inner).get(&(key, kind)) {
            stopped.store(true, Ordering::Relaxed);
        }
        Ok(())
    }
}

impl Job {
    /// Tells how far it has come, in steps that can be seen; `false` if it is to stop.
    pub(crate) fn came_to(&self, done: u64) -> bool {
        let told = self.told.load(Ordering::Relaxed);
        if done > told + self.of / 200 {
            self.told.store(done, Ordering::Relaxed);
            self.tell(done);
        }
        !self.is_stopped()
    }

    pub(crate) fn is_stopped(&self) -> bool {
        self.stopped.load(Ordering::Relaxed)
    }

    fn tell(&self, done: u64) {
        let workspace = self.key.to_string();
        self.app.tell(Event::JobProgress(JobProgress { workspace, job: self.kind, done, of: self.of }));
    }
}

impl Drop for Job {
    fn drop(&mut self) {
        self.app.jobs.lock().unwrap_or_else(PoisonError::into_inner).remove(&(self.key, self.kind));
    }
}
