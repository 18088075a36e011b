//! Reads and writes zip files in the form that a phone needs: the phone maps a library into memory from within the
//! archive, so the library must begin at a page boundary.
//!
//! No tool at hand writes such files: Debian's aligns only to pages of 4 KB.

use anyhow::{Context, Result, bail};

use super::crc32;

/// The offset of a library's bytes must be a multiple of this: on newer phones a memory page has 16 KB.
pub(crate) const LIBRARY_ALIGNMENT: u16 = 16 * 1024;
/// The alignment of all other entries that are not compressed: the table of the resources is mapped into memory too.
const ALIGNMENT: u16 = 4;

/// The id of the extra field that pads an entry, and tells tools that rewrite the archive which alignment the entry
/// needs (APK Signature Scheme, apksig).
const ALIGNS: u16 = 0xd935;

const LOCAL_HEADER: u32 = 0x0403_4b50;
const LOCAL_HEADER_BYTES: usize = 30;
const CENTRAL_HEADER: u32 = 0x0201_4b50;
const END: u32 = 0x0605_4b50;
const END_BYTES: usize = 22;
/// The version of the zip format that is needed to read the archive: 2.0.
const VERSION: u16 = 20;
/// 1980-01-01, the earliest date of the format.
const DATE: u16 = 0x21;
const STORED: u16 = 0;
/// The table of an app's resources.
const RESOURCES: &str = "resources.arsc";

/// One file in an archive.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Entry {
    pub(crate) name: String,
    method: u16,
    crc: u32,
    bytes: u32,
    /// The bytes in the archive, which may be compressed.
    data: Vec<u8>,
    /// In the archive that the entry was read from: where `data` begins, and the extra field before it.
    pub(crate) offset: usize,
    pub(crate) extra: Vec<u8>,
}

impl Entry {
    /// Makes an entry that is not compressed.
    pub(crate) fn stored(name: &str, data: Vec<u8>) -> Result<Self> {
        let bytes = u32::try_from(data.len()).with_context(|| format!("{name} is too large"))?;
        Ok(Self { name: name.to_owned(), method: STORED, crc: crc32::of(&data), bytes, data, offset: 0, extra: vec![] })
    }

    /// The file's contents, if the entry is not compressed.
    pub(crate) fn content(&self) -> Option<&[u8]> {
        (self.method == STORED).then_some(self.data.as_slice())
    }

    pub(crate) fn is_library(&self) -> bool {
        self.name.starts_with("lib/") && self.name.ends_with(".so")
    }

    /// The alignment that the entry needs. `None` if it is compressed.
    fn alignment(&self) -> Option<u16> {
        let alignment = if self.is_library() { LIBRARY_ALIGNMENT } else { ALIGNMENT };
        (self.method == STORED).then_some(alignment)
    }
}

/// The extra field that aligns the bytes after it, if the field begins at `offset`: id, length, the alignment, and
/// zeros.
pub(crate) fn padding(offset: usize, alignment: u16) -> Result<Vec<u8>> {
    let begin = offset + 6;
    let zeros = begin.next_multiple_of(usize::from(alignment)) - begin;
    let mut field = Vec::new();
    for number in [ALIGNS, u16::try_from(2 + zeros)?, alignment] {
        field.extend(number.to_le_bytes());
    }
    field.resize(6 + zeros, 0);
    Ok(field)
}

