//! The control of the net: `strace` sees every system call of a process, whoever makes it. Each call that concerns the
//! wallet's folder must either be known to change nothing there, or have been caught by the net.

use std::fs;
use std::process::{Command, Stdio};

use crate::life::Life;
use crate::stage::{Lived, Stage, play, program};

/// Calls that change neither what a file holds nor which files there are.
const HARMLESS: [&str; 14] = [
    "access",
    "close",
    "fchmod",
    "fchown",
    "fcntl",
    "fstat",
    "getdents64",
    "lseek",
    "lstat",
    "newfstatat",
    "pread64",
    "read",
    "readlink",
    "statx",
];

/// Plays the life without a fault once alone and once under `strace`. Returns how many calls both saw, all of them
/// caught.
pub(crate) fn compare(stage: &Stage, folder: &std::path::Path) -> Result<usize, String> {
    let whole = |name: &str| Life { catches_all: true, ..stage.life(&stage.home.copy_to(folder.join(name)), 2, None) };
    let life = whole("not traced");
    let Lived { caught, .. } = play(&life)?;
    let caught: Vec<_> = caught.into_iter().map(|caught| (caught.call, caught.file)).collect();
    let life = whole("traced");
    let log = folder.join("strace.log");
    let mut strace = Command::new("strace");
    strace.args(["-f", "-y", "-qq", "-s", "0", "-o"]).arg(&log).arg(program()).args(life.arguments());
    let status = strace.stdout(Stdio::null()).status();
    let status = status.map_err(|error| format!("strace is needed (Debian: apt-get install strace): {error}"))?;
    if !status.success() {
        return Err(format!("strace: {status}"));
    }
    let seen = seen(&fs::read_to_string(&log).expect("its log"), &life.home.wallet().to_string_lossy())?;
    if seen == caught { Ok(seen.len()) } else { Err(differing(&seen, &caught)) }
}

/// The calls in the log that write, flush or truncate in the folder, by the names of the net.
fn seen(log: &str, folder: &str) -> Result<Vec<(String, String)>, String> {
    let mut seen = Vec::new();
    for line in log.lines() {
        // `41 pwrite64(4</tmp/x/wallet/wallet.db>, ""..., 24, 0) = 24`
        let call = line.split_once(' ').map_or("", |(_, call)| call.trim_start());
        let (name, rest) = call.split_once('(').unwrap_or((call, ""));
        let Some((_, after)) = rest.split_once(folder) else { continue };
        let file = after.trim_start_matches('/').split(['>', '"']).next().unwrap_or_default();
        let name = match name {
            "openat" if !rest.contains("O_CREAT") => continue,
            "openat" => "open",
            "unlinkat" => "unlink",
            "pwrite64" | "write" | "fdatasync" | "ftruncate" | "unlink" => name,
            harmless if HARMLESS.contains(&harmless) => continue,
            _ => return Err(format!("not known whether it writes: {line}")),
        };
        seen.push((name.to_owned(), file.to_owned()));
    }
    Ok(seen)
}

fn differing(seen: &[(String, String)], caught: &[(String, String)]) -> String {
    let place = seen.iter().zip(caught).take_while(|(seen, caught)| seen == caught).count();
    let (seen, caught) = (seen.get(place), caught.get(place));
    format!("call {place} below the wallet's folder: strace saw {seen:?}, the net caught {caught:?}")
}
