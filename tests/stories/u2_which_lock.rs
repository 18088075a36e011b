//! U2: the wallet says which lock stands, who locked it, and what can be done now.

use walletlock_core::policy::{Contact, Policy};
use walletlock_core::{LockReason, LockStatus, PinOutcome, Remedy, WhoLocked};

use crate::wallet::{PIN, Wallet};

#[test]
fn each_lock_names_its_kind_and_its_remedies_first_choice_first() {
    let contacts = vec![Contact::Phone("+31 20 555 0100".to_owned()), Contact::Form("https://help.example".to_owned())];
    let policy = Policy { contacts: contacts.clone(), ..Policy::preset("ctap2").expect("a preset") };
    let wallet = Wallet::with_policy(policy);
    wallet.enrol(PIN).close();
    let contacts: Vec<_> = contacts.into_iter().map(Remedy::Contact).collect();
    let locked = |reason, first: Option<Remedy>| LockStatus::Locked {
        reason,
        by: WhoLocked::Phone,
        message: None,
        remedies: first.into_iter().chain(contacts.clone()).collect(),
    };

    for nth in 1..=2 {
        assert_eq!(wallet.guess_wrong(nth).tries_left, Some(3 - nth));
    }
    let until_restart = locked(LockReason::UntilRestart, Some(Remedy::Restart));
    assert!(matches!(wallet.guess(3), PinOutcome::Locked(status) if status == until_restart));
    wallet.phone.clock.advance_ms(86_400_000);
    let wallet = wallet.restart();
    assert_eq!(wallet.status(), until_restart, "neither time nor closing the app is a restart of the phone");
    wallet.phone.clock.change(|now| now.boot = None);
    assert_eq!(wallet.status(), until_restart, "an unreadable boot count proves no restart");
    wallet.phone.clock.change(|now| now.boot = Some(2));
    assert_eq!(wallet.status(), LockStatus::Ready { tries_left: Some(3) });

    wallet.guess_all_wrong(4..=5);
    assert!(matches!(wallet.guess(6), PinOutcome::Locked(_)));
    wallet.phone.clock.reboot();
    assert_eq!(wallet.guess_wrong(7).tries_left, Some(1));
    assert!(
        matches!(wallet.guess(8), PinOutcome::Locked(status) if status == locked(LockReason::TooManyAttempts, None))
    );
    wallet.phone.clock.reboot();
    assert_eq!(wallet.status(), locked(LockReason::TooManyAttempts, None));

    wallet.phone.device_key.lose_all();
    let wallet = wallet.restart();
    assert_eq!(wallet.status(), locked(LockReason::DataDamaged, Some(Remedy::CheckAgain)));
}

#[test]
fn a_cooldown_offers_waiting_first() {
    let policy = Policy { contacts: vec![Contact::Police("110".to_owned())], ..Policy::default() };
    let wallet = Wallet::with_policy(policy);
    wallet.enrol(PIN).close();
    wallet.guess_all_wrong(1..=5);
    let remedies = vec![Remedy::Wait(30_000), Remedy::Contact(Contact::Police("110".to_owned()))];
    assert_eq!(wallet.status(), LockStatus::CoolingDown { remaining_ms: 30_000, tries_left: Some(11), remedies });
}
