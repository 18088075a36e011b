//! The second factor, channels, and the password of the owner's account: what is printed of them, and what they leave
//! in files and in the journal.

use walletlock_core::journal::Query;
use walletlock_core::platform::Clock;
use walletlock_core::platform::testing::authenticator_code;
use walletlock_core::policy::Policy;
use walletlock_core::proof::ChannelKind;
use walletlock_core::recovery::{PasswordEntry, PasswordFault};
use walletlock_core::{CodeRequest, FactorOutcome, LockError, NewAuthenticator, ProviderRequest, RequestKind};

use super::files::bytes_of;
use super::prints::Printed;
use super::secrets::{Secret, found};
use super::{Wallet, entry, expect_refused, planted};
use crate::desk;

const NUMBER: &str = "13958351790";
const MAIL: &str = "zoe.planted@mi.example";
const SMS_CODE: &str = "736205";
const WRONG_CODE: &str = "418027";
const PASSWORD: &str = "Nine-Quiet-Larks-7";
const WEAK_PASSWORD: &str = "larks-quiet";

/// A wallet in which all of this was used. Prints what the calls return, and returns what must not be printed.
fn used(printed: &mut Printed) -> (Wallet, Vec<Secret>) {
    let wallet = Wallet::with_policy(Policy { provider: Some(desk::policy()), ..Policy::default() });
    let mut secrets = planted();
    secrets.extend([
        Secret::pin("channel's number", NUMBER),
        Secret::bytes("channel's mail address", MAIL.as_bytes()),
        Secret::pin("code by SMS", SMS_CODE),
        Secret::pin("wrong code", WRONG_CODE),
        Secret::bytes("password", PASSWORD.as_bytes()),
        Secret::bytes("weak password", WEAK_PASSWORD.as_bytes()),
    ]);
    let session = wallet.enrol();
    let access = session.access();

    let new = access.make_authenticator().expect("a secret");
    let letters: String = (0..NewAuthenticator::LETTERS).filter_map(|place| new.letter(place)).collect();
    secrets.push(Secret::bytes("authenticator's letters", letters.as_bytes()));
    secrets.push(Secret::bytes("authenticator's secret", &bytes_of_base32(&letters)));
    let shown = || authenticator_code(&letters, wallet.phone.clock.now().expect("a clock").wall_ms);
    printed.show(&new);
    for code in [WRONG_CODE.to_owned(), shown()] {
        printed.show(&access.confirm_authenticator(&new, &entry(&code)));
        secrets.push(Secret::pin("authenticator's code", &code));
    }
    printed.show(&access.set_authenticator(&new));
    wallet.phone.clock.advance_ms(60_000);
    for code in [WRONG_CODE.to_owned(), shown()] {
        printed.show(&access.prove_second_factor(&entry(&code)));
        secrets.push(Secret::pin("authenticator's code", &code));
    }
    printed.show(&access.second_factor());

    let register = wallet.lock.provider().register(&ProviderRequest::default()).expect("a request");
    let (grant, key) = desk::sign_registration(&register);
    printed.show(&wallet.lock.provider().redeem(&grant));
    let mut asked = |request: Result<CodeRequest, LockError>, printed: &mut Printed| {
        printed.show(&request);
        let Ok(CodeRequest::Asked(text)) = request else { panic!("not asked: {request:?}") };
        secrets.push(Secret::bytes("request", text.as_bytes()));
        text
    };
    let added = access.add_channel(ChannelKind::Mail, MAIL);
    printed.show(&added);
    let (sms, request) = access.add_channel(ChannelKind::Sms, NUMBER).expect("a channel");
    asked(Ok(request), printed);
    asked(access.confirm_channel(sms, Some(&entry(WRONG_CODE))), printed);
    let confirm = asked(access.confirm_channel(sms, Some(&entry(SMS_CODE))), printed);
    let (grant, said) = desk::sign_sms_proof(&confirm, &key);
    assert_eq!(said.as_deref(), Some(SMS_CODE), "the control: the code is in the request");
    printed.show(&wallet.lock.provider().redeem(&grant));
    printed.show(&access.confirm_channel(sms, Some(&entry(SMS_CODE))));
    printed.show(&access.channels());
    let report = wallet.lock.provider().request(RequestKind::Report, &ProviderRequest::default());
    assert!(report.is_ok());

    for password in [WEAK_PASSWORD, PASSWORD, PASSWORD] {
        let typed = PasswordEntry::new();
        typed.set(password.as_bytes()).expect("a text");
        printed.show(&typed);
        printed.show(&wallet.lock.recovery().judge_password(&typed));
        printed.show(&access.set_password(&typed));
    }
    printed.show(&access.checklist());
    printed.show(&access.health());
    drop(session);

    wallet.phone.clock.advance_ms(60_000);
    let recovery = wallet.lock.recovery();
    asked(recovery.send_code(sms), printed);
    let prove = asked(recovery.prove(sms, Some(&entry(SMS_CODE))), printed);
    printed.show(&wallet.lock.provider().redeem(&desk::sign_sms_proof(&prove, &key).0));
    printed.show(&recovery.prove_authenticator(&entry(WRONG_CODE)));
    assert_eq!(recovery.prove_authenticator(&entry(&shown())), Ok(FactorOutcome::Right));
    printed.show(&recovery.progress());
    asked(recovery.prove_elsewhere(Some(MAIL.to_owned())), printed);
    printed.show(&recovery.cancel_by_authenticator(&entry(WRONG_CODE)));
    (wallet, secrets)
}