/// Writes an archive with these entries, in this order.
pub(crate) fn write(entries: &[Entry]) -> Result<Vec<u8>> {
    let mut archive = Vec::new();
    let mut directory = Vec::new();
    for entry in entries {
        let begin = u32::try_from(archive.len())?;
        let name = u16::try_from(entry.name.len())?;
        let extra = match entry.alignment() {
            Some(alignment) => padding(archive.len() + LOCAL_HEADER_BYTES + entry.name.len(), alignment)?,
            None => Vec::new(),
        };
        // Version needed, flags, method, time, date: the same in both headers.
        let mut described = Vec::new();
        for number in [VERSION, 0, entry.method, 0, DATE] {
            described.extend(number.to_le_bytes());
        }
        for number in [entry.crc, u32::try_from(entry.data.len())?, entry.bytes] {
            described.extend(number.to_le_bytes());
        }
        described.extend(name.to_le_bytes());

        archive.extend(LOCAL_HEADER.to_le_bytes());
        archive.extend(&described);
        archive.extend(u16::try_from(extra.len())?.to_le_bytes());
        archive.extend(entry.name.bytes());
        archive.extend(extra);
        archive.extend(&entry.data);

        directory.extend(CENTRAL_HEADER.to_le_bytes());
        directory.extend(VERSION.to_le_bytes());
        directory.extend(&described);
        // No extra field, comment, disk number, internal or external attributes.
        directory.extend([0; 12]);
        directory.extend(begin.to_le_bytes());
        directory.extend(entry.name.bytes());
    }
    let begin = u32::try_from(archive.len())?;
    let count = u16::try_from(entries.len())?;
    archive.extend(&directory);
    archive.extend(END.to_le_bytes());
    archive.extend([0; 4]);
    archive.extend(count.to_le_bytes());
    archive.extend(count.to_le_bytes());
    archive.extend(u32::try_from(directory.len())?.to_le_bytes());
    archive.extend(begin.to_le_bytes());
    archive.extend([0; 2]);
    Ok(archive)
}

/// Reads all files of an archive, in the order of its directory. Fails if the archive has a comment.
pub(crate) fn read(archive: &[u8]) -> Result<Vec<Entry>> {
    let end = archive.len().checked_sub(END_BYTES).context("too short for a zip file")?;
    if number(archive, end)? != END {
        bail!("no zip file, or one with a comment");
    }
    let mut at = number(archive, end + 16)? as usize;
    let mut entries = Vec::new();
    for _ in 0..short(archive, end + 10)? {
        if number(archive, at)? != CENTRAL_HEADER {
            bail!("its directory is damaged at {at}");
        }
        let [name, extra, comment] =
            [short(archive, at + 28)?, short(archive, at + 30)?, short(archive, at + 32)?].map(usize::from);
        let packed = number(archive, at + 20)? as usize;
        let local = number(archive, at + 42)? as usize;
        let before = local + LOCAL_HEADER_BYTES + usize::from(short(archive, local + 26)?);
        let offset = before + usize::from(short(archive, local + 28)?);
        let read = Entry {
            name: String::from_utf8(slice(archive, at + 46, name)?.to_vec())?,
            method: short(archive, at + 10)?,
            crc: number(archive, at + 16)?,
            bytes: number(archive, at + 24)?,
            data: slice(archive, offset, packed)?.to_vec(),
            offset,
            extra: slice(archive, before, offset - before)?.to_vec(),
        };
        if read.content().is_some_and(|content| crc32::of(content) != read.crc) {
            bail!("{} is damaged", read.name);
        }
        // An entry whose name ends with '/' is a folder.
        if !read.name.ends_with('/') {
            entries.push(read);
        }
        at += 46 + name + extra + comment;
    }
    Ok(entries)
}

/// What is wrong with the place of an entry that a phone maps into memory, or `None`.
pub(crate) fn misplaced(entry: &Entry) -> Option<String> {
    let Some(alignment) = entry.alignment() else {
        // Android 11 and newer refuse an app whose table of resources is compressed.
        let must_not_be = entry.is_library() || entry.name == RESOURCES;
        return must_not_be.then(|| format!("{} is compressed", entry.name));
    };
    let is_told = padding(entry.offset - entry.extra.len(), alignment).is_ok_and(|field| field == entry.extra);
    let is_aligned = entry.offset.is_multiple_of(usize::from(alignment));
    // Only a library needs the extra field. Other entries may be aligned in another way.
    let is_right = is_aligned && (is_told || !entry.is_library());
    (!is_right).then(|| format!("{} begins at {}, behind {:02x?}…", entry.name, entry.offset, entry.extra.get(..6)))
}

