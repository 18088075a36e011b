//! Fetches Java programs that only builds and tests run; none of them ships. Maven downloads them, and their digests
//! must be the known ones.

use std::collections::BTreeSet;
use std::fs;

use anyhow::{Context, Result, bail};
use camino::{Utf8Path, Utf8PathBuf};
use sha2::{Digest, Sha256};

use crate::kotlin::remove_folder;
use crate::places::Places;
use crate::{jar, maven, process};

/// Fetches the artifacts that `android/apk/<name>.xml` lists, unless an earlier call has. Returns their folder. Fails
/// unless its files are those of `android/apk/<name>.sha256`.
pub(crate) fn fetch(places: &Places, name: &str) -> Result<Utf8PathBuf> {
    let folder = places.apk_build().join("fetched").join(name);
    let stamp = folder.join("stamp");
    let list = places.apk().join(format!("{name}.xml"));
    let wanted = fs::read_to_string(&list)? + &fs::read_to_string(places.android().join("pom.xml"))?;
    let digests = places.apk().join(format!("{name}.sha256"));
    if fs::read_to_string(&stamp).is_ok_and(|fetched| fetched == wanted) {
        compare(&folder, &digests)?;
        return Ok(folder);
    }
    remove_folder(&folder)?;
    process::run_logged(
        maven::program().args([
            "--file",
            list.as_str(),
            &format!("-Dwalletlock.build={}", places.apk_build()),
            &format!("-Dwalletlock.fetched={folder}"),
            "initialize",
        ]),
        &places.log(name),
    )?;
    fs::write(stamp, wanted)?;
    compare(&folder, &digests)?;
    Ok(folder)
}

/// Fails unless the folder holds exactly the files of this list, whose lines are in the form of `sha256sum`.
fn compare(folder: &Utf8Path, list: &Utf8Path) -> Result<()> {
    let listed = fs::read_to_string(list).with_context(|| format!("could not read {list}"))?;
    let listed: BTreeSet<_> = listed.lines().map(str::to_owned).collect();
    let mut found = BTreeSet::new();
    for file in jar::entries(folder)?.into_iter().filter(|file| file != "stamp") {
        let digest = Sha256::digest(fs::read(folder.join(&file))?);
        let digest: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        found.insert(format!("{digest}  {file}"));
    }
    let others: Vec<_> = listed.symmetric_difference(&found).collect();
    if !others.is_empty() {
        bail!("{folder} does not hold what {list} lists:\n{others:#?}");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use camino::Utf8Path;

    use super::compare;

    /// SHA-256 of no bytes, and of `abc` (an example of FIPS 180-4).
    const NOTHING: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    const ABC: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    #[test]
    fn another_byte_another_file_and_a_missing_one_are_noticed() {
        let folder = tempfile::tempdir().unwrap();
        let folder = Utf8Path::from_path(folder.path()).unwrap();
        let (files, list) = (folder.join("files"), folder.join("list"));
        fs::create_dir_all(files.join("in")).unwrap();
        fs::write(files.join("in/one.jar"), "abc").unwrap();
        fs::write(files.join("stamp"), "not counted").unwrap();
        fs::write(&list, format!("{ABC}  in/one.jar\n")).unwrap();
        compare(&files, &list).unwrap();
        fs::write(files.join("two.jar"), "").unwrap();
        assert!(compare(&files, &list).is_err(), "one more");
        fs::write(&list, format!("{ABC}  in/one.jar\n{NOTHING}  two.jar\n")).unwrap();
        compare(&files, &list).unwrap();
        fs::write(files.join("two.jar"), "other").unwrap();
        assert!(compare(&files, &list).is_err(), "other bytes");
        fs::remove_file(files.join("two.jar")).unwrap();
        assert!(compare(&files, &list).is_err(), "missing");
    }
}
