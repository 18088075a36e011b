//! `walletlock-verifier FILE [KEY]` checks an exported journal, or the evidence for a disputed payment. Exit code: 0 if it is as it was written, 1 if not, 2
//! for a wrong call.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command-line tool")]

use std::fs::File;
use std::io::BufReader;
use std::process::ExitCode;

use walletlock_verifier::{Disputed, verify};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (path, key) = match arguments.as_slice() {
        [path] => (path, None),
        [path, key] => (path, Some(key.as_str())),
        _ => {
            eprintln!(
                "usage: walletlock-verifier FILE [KEY]\nKEY: the Ed25519 key that must have signed it, in hexadecimal"
            );
            return ExitCode::from(2);
        }
    };
    let Ok(file) = File::open(path) else {
        eprintln!("{path} cannot be opened");
        return ExitCode::from(2);
    };
    match verify(BufReader::new(file), key) {
        Ok(report) => {
            if let Some(Disputed { dispute, about, shown }) = &report.dispute {
                println!("dispute {} of payment {}: {}", dispute.dispute, dispute.payment, dispute.reason);
                shown.iter().for_each(|line| println!("  shown when it was approved: {line}"));
                println!("{about} lines about it, in {} lines of the journal, none changed", report.lines);
            } else {
                println!("{} lines, none removed, changed, moved or added", report.lines);
            }
            if report.deleted > 0 {
                println!("the owner had the {} lines before them deleted", report.deleted);
            }
            if report.unreadable > 0 {
                println!("{} of them with details that the wallet itself could not open", report.unreadable);
            }
            println!("signed by {}", report.public_key);
            if key.is_none() {
                println!(
                    "Compare that key with the one the wallet's owner or provider gave you: anyone can sign with a key of their own."
                );
            }
            ExitCode::SUCCESS
        }
        Err(broken) => {
            eprintln!("refused: {broken}");
            ExitCode::FAILURE
        }
    }
}
