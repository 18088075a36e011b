//! Checks the second factor, the channel, and what was proven.

use walletlock_core::events::Kind;
use walletlock_core::proof::{ChannelKind, ProofMethod};
use walletlock_core::recovery::{ChannelState, FactorKind, Task};
use walletlock_core::{Session, WalletLock, WayKind, WayState};

use crate::check::{Violation, keep_wallets};
use crate::phone::Phone;
use crate::proving;
use crate::scenario::{FIRST, SECOND, Used};
use crate::ways_back::{Back, Channel};
use crate::world::{Wallet, World, Worlds};

/// Lines about all this.
pub(crate) const NOTED: [Kind; 17] = [
    Kind::ChannelPending,
    Kind::ChannelSet,
    Kind::ChannelLeaves,
    Kind::ChannelRemoved,
    Kind::ChannelCancelled,
    Kind::CodeAsked,
    Kind::CodeTyped,
    Kind::Proven,
    Kind::RecoveryWaits,
    Kind::RecoveryCancelled,
    Kind::SecondFactorPending,
    Kind::SecondFactorCancelled,
    Kind::SecondFactorOn,
    Kind::SecondFactorOff,
    Kind::SecondFactorTried,
    Kind::SecondFactorRight,
    Kind::PasswordSet,
];

/// Compares what can be seen before the wallet is opened: what was proven, the wait, and how often a code was typed.
pub(crate) fn keep_progress(lock: &WalletLock, possible: &mut Worlds) -> Result<(), Violation> {
    let progress = lock.recovery().progress().map_err(|error| format!("no progress: {error}"))?;
    let proven = |method| progress.proven.contains(&method);
    let given = (proven(ProofMethod::Sms), proven(ProofMethod::Authenticator), progress.wait_left_ms);
    keep(possible, "proofs", &given, |back| (back.sms, back.app, back.wait_ms) == given)?;
    let state = |kind| progress.ways.iter().find(|way| way.kind == kind).map(|way| way.state);
    let has_factor = state(WayKind::Authenticator).is_some();
    keep(possible, "a second factor", &has_factor, |back| back.factor.is_some() == has_factor)?;
    let channel = state(WayKind::Channel(ChannelKind::Sms));
    // Without a registration nobody sends a code.
    keep_wallets(possible, "a channel", &channel, |Wallet { back, is_registered, .. }| match (channel, back.typed) {
        (None, _) => back.channel != Channel::InForce || !is_registered,
        (Some(_), _) if back.channel != Channel::InForce || !is_registered => false,
        (Some(WayState::Proven), _) => back.sms,
        (Some(WayState::Sent { code, .. }), Some(typed)) => code.tries_left == proving::TRIES - typed,
        (Some(WayState::Waiting { .. }), None) => back.waits_for_another,
        (Some(WayState::Available), None) => !back.waits_for_another,
        _ => false,
    })
}

/// Compares what only an open session sees. The PIN was right.
pub(crate) fn keep_settings(session: &Session, lines: u32, possible: &mut Worlds) -> Result<(), Violation> {
    // The right PIN has just voided what was proven.
    let opened = |wallet: Wallet| Wallet { back: wallet.back.voided(), ..wallet };
    *possible = possible.iter().filter_map(World::wallet).map(|wallet| World::Enrolled(opened(*wallet))).collect();
    keep(possible, "lines of ways back", &lines, |back| back.lines == lines)?;
    let info = session.access().second_factor().map_err(|error| format!("the second factor: {error}"))?;
    keep(possible, "a change of the second factor", &info.pending, |back| {
        back.pending.map(|to| to.map(|_| FactorKind::Authenticator)) == info.pending.map(|pending| pending.to)
    })?;
    let channels = session.access().channels().map_err(|error| format!("channels: {error}"))?;
    let states: Vec<_> = channels.iter().map(|channel| channel.state).collect();
    keep(possible, "channels", &states, |back| match states.as_slice() {
        [] => back.channel == Channel::None,
        [ChannelState::NotConfirmed] => back.channel == Channel::New,
        [ChannelState::Waiting { .. }] => back.channel == Channel::Waiting,
        [ChannelState::InForce { .. }] => back.channel == Channel::InForce,
        _ => false,
    })?;
    let list = session.access().checklist().map_err(|error| format!("the list: {error}"))?;
    let line = |task| list.iter().find(|line| line.task == task);
    let seen = line(Task::ReviewJournal).map(|journal| (journal.is_done, line(Task::Biometrics).is_none()));
    keep(possible, "the list", &seen, |back| back.list == seen)
}

/// Uses everything: a wrong code is counted, the right one counts unless it was used, and each password that was set is
/// known.
pub(crate) fn use_up(
    phone: &Phone,
    lock: &WalletLock,
    session: &Session,
    possible: &mut Worlds,
) -> Result<(), Violation> {
    let set = |name| proving::set_password(session, name).map_err(|error| format!("the password {name}: {error}"));
    let known = [set(FIRST)?, set(SECOND)?].iter().filter(|told| *told == "used before").count();
    keep(possible, "passwords", &known, |back| back.passwords as usize == known)?;
    let apps: Vec<_> = [FIRST, SECOND].into_iter().filter(|name| proving::has_app(phone, name)).collect();
    // The process may have ended before the app read the secret that was to be set.
    keep(possible, "apps with a secret", &apps, |back| back.factor.is_none_or(|name| apps.contains(&name)))?;
    let factors: Vec<_> = possible.iter().filter_map(World::wallet).filter_map(|wallet| wallet.back.factor).collect();
    let Some(name) = factors.first() else { return Ok(()) };
    let told = proving::try_code(phone, lock, None, name, false, Used::Recovery);
    keep(possible, "a wrong code", &told, |back| {
        let wrong = back.wrong(Used::Recovery);
        if wrong > 0 && wrong.is_multiple_of(proving::TRIES) {
            told == format!("waiting, {} ms left", proving::WAIT_AFTER_WRONG)
        } else {
            told.starts_with(&format!("wrong code, {} left", proving::TRIES - (wrong + 1) % proving::TRIES))
        }
    })?;
    if told.starts_with("waiting") || told.ends_with(&format!("{} ms", proving::WAIT_AFTER_WRONG)) {
        return Ok(());
    }
    let told: Vec<_> =
        factors.iter().map(|name| (name, proving::try_code(phone, lock, None, name, true, Used::Recovery))).collect();
    keep(possible, "the right code", &told, |back| {
        let right = told.iter().find(|(_, told)| told == "right").map(|(name, _)| **name);
        if back.is_used { right.is_none() } else { right == back.factor }
    })
}

fn keep(
    possible: &mut Worlds,
    what: &str,
    found: &impl std::fmt::Debug,
    is: impl Fn(&Back) -> bool,
) -> Result<(), Violation> {
    keep_wallets(possible, what, found, |wallet| is(&wallet.back))
}
