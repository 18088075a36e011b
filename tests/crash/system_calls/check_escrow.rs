//! Checks that the provider opens a wallet with escrow.

use std::sync::Arc;

use walletlock_core::{PinOutcome, WalletLock};

use crate::check::{Violation, equal, keep_wallets};
use crate::phone::{Home, entry};
use crate::scenario::{CHECKED, CHECKED_PIN, PIN};
use crate::world::{World, Worlds};
use crate::{backend, desk, paper};

/// The provider opens a wallet whose record is gone, and the PIN does not.
pub(crate) fn rescue(home: &Home, lock: &Arc<WalletLock>, possible: &mut Worlds) -> Result<(), Violation> {
    match lock.verify_pin(&entry(PIN)) {
        PinOutcome::Locked(_) => {}
        other => return Err(format!("damaged, and yet {other:?}")),
    }
    let opened = desk::ask(home, lock, desk::BY_PERSON).and_then(|granted| desk::open(&granted));
    let session = opened.and_then(|rescue| paper::finish(home, &rescue, CHECKED, CHECKED_PIN));
    drop(session.map_err(|why| format!("not recovered by escrow: {why}"))?);
    let rescued = possible.iter().filter_map(World::wallet).map(|wallet| wallet.rescued(CHECKED, CHECKED_PIN));
    *possible = rescued.map(World::Enrolled).collect();
    Ok(())
}

/// Once the provider knows the slot, it opens the wallet.
pub(crate) fn keep(home: &Home, lock: &WalletLock, possible: &mut Worlds) -> Result<(), Violation> {
    let is_deposited = desk::is_deposited(home, lock)?;
    keep_wallets(possible, "escrow", &is_deposited, |wallet| {
        wallet.escrow.then_some(wallet.is_deposited) == is_deposited
    })?;
    let Some(is_deposited) = is_deposited else {
        return equal("escrow", &desk::ask(home, lock, desk::BY_PERSON).err().as_deref(), &Some("NotSetUp"));
    };
    if !is_deposited {
        equal("the new slot", &desk::ask(home, lock, desk::BY_PERSON).err().as_deref(), &Some("not deposited"))?;
        equal("registered", &backend::register(home, lock).as_str(), &"Registered")?;
        equal("a deposit", &desk::deposit(home, lock).as_str(), &"deposited")?;
    }
    desk::ask(home, lock, desk::BY_PERSON).and_then(|granted| desk::open(&granted)).map(drop)
}
