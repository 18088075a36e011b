//! The place of a wallet's file, as the aliases of its keys name it.

use std::path::{Component, Path};

use crate::crypto::sha256;
use crate::hex;

/// A hash of the file's path below the app's data folder. It shows which keys belong to a file that is gone, and two
/// files in two folders do not share it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place([u8; PLACE_BYTES]);

const PLACE_BYTES: usize = 8;
/// The length of what [`Place::to_bytes`] returns.
pub(crate) const STORED_PLACE_BYTES: usize = 1 + PLACE_BYTES;

impl Place {
    /// The place of the file at `path`.
    pub(crate) fn of(path: &Path) -> Self {
        // The folder's path with links resolved, if the system can resolve it now; otherwise the absolute path as
        // given.
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let folder = folder.canonicalize().or_else(|_| std::path::absolute(folder)).unwrap_or_else(|_| folder.into());
        let path = folder.join(path.file_name().unwrap_or_default());
        let hash = sha256(&[b"walletlock v2 place", below_data_folder(&path).as_os_str().as_encoded_bytes()]);
        let mut place = [0; PLACE_BYTES];
        place.iter_mut().zip(hash).for_each(|(to, from)| *to = from);
        Self(place)
    }

    /// The text in an alias.
    pub(crate) fn name(self) -> String {
        hex::encode(&self.0)
    }

    /// The bytes in a row: one byte that says whether there is a place, then the place.
    pub(crate) fn to_bytes(place: Option<Self>) -> [u8; STORED_PLACE_BYTES] {
        let mut bytes = [0; STORED_PLACE_BYTES];
        if let Some(Self(place)) = place {
            bytes.iter_mut().zip([1].into_iter().chain(place)).for_each(|(to, from)| *to = from);
        }
        bytes
    }

    /// Reads what [`Self::to_bytes`] wrote. `None`: `to_bytes` did not write these bytes.
    pub(crate) fn from_bytes(bytes: [u8; STORED_PLACE_BYTES]) -> Option<Option<Self>> {
        let [is_there, place @ ..] = bytes;
        match is_there {
            0 if place == [0; PLACE_BYTES] => Some(None),
            1 => Some(Some(Self(place))),
            _ => None,
        }
    }
}

#[cfg(test)]
impl Place {
    /// The place of `/data/data/com.example/wallet.db`, as bytes: Windows, where the tests run too, has no such path.
    pub(crate) const OF_TESTS: Self = Self([0x45, 0xce, 0x41, 0x1c, 0x38, 0xda, 0x29, 0xde]);
}

/// The path below the data folder that Android gave the app. That folder differs between the phone's users, and changes
/// with a move to another storage volume and with a restored backup; the path below it stays the same.
///
/// The folders of credential-protected storage: `/data/data/APP`, `/data/user/USER/APP`,
/// `/mnt/expand/VOLUME/user/USER/APP` (AOSP, `Environment.java`, `getDataUserCePackageDirectory`). A file elsewhere
/// keeps its whole path, also one in device-protected storage (`user_de`).
fn below_data_folder(path: &Path) -> &Path {
    let names: Vec<_> = path
        .components()
        .filter_map(|part| if let Component::Normal(name) = part { name.to_str() } else { None })
        .collect();
    let depth = match names.as_slice() {
        ["data", "data", _, ..] => 3,
        ["data", "user", _, _, ..] => 4,
        ["mnt", "expand", _, "user", _, _, ..] => 6,
        _ => return path,
    };
    // One component more than `depth`: the root.
    let mut parts = path.components();
    (0..=depth).for_each(|_| {
        parts.next();
    });
    parts.as_path()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn below(path: &str) -> &str {
        below_data_folder(Path::new(path)).to_str().expect("text")
    }

    #[test]
    fn the_apps_data_folder_is_no_part_of_it() {
        for path in [
            "/data/data/com.example/files/wallet.db",
            "/data/user/0/com.example/files/wallet.db",
            "/data/user/10/com.example/files/wallet.db",
            "/mnt/expand/57f8f4bc-abf4-655f-bf67-946fc0f9f25b/user/0/com.example/files/wallet.db",
        ] {
            assert_eq!(below(path), "files/wallet.db", "{path}");
        }
        for path in ["/data/user_de/0/com.example/wallet.db", "/mnt/data/data/x/wallet.db", "/data/wallet.db"] {
            assert_eq!(below(path), path, "the path is kept whole");
        }
    }

    #[test]
    fn two_folders_are_two_places_and_one_folder_by_two_names_is_one() {
        let folder = tempfile::tempdir().expect("a folder");
        let (a, b) = (folder.path().join("a"), folder.path().join("b"));
        std::fs::create_dir(&a).expect("made");
        std::fs::create_dir(&b).expect("made");
        let place = |folder: &Path| Place::of(&folder.join("wallet.db"));
        assert_ne!(place(&a), place(&b));
        assert_ne!(place(&a), Place::of(&a.join("other.db")));
        assert_eq!(place(&a), place(&b.join("../a")));
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink(&a, folder.path().join("c")).expect("linked");
            assert_eq!(place(&a), place(&folder.path().join("c")));
        }
    }

    #[test]
    fn what_it_stores_it_reads() {
        let place = Some(Place::of(Path::new("/data/data/com.example/wallet.db")));
        for place in [place, None] {
            assert_eq!(Place::from_bytes(Place::to_bytes(place)), Some(place));
        }
        assert_eq!(Place::from_bytes([2, 0, 0, 0, 0, 0, 0, 0, 0]), None);
        assert_eq!(Place::from_bytes([0, 0, 0, 0, 0, 0, 0, 0, 1]), None);
    }

    /// The aliases of wallets on phones begin with the place. Not on Windows, where such a path means another file.
    #[cfg(unix)]
    #[test]
    fn it_is_frozen() {
        assert_eq!(Place::of(Path::new("/data/data/com.example/wallet.db")), Place::OF_TESTS);
        // Computed apart from this code: SHA-256 of "walletlock v2 placefiles/wallet.db".
        assert_eq!(Place::of(Path::new("/data/data/com.example/files/wallet.db")).name(), "498d05654a2a4966");
    }
}
