//! What a payment costs beside its proof.

use std::cell::RefCell;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use walletlock_core::crypto::{Calibration, KdfMemory};
use walletlock_core::money::{Currency, Money};
use walletlock_core::policy::RollbackProtection;
use walletlock_core::request::{Payee, Payment};
use walletlock_core::{PaymentContext, PaymentOutcome};

use crate::argon2id::shown;
use crate::flushes;
use crate::journal::with_journal_of;
use crate::pairs::paired;
use crate::report::Report;
use crate::wallet::{Keys, LEAST, Wallet, entry};

/// The time of one keystore call: about what a phone's trusted environment takes.
const CALL: Duration = Duration::from_millis(20);

pub(crate) fn run(report: &mut Report) -> Result<()> {
    over_verify(report)?;
    flushes_beyond_proof(report)?;
    with_a_million_lines(report)
}

/// A wallet, and how many payments it has made.
struct Payer {
    wallet: Wallet,
    payments: u32,
    /// The flushes of all payments.
    flushes: u64,
}

impl Payer {
    /// Asks for a payment and confirms it with the PIN. Afterwards the app says that it was charged, because only eight
    /// may be open at once; that is not measured.
    fn pay(&mut self) -> Result<Duration> {
        self.wallet.type_slowly();
        self.payments += 1;
        let id = format!("order-{}", self.payments);
        let payee = Payee { name: "Bookshop".to_owned(), id: "m-1".to_owned() };
        let payment = Payment::new(&id, Money::new(100, Currency::new("EUR")?)?, payee);
        let entry = entry(crate::wallet::PIN);
        let payments = self.wallet.lock.payments();
        let (begin, flushed) = (Instant::now(), flushes::count());
        let PaymentOutcome::NeedsProof(needs) = payments.authorize(&payment, &PaymentContext::default())? else {
            bail!("no proof needed")
        };
        let outcome = payments.confirm_pin(needs.handle, &entry)?;
        let took = begin.elapsed();
        self.flushes += flushes::count() - flushed;
        let PaymentOutcome::Approved(authorisation) = outcome else { bail!("not approved: {outcome:?}") };
        ensure!(authorisation.by_phone.is_some(), "signed by the phone, too");
        payments.captured(&id, 100)?;
        Ok(took)
    }
}

fn over_verify(report: &mut Report) -> Result<()> {
    let cost = Calibration::OnThisPhone.choose(&mut KdfMemory::default()).context("a cost")?;
    // One wallet for both: two would have two memories for Argon2id, and one of them is often a hundredth faster.
    let wallet = Wallet::enrolled_on(Keys::slow(CALL), cost, RollbackProtection::On)?.registered()?;
    let payer = RefCell::new(Payer { wallet, payments: 0, flushes: 0 });
    let figure = paired(45, || payer.borrow_mut().pay(), || payer.borrow_mut().wallet.try_right())?;
    report.ratio("authorize_over_verify", &figure, 1.15);
    report.remark(&format!(
        "a payment with the PIN, and a right try; each call of the keystore takes 20 ms, Argon2id as this machine \
         chooses: {}",
        shown(&cost)
    ));
    Ok(())
}

/// Counts the calls of fdatasync and fsync until the authorisation is there.
fn flushes_beyond_proof(report: &mut Report) -> Result<()> {
    const PAYMENTS: u32 = 200;
    let mut payer = Payer { wallet: Wallet::enrolled(LEAST)?.registered()?, payments: 0, flushes: 0 };
    let mut other = Wallet::enrolled(LEAST)?.registered()?;
    let mut trying = 0;
    for _ in 0..PAYMENTS {
        payer.pay()?;
        let before = flushes::count();
        other.try_right()?;
        trying += flushes::count() - before;
    }
    let beyond = (payer.flushes as f64 - trying as f64) / f64::from(PAYMENTS);
    report.mean(
        "authorize_flushes_beyond_proof",
        beyond,
        0.4,
        &format!("mean of {PAYMENTS} payments less as many right tries"),
    );
    Ok(())
}

fn with_a_million_lines(report: &mut Report) -> Result<()> {
    let payer = |lines| {
        Ok::<_, anyhow::Error>(Payer { wallet: with_journal_of(lines)?.registered()?, payments: 0, flushes: 0 })
    };
    let (mut long, mut none) = (payer(1_000_000)?, payer(0)?);
    let figure = paired(40, || long.pay(), || none.pay())?;
    report.ratio("authorize_1m_over_0", &figure, 1.1);
    report.remark("a payment with a million journal lines and with none, each with the least Argon2id");
    Ok(())
}
