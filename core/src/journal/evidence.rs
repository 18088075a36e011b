//! The evidence for a disputed payment: the lines about it, the part of the chain that they stand in, and what the owner
//! says, in one signed file of JSON lines.
//!
//! `tests/verifier/FORMAT.md` defines the format byte by byte. Nobody who reads the file learns the details of other
//! lines: they are in it with their kind, their time and the hashes that the chain covers, and where many of them lie
//! between two lines about the payment, they are left out.
//!
//! | line | fields |
//! |---|---|
//! | first | `format` (`walletlock dispute 1`), `wallet_id`, `public_key` (Ed25519) |
//! | second | what the owner says |
//! | before each run of lines | `run_after` (the number of the line before it), `link` (that line's link) |
//! | one for each journal line of a run | as in an export; the details of other lines are null |
//! | last | `lines`, `head` (number and link of the journal's last line), `signature` (Ed25519 over [`signed_message`]) |

use serde::Serialize;

use super::export::{Exporter, json_line};
use super::line::{Head, Line};
use crate::crypto::sha256;
use crate::hex;

/// The name of the format, in the first line of the file.
pub const EVIDENCE_FORMAT: &str = "walletlock dispute 1";

/// A file of evidence that is being written.
pub(crate) struct Evidence<'a> {
    exporter: Exporter<'a>,
    text: String,
}

impl<'a> Evidence<'a> {
    /// Begins a file. `None` cannot happen: serialising strings cannot fail.
    pub(crate) fn begin(exporter: Exporter<'a>, said: &impl Serialize) -> Option<Self> {
        let text = exporter.first(EVIDENCE_FORMAT, None)? + &json_line(said)?;
        Some(Self { exporter, text })
    }

    /// The next line is the one after this one.
    pub(crate) fn begin_run(&mut self, after: &Head) {
        let (number, link) = (after.number, hex::encode(after.link()));
        self.text += &format!("{{\"run_after\":{number},\"link\":\"{link}\"}}\n");
    }

    /// Adds a line. `is_about_it`: with its details.
    pub(crate) fn add(&mut self, line: &Line, is_about_it: bool) -> Option<()> {
        self.text += &self.exporter.line(line, is_about_it)?;
        Some(())
    }

    /// The file, signed. `head`: the journal's end.
    pub(crate) fn finish(self, head: &Head) -> Option<String> {
        let Self { exporter, text } = self;
        let message = signed_message(exporter.wallet_id(), head, &sha256(&[text.as_bytes()]));
        Some(text + &exporter.last(head, &message)?)
    }
}

/// The message that the signature covers: `walletlock v1 dispute`, the wallet id (16 bytes), number (8, big-endian) and
/// link (32) of the journal's last line, SHA-256 of everything in the file before its last line.
fn signed_message(wallet_id: &[u8; 16], head: &Head, content: &[u8; 32]) -> Vec<u8> {
    [b"walletlock v1 dispute".as_slice(), wallet_id, &head.number.to_be_bytes(), head.link(), content].concat()
}
