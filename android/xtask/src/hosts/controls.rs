//! Controls of the checks: for each check a bad library, made by changing bytes of a good one.

use anyhow::{Context, Result, bail};
use goblin::Object;
use goblin::mach::Mach;
use goblin::mach::load_command::CommandVariant;

use super::Host;
use super::checks::{self, CHECKS, EXPORTS, Facts, NAME, NEEDS, OLDEST, PATHS, PROCESSOR, SIGNED};
use crate::places::Places;

/// The offset of a byte in the middle of a library's code.
const CODE: usize = 100_000;

/// Fails unless each check that applies to this host refuses its bad library.
pub(super) fn every_check_can_fail(places: &Places, host: Host, functions: &[String], bytes: &[u8]) -> Result<()> {
    let found = |host: Host, bytes: &[u8]| checks::faults(places, host, functions, bytes);
    for check in CHECKS {
        let facts = Facts::of(bytes)?;
        let bad = match check {
            NEEDS => {
                let needed = facts.needed.first().context("it needs nothing")?;
                replaced(bytes, needed.as_bytes(), &"x".repeat(needed.len()).into_bytes())
            }
            OLDEST => newer(host, bytes, &facts)?,
            SIGNED if host == Host::MacArm => {
                let mut changed = bytes.to_vec();
                *changed.get_mut(CODE).context("it has no code")? ^= 1;
                refuse(found(host, &changed)?, check, host)?;
                // The load command LC_CODE_SIGNATURE with its size; LC_FUNCTION_STARTS takes its place, so there is no
                // signature.
                replaced(bytes, &[0x1d, 0, 0, 0, 0x10, 0, 0, 0], &[0x26, 0, 0, 0, 0x10, 0, 0, 0])
            }
            NAME if !facts.name.is_empty() => {
                let name = facts.name.as_bytes();
                let path = [b"/", &name[1..]].concat();
                replaced(bytes, name, &[&path[..name.len() - 2], b"/x"].concat())
            }
            PROCESSOR => {
                let others = Host::ALL.into_iter().filter(|other| *other != host);
                for other in others {
                    refuse(found(other, bytes)?, check, other)?;
                }
                continue;
            }
            EXPORTS => {
                // A Mach-O file keeps its exports in a trie, which splits a name where another one branches off:
                // JNI_OnLoad splits the names that begin with Java after their J.
                refuse(found(host, &replaced(bytes, b"ava_dev_walletlock", b"ava_dev_walletxxxx"))?, check, host)?;
                replaced(bytes, b"uniffi_contract_version", b"uniffi_contract_verxxxx")
            }
            PATHS => [bytes, places.root().as_str().as_bytes()].concat(),
            // The check does not apply to this host.
            _ => continue,
        };
        refuse(found(host, &bad)?, check, host)?;
    }
    Ok(())
}

fn refuse(faults: Vec<(&str, String)>, check: &str, host: Host) -> Result<()> {
    if faults.iter().any(|(found, _)| *found == check) {
        return Ok(());
    }
    bail!("{}: a bad library passes the check: {check}", host.name())
}

/// A library that requires a newer system.
fn newer(host: Host, bytes: &[u8], facts: &Facts) -> Result<Vec<u8>> {
    Ok(match host {
        Host::LinuxX86 | Host::LinuxArm => {
            let [major, minor] = facts.asks_for[..] else { bail!("it asks for no version: {:?}", facts.asks_for) };
            let version = format!("GLIBC_{major}.{minor}");
            let other = format!("GLIBC_{}", "9".repeat(version.len() - 6));
            replaced(bytes, version.as_bytes(), other.as_bytes())
        }
        // The load command LC_BUILD_VERSION: command, size, platform (4 bytes each), then the version, whose byte 2 is
        // the major number (Apple, `loader.h`).
        Host::MacArm | Host::MacX86 => {
            let Object::Mach(Mach::Binary(library)) = Object::parse(bytes)? else { bail!("no library for macOS") };
            let versions =
                library.load_commands.iter().find(|it| matches!(it.command, CommandVariant::BuildVersion(_)));
            let mut newer = bytes.to_vec();
            newer[versions.context("no version of the system")?.offset + 14] = 99;
            newer
        }
        // MajorSubsystemVersion: 48 bytes into the optional header. That header follows the PE signature and the COFF
        // header, which have 24 bytes together.
        Host::WindowsX86 => {
            let start = bytes.get(0x3c..0x40).and_then(|at| at.try_into().ok()).map(u32::from_le_bytes);
            let mut newer = bytes.to_vec();
            newer[start.context("no header")? as usize + 24 + 48] = 99;
            newer
        }
    })
}

/// The bytes with each `old` replaced by `new`, which has the same length.
fn replaced(bytes: &[u8], old: &[u8], new: &[u8]) -> Vec<u8> {
    let mut changed = bytes.to_vec();
    let places: Vec<_> =
        bytes.windows(old.len()).enumerate().filter(|(_, part)| *part == old).map(|(at, _)| at).collect();
    for at in places {
        changed[at..at + old.len()].copy_from_slice(new);
    }
    changed
}
