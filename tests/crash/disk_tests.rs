//! The disk does what its model says, and really loses things: a disk that never lost anything would prove nothing.

use std::collections::BTreeSet;

use walletlock_core::platform::testing::TestRng;

use crate::disk::{Disk, FileId, Flushes};

/// The contents of a file after each of many cuts.
fn after_cuts(disk: &Disk, name: &str) -> BTreeSet<Option<Vec<u8>>> {
    let mut chance = TestRng::new(7);
    (0..2_000).map(|_| disk.after_cut(&mut chance).content(name)).collect()
}

fn file(disk: &Disk, name: &str) -> FileId {
    disk.open(Some(name), true).expect("power").expect("made")
}

#[test]
fn what_is_flushed_stays_and_the_rest_comes_in_whole_sectors() {
    let disk = Disk::with(&[("file", &[0; 1024])]);
    let id = file(&disk, "file");
    disk.write(id, "file", 0, &[1; 1024]).expect("power");
    disk.flush(id, "file").expect("power");
    assert_eq!(after_cuts(&disk, "file"), BTreeSet::from([Some(vec![1; 1024])]));
    disk.write(id, "file", 256, &[2; 512]).expect("power");
    let halves = [[1; 256].as_slice(), &[2; 256]];
    let half = |first: usize, second: usize| [[1; 256].as_slice(), halves[first], halves[second], &[1; 256]].concat();
    let torn = [half(0, 0), half(0, 1), half(1, 0), half(1, 1)].map(Some);
    assert_eq!(after_cuts(&disk, "file"), BTreeSet::from(torn));
}

#[test]
fn a_name_lasts_once_the_directory_is_flushed() {
    let disk = Disk::new(Flushes::Honest);
    let id = file(&disk, "file");
    disk.write(id, "file", 0, &[1; 8]).expect("power");
    disk.flush(id, "file").expect("power");
    let there = Some(vec![1; 8]);
    assert_eq!(after_cuts(&disk, "file"), BTreeSet::from([None, there.clone()]));
    disk.flush_directory("file").expect("power");
    assert_eq!(after_cuts(&disk, "file"), BTreeSet::from([there.clone()]));
    assert_eq!(disk.delete("file"), Ok(true));
    assert_eq!(after_cuts(&disk, "file"), BTreeSet::from([None, there]));
}

#[test]
fn what_was_written_after_a_truncation_is_lost_with_it() {
    let disk = Disk::with(&[("file", &[1; 1024])]);
    let id = file(&disk, "file");
    disk.truncate(id, "file", 0).expect("power");
    disk.write(id, "file", 0, &[2; 512]).expect("power");
    for left in after_cuts(&disk, "file").into_iter().flatten() {
        assert!(left.len() != 1024 || left == [1; 1024], "the truncation is lost, and what came after it is there");
    }
    assert!(after_cuts(&disk, "file").contains(&Some(vec![2; 512])));
}

#[test]
fn without_power_nothing_is_read_or_written() {
    let disk = Disk::with(&[("file", b"x")]);
    let id = file(&disk, "file");
    disk.cut_after(1);
    assert!(disk.write(id, "file", 0, b"y").is_ok());
    assert!(disk.write(id, "file", 0, b"z").is_err());
    assert!(disk.is_off() && disk.read(id, 0, &mut [0]).is_err() && disk.flush(id, "file").is_err());
    assert_eq!(disk.after_kill().content("file"), Some(b"y".to_vec()));
    assert_eq!(after_cuts(&disk, "file"), BTreeSet::from([Some(b"x".to_vec()), Some(b"y".to_vec())]));
}
