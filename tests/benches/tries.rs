//! A whole try: the time around Argon2id, and the flushes that it asks of the disk.

use std::fs::File;
use std::io::{Seek, SeekFrom, Write};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use tempfile::TempDir;
use walletlock_core::crypto::{Calibration, KdfMemory};
use walletlock_core::pin::Pin;

use crate::argon2id::shown;
use crate::flushes;
use crate::pairs::{Pairs, paired, time};
use crate::report::Report;
use crate::wallet::{LEAST, Wallet, folder};

pub(crate) fn run(report: &mut Report) -> Result<()> {
    verify_over_kdf(report)?;
    flushes_per_try(report)?;
    charge_over_raw_flush(report)
}

/// Measures at the cost that a phone as fast as this machine would choose. The device key is a fake, so its time is not
/// in the figure.
fn verify_over_kdf(report: &mut Report) -> Result<()> {
    let mut memory = KdfMemory::default();
    let cost = Calibration::OnThisPhone.choose(&mut memory).context("a cost")?;
    memory.release();
    memory.prepare(&cost)?;
    let pin = Pin::parse(b"493716").context("a PIN")?;
    let mut wallet = Wallet::enrolled(cost)?;
    let figure = paired(
        15,
        || wallet.try_wrong_and_right(),
        || {
            let mut kdf = || time(|| Ok(memory.derive(pin.ascii(), &[7; 16], &cost)?));
            Ok(kdf()? + kdf()?)
        },
    )?;
    report.ratio("verify_over_kdf", &figure, 1.03);
    report.remark(&format!("a wrong and a right try, at the cost this machine chooses: {}", shown(&cost)));
    Ok(())
}

/// Counts the calls of fdatasync and fsync until the verdict is known, those of checkpoints included.
fn flushes_per_try(report: &mut Report) -> Result<()> {
    const TRIES: u32 = 400;
    let mut wallet = Wallet::enrolled(LEAST)?;
    let (mut wrong, mut right) = (0, 0);
    for _ in 0..TRIES {
        let before = flushes::count();
        wallet.try_wrong()?;
        let between = flushes::count();
        wallet.try_right()?;
        wrong += between - before;
        right += flushes::count() - between;
    }
    ensure!(wrong >= u64::from(TRIES), "a try was charged without a flush, or flushes are not counted");
    let of = format!("mean of {TRIES} tries, by turns with the other kind; fdatasync and fsync of the whole process");
    report.mean("flushes_per_wrong_try", wrong as f64 / f64::from(TRIES), 1.3, &of);
    report.mean("flushes_per_right_try", right as f64 / f64::from(TRIES), 1.3, &of);
    Ok(())
}

/// One pair is sixteen charges and sixteen bare flushes by turns, so that a checkpoint's cost is spread over the
/// charges that caused it.
fn charge_over_raw_flush(report: &mut Report) -> Result<()> {
    const TRIES: usize = 16;
    const PAIRS: usize = 25;
    let mut wallet = Wallet::enrolled(LEAST)?;
    let mut floor = RawFlush::new()?;
    let mut pairs = Pairs::default();
    for _ in 0..PAIRS {
        let (mut charge, mut raw) = (Duration::ZERO, Duration::ZERO);
        for nth in 0..TRIES {
            if nth % 2 == 0 {
                wallet.try_wrong()?
            } else {
                wallet.try_right()?
            };
            charge += wallet.last_charge();
            raw += floor.once()?;
        }
        pairs.add(charge, raw);
    }
    report.ratio("charge_over_raw_flush", &pairs.ratio(), 1.8);
    report.remark(&format!("{TRIES} charges and {TRIES} bare flushes by turns a pair, checkpoints included"));
    Ok(())
}

/// The cheapest write that outlasts a power cut: a page written into a file whose blocks are allocated already, and
/// fdatasync.
struct RawFlush {
    file: File,
    page: u64,
    _folder: TempDir,
}

impl RawFlush {
    const PAGE: usize = 4096;
    const PAGES: u64 = 64;

    fn new() -> Result<Self> {
        let folder = folder()?;
        let mut file = File::create(folder.path().join("raw"))?;
        file.write_all(&vec![0; Self::PAGE * Self::PAGES as usize])?;
        file.sync_all()?;
        Ok(Self { file, page: 0, _folder: folder })
    }

    fn once(&mut self) -> Result<Duration> {
        self.page = (self.page + 1) % Self::PAGES;
        let page = [self.page as u8; Self::PAGE];
        time(|| {
            self.file.seek(SeekFrom::Start(self.page * Self::PAGE as u64))?;
            self.file.write_all(&page)?;
            Ok(self.file.sync_data()?)
        })
    }
}