fn slice(bytes: &[u8], at: usize, count: usize) -> Result<&[u8]> {
    bytes.get(at..at + count).with_context(|| format!("a zip file that ends before {at} + {count}"))
}

fn short(bytes: &[u8], at: usize) -> Result<u16> {
    Ok(u16::from_le_bytes(slice(bytes, at, 2)?.try_into()?))
}

fn number(bytes: &[u8], at: usize) -> Result<u32> {
    Ok(u32::from_le_bytes(slice(bytes, at, 4)?.try_into()?))
}

#[cfg(test)]
mod tests {
    use super::{Entry, misplaced, padding, read, write};

    fn archive() -> Vec<u8> {
        let names = ["AndroidManifest.xml", "lib/arm64-v8a/libone.so", "lib/x86_64/libtwo.so", "resources.arsc", "a"];
        let entries: Vec<_> =
            names.iter().map(|name| Entry::stored(name, name.repeat(7).into_bytes()).unwrap()).collect();
        write(&entries).unwrap()
    }

    #[test]
    fn the_field_says_its_length_and_the_alignment_and_ends_at_a_multiple() {
        assert_eq!(padding(0, 4).unwrap(), [0x35, 0xd9, 4, 0, 4, 0, 0, 0]);
        assert_eq!(padding(16378, 16384).unwrap(), [0x35, 0xd9, 2, 0, 0x00, 0x40]);
        let longest = padding(16379, 16384).unwrap();
        assert_eq!(longest.get(..6), Some(&[0x35, 0xd9, 0x01, 0x40, 0x00, 0x40][..]), "16385 = 0x4001 bytes follow");
        assert_eq!(longest.len(), 6 + 16383);
        for offset in [0, 1, 57, 16383, 16384, 1_000_003] {
            for alignment in [4, 16384] {
                let end = offset + padding(offset, alignment).unwrap().len();
                assert_eq!(end % usize::from(alignment), 0, "{offset} to {alignment}");
            }
        }
    }

    #[test]
    fn every_library_begins_at_a_multiple_of_16_kb() {
        let entries = read(&archive()).unwrap();
        let libraries: Vec<_> = entries.iter().filter(|entry| entry.is_library()).collect();
        assert_eq!(libraries.len(), 2);
        for library in libraries {
            assert_eq!(library.offset % 16384, 0, "{}", library.name);
            assert_eq!(library.extra.get(..2), Some(&[0x35, 0xd9][..]));
            assert_eq!(library.extra.get(4..6), Some(&[0x00, 0x40][..]));
        }
        for entry in &entries {
            assert_eq!(entry.offset % 4, 0, "{}", entry.name);
            assert_eq!(misplaced(entry), None);
            assert_eq!(entry.content(), Some(entry.name.repeat(7).as_bytes()));
        }
    }

    #[test]
    fn what_was_read_is_written_the_same() {
        let archive = archive();
        assert_eq!(write(&read(&archive).unwrap()).unwrap(), archive);
    }

    #[test]
    fn a_library_elsewhere_or_without_its_field_or_compressed_is_noticed() {
        let entries = read(&archive()).unwrap();
        let good = entries.iter().find(|entry| entry.is_library()).unwrap();
        assert!(misplaced(&Entry { offset: good.offset + 4096, ..good.clone() }).is_some());
        let zeros = vec![0; good.extra.len()];
        assert!(misplaced(&Entry { extra: zeros, ..good.clone() }).is_some());
        assert!(misplaced(&Entry { method: 8, ..good.clone() }).is_some());
        let resources = entries.iter().find(|entry| entry.name == "resources.arsc").unwrap();
        assert!(misplaced(&Entry { method: 8, ..resources.clone() }).is_some());
    }

    #[test]
    fn damage_is_noticed() {
        let good = archive();
        assert!(read(&[]).is_err());
        assert!(read(good.get(..good.len() - 1).unwrap()).is_err());
        let first = read(&good).unwrap().first().unwrap().offset;
        let mut bad = good;
        *bad.get_mut(first).unwrap() ^= 1;
        assert!(read(&bad).is_err(), "its checksum is another");
    }
}
