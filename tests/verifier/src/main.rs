//! `walletlock-verifier EXPORT [KEY]` checks an exported journal. Exit code: 0 if it is as it was written, 1 if not, 2
//! for a wrong call.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command-line tool")]

use std::fs::File;
use std::io::BufReader;
use std::process::ExitCode;

use walletlock_verifier::verify;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (path, key) = match arguments.as_slice() {
        [path] => (path, None),
        [path, key] => (path, Some(key.as_str())),
        _ => {
            eprintln!(
                "usage: walletlock-verifier EXPORT [KEY]\nKEY: the Ed25519 key that must have signed it, in hexadecimal"
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
            println!("{} lines, none removed, changed, moved or added", report.lines);
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