/// RFC 4648, section 6: eight letters are five bytes.
fn bytes_of_base32(letters: &str) -> Vec<u8> {
    let value = |letter: u8| u64::from(if letter >= b'A' { letter - b'A' } else { letter - b'2' + 26 });
    let groups = letters.as_bytes().chunks(8);
    let bits = groups.map(|group| group.iter().fold(0, |bits, letter| bits << 5 | value(*letter)));
    bits.flat_map(|bits: u64| bits.to_be_bytes()[3..].to_vec()).collect()
}

#[test]
fn ways_back_say_nothing() {
    let mut printed = Printed::default();
    let (wallet, secrets) = used(&mut printed);
    printed.assert_tells_nothing(&secrets);
    for said in ["139****1790", "z***@mi.example", "Asked", "UsedBefore", "Right", "ChannelConfirmed", "Proven"] {
        assert!(printed.0.contains(said), "the control: {said} is printed");
    }

    let mut faults = Printed::default();
    let session = wallet.unlock();
    for address in [NUMBER.repeat(2), format!("{MAIL} {MAIL}")] {
        faults.say(&expect_refused(session.access().add_channel(ChannelKind::Sms, &address)));
        faults.say(&expect_refused(session.access().add_channel(ChannelKind::Mail, &address)));
    }
    let typed = PasswordEntry::new();
    for password in [PASSWORD.repeat(9), format!("{PASSWORD}\n")] {
        let fault: PasswordFault = typed.set(password.as_bytes()).expect_err("refused");
        faults.say(&fault);
    }
    faults.assert_tells_nothing(&secrets);
}

#[test]
fn ways_back_leave_nothing_in_files_and_in_the_journal() {
    let (wallet, secrets) = used(&mut Printed::default());
    assert_eq!(found(&secrets, &bytes_of(wallet.folder.path())), [""; 0]);
    let session = wallet.unlock();
    let export = session.journal().export(0, 200).expect("an export").text;
    let page = session.journal().page(&Query { limit: 200, ..Query::default() }).expect("a page");
    let shown = format!("{export}{page:?}");
    assert_eq!(found(&secrets, shown.as_bytes()), [""; 0], "{shown}");
    for said in ["SecondFactorTried", "CodeTyped", "PasswordSet", "authenticator on this phone"] {
        assert!(shown.contains(said), "the control: {said} is in the journal");
    }
    let Wallet { lock, folder, .. } = wallet;
    drop((session, lock));
    assert_eq!(found(&secrets, &bytes_of(folder.path())), [""; 0]);
}
