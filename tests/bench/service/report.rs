//! The bytes of a request that reports work.

use crate::ids;
use crate::vendor::{FEATURE, Workspace};

const STRUCTURED: &str = "application/cloudevents+json";
const BATCH: &str = "application/cloudevents-batch+json";
const BEFORE: &str = r#"{"specversion":"1.0","type":"ai.usage.recorded","source":"bench","id":""#;

/// A request that is written anew for each report, in the same memory.
pub(crate) struct Report {
    after: String,
    body: Vec<u8>,
    bytes: Vec<u8>,
}

impl Report {
    pub(crate) fn new() -> Self {
        Self { after: format!("\",\"data\":{{\"feature\":\"{FEATURE}\"}}}}"), body: Vec::new(), bytes: Vec::new() }
    }

    /// One event in structured mode; `id` writes its id, which needs no escape.
    pub(crate) fn one(&mut self, workspace: &Workspace, id: impl FnOnce(&mut Vec<u8>)) -> &[u8] {
        self.body.clear();
        self.event(id);
        self.request(workspace, STRUCTURED)
    }

    /// A batch of events.
    pub(crate) fn batch(&mut self, workspace: &Workspace, count: usize, mut id: impl FnMut(&mut Vec<u8>)) -> &[u8] {
        self.body.clear();
        for place in 0..count {
            self.body.push(if place == 0 { b'[' } else { b',' });
            self.event(&mut id);
        }
        self.body.push(b']');
        self.request(workspace, BATCH)
    }

    fn event(&mut self, id: impl FnOnce(&mut Vec<u8>)) {
        self.body.reserve(BEFORE.len() + ids::LENGTH + self.after.len());
        self.body.extend_from_slice(BEFORE.as_bytes());
        id(&mut self.body);
        self.body.extend_from_slice(self.after.as_bytes());
    }

    fn request(&mut self, workspace: &Workspace, media: &str) -> &[u8] {
        let Self { body, bytes, .. } = self;
        let length = body.len().to_string();
        bytes.clear();
        for part in [
            "POST /v1/workspaces/",
            &workspace.id,
            "/usage HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer ",
            &workspace.meter,
            "\r\ncontent-type: ",
            media,
            "\r\ncontent-length: ",
            &length,
            "\r\n\r\n",
        ] {
            bytes.extend_from_slice(part.as_bytes());
        }
        bytes.extend_from_slice(body);
        bytes
    }
}
