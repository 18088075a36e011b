//! What rollback protection costs at a try. Most of its work is done while nobody waits.

use std::time::Duration;

use anyhow::Result;
use walletlock_core::policy::RollbackProtection;

use crate::pairs::paired;
use crate::report::Report;
use crate::wallet::{Keys, LEAST, Wallet};

/// The time of one keystore call: about what a phone's trusted environment takes.
const CALL: Duration = Duration::from_millis(20);
const PAIRS: usize = 25;

/// Argon2id runs at its least cost, so that only the keystore takes time here.
pub(crate) fn run(report: &mut Report) -> Result<()> {
    let enrolled = |protection| Wallet::enrolled_on(Keys::slow(CALL), LEAST, protection);
    let (mut with, mut without) = (enrolled(RollbackProtection::On)?, enrolled(RollbackProtection::Off)?);
    let figure = paired(PAIRS, || with.try_right(), || without.try_right())?;
    // The bound: three keystore calls instead of two (1.5), and 0.1 for the work around them.
    report.ratio("rotation_over_charge", &figure, 1.6);
    report.remark(
        "a right try with the next key made ahead, and one without protection; each call of the keystore takes 20 ms",
    );
    let wrong = paired(PAIRS, || with.try_wrong(), || without.try_right())?;
    // Four calls instead of two: a PIN counts as wrong only after two equal answers of the keystore.
    report.ratio("wrong_try_rotation_over_charge", &wrong, 2.1);
    report.remark("a wrong try likewise, and a right one without protection");
    let at_once = || {
        with.try_right_at_once()?;
        with.try_right_at_once()
    };
    let unprepared = paired(PAIRS, at_once, || without.try_right())?;
    report.unbounded(
        "rotation_unprepared_over_charge",
        unprepared.figure.median,
        "the second of two that follow at once: it waits for the key",
    );
    Ok(())
}
