//! U12: after a recovery the wallet says what to tidy up, until it is done or dismissed; and at any time which single
//! loss would leave no way back.

use walletlock_core::proof::ChannelKind;
use walletlock_core::recovery::{Advice, ChecklistLine, HealthLine, Loss, Task};
use walletlock_core::{PinOutcome, RecoveryChange, RequestKind, Session};

use crate::backend::Backend;
use crate::recovery_code::{NEW_PIN, recover, with_code_on};
use crate::u7_second_factor::set_up;
use crate::u8_proofs::owned;
use crate::wallet::Wallet;

fn open_tasks(session: &Session) -> Vec<Task> {
    let lines = session.access().checklist().expect("a list");
    lines.into_iter().filter(|line| !line.is_done).map(|line| line.task).collect()
}

#[test]
fn a_recovery_begins_a_list_that_ends_when_its_lines_are_done_or_dismissed() {
    let backend = Backend::new();
    let (wallet, paper) = with_code_on(Wallet::with_policy(backend.policy()));
    backend.register(&wallet);
    assert_eq!(wallet.unlock().access().checklist(), Ok(vec![]), "without a recovery there is none");
    let (session, _) = recover(&wallet, &paper);
    use Task::{Biometrics, Channels, RegisterPhone, ReviewJournal, SecondFactor, Sheet};
    assert_eq!(open_tasks(&session), [RegisterPhone, SecondFactor, Channels, ReviewJournal, Biometrics, Sheet]);
    let (_, change) = set_up(&wallet, &session);
    assert_eq!(change, RecoveryChange::InForce, "at once in the session of the recovery");
    backend.register(&wallet);
    session.access().note_done(ReviewJournal).expect("noted");
    session.access().dismiss(Biometrics).expect("noted");
    drop(session);
    let wallet = wallet.restart();
    let session = match wallet.verify(NEW_PIN) {
        PinOutcome::Right(session) => session,
        other => panic!("not opened: {other:?}"),
    };
    assert_eq!(open_tasks(&session), [Channels, Sheet], "also after a restart");
    let lines = session.access().checklist().expect("a list");
    assert!(lines.contains(&ChecklistLine { task: SecondFactor, is_done: true }), "what is done stays, ticked");
    session.access().dismiss(Channels).expect("noted");
    session.access().note_done(Sheet).expect("noted");
    assert_eq!(session.access().checklist(), Ok(vec![]), "it is over");
}

#[test]
fn which_single_loss_leaves_no_way_back() {
    let health = |session: &Session| {
        let lines = session.access().health().expect("judged");
        let bad = |line: &HealthLine| line.advice.map(|advice| (line.loss, advice));
        lines.iter().filter_map(bad).collect::<Vec<_>>()
    };
    let wallet = Wallet::enrolled("walletlock");
    let all = [Loss::Phone, Loss::Sim, Loss::MailAccount, Loss::Paper].map(|loss| (loss, Advice::MakeCode));
    assert_eq!(health(&wallet.unlock()), all, "nothing is set up");
    let owned = owned();
    assert_eq!(health(&owned.wallet.unlock()), [], "a number and a mailbox, and the provider keeps the key");
    let session = owned.wallet.unlock();
    session.access().remove_channel(owned.mail).expect("it goes");
    drop(session);
    owned.wallet.phone.clock.advance_ms(86_400_000);
    let session = owned.wallet.unlock();
    assert_eq!(health(&session), [(Loss::Phone, Advice::AddChannel), (Loss::Sim, Advice::AddChannel)]);
    assert_eq!(session.access().channels().expect("listed")[0].kind, ChannelKind::Sms);
    drop(session);
    // The provider hears what is set up and what waits.
    assert!(!owned.backend.request(&owned.wallet, RequestKind::Report).is_empty());
}
