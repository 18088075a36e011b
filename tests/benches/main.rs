//! What the lock costs. Each figure is a ratio of two things measured by turns in this one run, so that it holds on any
//! machine. A line `bench NAME FIGURE` is followed by lines that begin with `#` and explain the figure. Run it with
//! `cargo xtask bench`.
//!
//! `--check` ends with an error if a figure is above its bound. `--plot` draws `journal_size.svg` anew. Names of
//! groups run these groups only.
#![allow(clippy::print_stdout, reason = "a command-line program talks to its user")]

mod argon2id;
mod flushes;
mod jni;
mod journal;
mod opening;
mod pairs;
mod payments;
mod plot;
mod report;
mod rotation;
mod search;
mod sodium;
mod tries;
mod wallet;

use anyhow::{Result, bail};

use report::Report;

const GROUPS: [&str; 8] = ["argon2id", "tries", "rotation", "payments", "opening", "journal", "search", "jni"];

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1).peekable();
    if let Some(what) = arguments.next_if(|argument| opening::CHILD.contains(&argument.as_str())) {
        return opening::child(&what, arguments);
    }
    let (mut check, mut plot, mut groups) = (false, false, Vec::new());
    for argument in arguments {
        match argument.as_str() {
            "--check" => check = true,
            "--plot" => plot = true,
            group if GROUPS.contains(&group) => groups.push(group.to_owned()),
            _ => bail!("not known: {argument}; there are --check, --plot, {}", GROUPS.join(", ")),
        }
    }
    let wanted = |group: &str| groups.is_empty() || groups.iter().any(|wanted| wanted == group);
    let mut report = Report::default();
    if wanted("argon2id") {
        argon2id::run(&mut report)?;
    }
    if wanted("tries") {
        tries::run(&mut report)?;
    }
    if wanted("rotation") {
        rotation::run(&mut report)?;
    }
    if wanted("payments") {
        payments::run(&mut report)?;
    }
    if wanted("opening") {
        opening::run(&mut report)?;
    }
    if wanted("journal") {
        let series = journal::run(&mut report)?;
        if plot {
            plot::draw(&series)?;
        }
    }
    if wanted("search") {
        search::run(&mut report)?;
    }
    if wanted("jni") {
        jni::run(&mut report)?;
    }
    report.finish(check)
}
