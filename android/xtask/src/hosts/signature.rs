//! Checks the signature in a library for macOS. It is an ad hoc one, without a certificate, as `codesign` makes it: a
//! hash of every page. Apple's `cs_blobs.h` defines the format; its numbers are big-endian.

use anyhow::{Context, Result, ensure};
use goblin::mach::MachO;
use goblin::mach::load_command::CommandVariant;
use sha2::{Digest, Sha256};

const SUPER_BLOB: u32 = 0xfade_0cc0;
const CODE_DIRECTORY: u32 = 0xfade_0c02;
const SHA_256: u8 = 2;
const HASH_BYTES: usize = 32;

/// Fails, and says why, unless the signature covers the whole library and every hash is right.
pub(super) fn check(library: &MachO<'_>, bytes: &[u8]) -> Result<()> {
    let signature = library.load_commands.iter().find_map(|command| match command.command {
        CommandVariant::CodeSignature(signature) => Some(signature),
        _ => None,
    });
    let signed = signature.context("no LC_CODE_SIGNATURE")?.dataoff as usize;
    let blob = bytes.get(signed..).context("there is none where it should be")?;
    ensure!(number(blob, 0)? == SUPER_BLOB, "it is no signature");
    let directory = (0..number(blob, 8)? as usize)
        .map(|nth| Ok(blob.get(number(blob, 16 + 8 * nth)? as usize..).unwrap_or_default()))
        .find(|part: &Result<&[u8]>| part.as_ref().is_ok_and(|part| number(part, 0).ok() == Some(CODE_DIRECTORY)))
        .context("it has no hashes")??;
    let (hashes, pages, end) =
        (number(directory, 16)? as usize, number(directory, 28)? as usize, number(directory, 32)? as usize);
    let [hash_bytes, hash_type, _, page_bits] =
        *directory.get(36..40).and_then(|part| part.first_chunk()).context("cut short")?;
    ensure!(usize::from(hash_bytes) == HASH_BYTES && hash_type == SHA_256, "its hashes are not SHA-256");
    ensure!(end == signed, "it covers {end} bytes of {signed}");
    let code = bytes.get(..end).context("it covers more than there is")?.chunks(1 << page_bits);
    ensure!(code.len() == pages, "it has {pages} hashes for {} pages", code.len());
    for (nth, page) in code.enumerate() {
        let at = hashes + HASH_BYTES * nth;
        ensure!(directory.get(at..at + HASH_BYTES) == Some(&*Sha256::digest(page)), "the hash of page {nth} is wrong");
    }
    Ok(())
}

fn number(bytes: &[u8], at: usize) -> Result<u32> {
    let number = bytes.get(at..at + 4).and_then(|part| part.first_chunk());
    Ok(u32::from_be_bytes(*number.context("cut short")?))
}
