//! Tests of getting back in by proofs: tables, and random histories against what their own log allows.

use super::*;
use crate::platform::testing::TestRng;

const HOUR_MS: u64 = 3_600_000;
const WAIT_MS: u64 = 72 * HOUR_MS;

fn at(boot: u32, since_boot_ms: u64) -> Now {
    Now { boot: Some(boot), since_boot_ms, wall_ms: 0 }
}

fn proof(method: ProofMethod, number: u8) -> Proof {
    Proof::new(method, true, [number; 16])
}

fn told(proof: Proof, now: Now) -> RecoveryEvent {
    RecoveryEvent::Proven { proof, wait_ms: WAIT_MS, now }
}

fn proven(proofs: &[Proof], now: Now) -> Proofs {
    proofs.iter().fold(Proofs::default(), |state, proof| state.after(told(*proof, now)).0)
}

use ProofMethod::{Authenticator, Code, Device, Link, Mail, Person, Sms};

#[test]
fn which_proofs_are_enough() {
    let after = Enough::After { left_ms: WAIT_MS };
    for (methods, enough) in [
        (&[][..], Enough::TwoMore),
        (&[Sms], Enough::OneMore),
        (&[Person], Enough::OneMore),
        (&[Mail, Link], Enough::OneMore),
        (&[Sms, Mail], after),
        (&[Sms, Mail, Link, Authenticator], after),
        (&[Authenticator, Link], after),
        (&[Sms, Person], Enough::Now),
        (&[Device, Mail], Enough::Now),
        (&[Device, Person], Enough::Now),
        (&[Sms, Mail, Person], Enough::Now),
    ] {
        let proofs: Vec<_> = (1..).zip(methods).map(|(number, method)| proof(*method, number)).collect();
        let state = proven(&proofs, at(1, 0));
        assert_eq!(state.enough(&[], WAIT_MS, at(1, 0)), enough, "{methods:?}");
        let later = at(1, WAIT_MS);
        let waited = state.enough(&[], WAIT_MS, later);
        assert_eq!(waited, if enough == after { Enough::Now } else { enough }, "{methods:?} after the wait");
    }
}

/// The provider may have verified something that this phone was never told of.
#[test]
fn what_the_provider_verified_counts_together_with_what_the_phone_knows() {
    let state = proven(&[proof(Sms, 1)], at(1, 0));
    assert_eq!(state.enough(&[proof(Person, 2)], WAIT_MS, at(1, 0)), Enough::Now);
    assert_eq!(state.enough(&[proof(Sms, 3)], WAIT_MS, at(1, 0)), Enough::OneMore);
    let later = at(1, 2 * WAIT_MS);
    let never_waited = Enough::After { left_ms: WAIT_MS };
    assert_eq!(state.enough(&[proof(Mail, 2)], WAIT_MS, later), never_waited, "no wait has begun for these two");
    assert_eq!(Proofs::default().enough(&[proof(Person, 1)], WAIT_MS, later), Enough::OneMore);
}

#[test]
fn the_wait_begins_once_and_goes_on_after_a_restart() {
    let first = proven(&[proof(Sms, 1)], at(1, 0));
    let (mut state, step) = first.after(told(proof(Mail, 2), at(1, HOUR_MS)));
    assert_eq!(step, RecoveryStep::WaitBegan);
    let (again, step) = state.after(told(proof(Authenticator, 3), at(1, 2 * HOUR_MS)));
    assert_eq!((step, again.wait_left_ms(at(1, 2 * HOUR_MS))), (RecoveryStep::Noted, Some(71 * HOUR_MS)));
    let (same, step) = state.after(told(proof(Mail, 2), at(1, 2 * HOUR_MS)));
    assert_eq!((same, step), (state.clone(), RecoveryStep::None), "the same answer again");
    assert!(state.save_wait(at(1, 11 * HOUR_MS), 60_000));
    assert!(!state.save_wait(at(1, 11 * HOUR_MS + 59_999), 60_000));
    assert_eq!(state.enough(&[], WAIT_MS, at(2, 0)), Enough::After { left_ms: 62 * HOUR_MS });
    assert!(state.save_wait(at(2, 0), 60_000), "a restart is saved at once");
    assert_eq!(state.enough(&[], WAIT_MS, at(2, 62 * HOUR_MS)), Enough::Now);
}

#[test]
fn a_place_elsewhere_is_not_lost_when_the_method_is_proven_again_on_the_phone() {
    let state = proven(&[proof(Person, 1), Proof::new(Person, false, [2; 16]), proof(Sms, 3)], at(1, 0));
    assert_eq!(state.enough(&[], WAIT_MS, at(1, 0)), Enough::Now);
}

#[test]
fn equals_cancel_twice_and_then_somebody_has_to_prove_more() {
    let mut state = Proofs::default();
    for round in 0..2 {
        for (number, method) in [(1, Sms), (2, Mail)] {
            state = state.after(told(proof(method, 2 * round + number), at(1, 0))).0;
        }
        let (next, step) = state.after(RecoveryEvent::Cancelled(Rank::OnPhone));
        assert_eq!(step, RecoveryStep::Voided { waited: true }, "round {round}");
        state = next;
    }
    state = [(7, Sms), (8, Mail)]
        .into_iter()
        .fold(state, |state, (number, method)| state.after(told(proof(method, number), at(1, 0))).0);
    assert!(!state.may_cancel(Rank::OnPhone));
    let (same, step) = state.after(RecoveryEvent::Cancelled(Rank::OnPhone));
    assert_eq!((&same, step), (&state, RecoveryStep::NeedsHigherRank));
    for rank in [Rank::Elsewhere, Rank::Code] {
        assert!(state.may_cancel(rank));
        let (_, step) = state.after(RecoveryEvent::Cancelled(rank));
        assert_eq!(step, RecoveryStep::Voided { waited: true }, "{rank:?}");
    }
    let (after_lock, _) = state.after(RecoveryEvent::LockSet);
    assert_eq!(after_lock.cancelled_by_equals, 2, "a lock gives nobody new cancellations");
    let (after_pin, step) = state.after(RecoveryEvent::PinRight);
    assert_eq!((after_pin, step), (Proofs::default(), RecoveryStep::Voided { waited: true }));
}

#[test]
fn who_proves_less_cancels_nothing() {
    let state = proven(&[proof(Person, 1), proof(Sms, 2)], at(1, 0));
    for (rank, may) in [(Rank::OnPhone, false), (Rank::Elsewhere, true), (Rank::Code, true)] {
        assert_eq!(state.may_cancel(rank), may, "{rank:?}");
        let (next, _) = state.after(RecoveryEvent::Cancelled(rank));
        assert_eq!(next.given().is_empty(), may, "{rank:?}");
    }
    assert!(!Proofs::default().may_cancel(Rank::Code), "there is nothing to cancel");
    let code = proven(&[proof(Code, 1)], at(1, 0));
    assert!(!code.may_cancel(Rank::Elsewhere) && code.may_cancel(Rank::Code));
}

#[test]
fn a_record_could_hold_every_state_and_nothing_else() {
    let state = proven(&[proof(Sms, 1), proof(Person, 2)], at(1, 5));
    assert!(state.is_in_range());
    let json = serde_json::to_string(&state).expect("JSON");
    assert_eq!(serde_json::from_str::<Proofs>(&json).expect("a state"), state);
    assert!(!Proofs { cancelled_by_equals: 3, ..state.clone() }.is_in_range());
    assert!(!Proofs { given: vec![proof(Sms, 1); 9], ..state }.is_in_range());
}

/// A phone with a wall clock that anybody sets, and a boot count that somebody with adb can raise.
struct Phone {
    now: Now,
    /// For how long the phone was on in all. Nobody can change it.
    on_ms: u64,
}

impl Phone {
    fn pass(&mut self, ms: u64) {
        self.now.since_boot_ms += ms;
        self.now.wall_ms = self.now.wall_ms.saturating_add(i64::try_from(ms).expect("a short time"));
        self.on_ms += ms;
    }

    fn restart(&mut self) {
        self.now.boot = self.now.boot.map(|boot| boot + 1);
        self.now.since_boot_ms = 0;
    }
}

/// What a history allows, told by its log alone.
#[derive(Default)]
struct Log {
    /// What was proven since the last event that voids, with the time for which the phone had been on.
    given: Vec<(Proof, u64)>,
    seen: Vec<[u8; 16]>,
    /// Two methods were proven on the phone since then, so a wait began.
    waits: bool,
    /// How often proofs of the same rank ended a wait, since the last right PIN.
    by_equals: u32,
}

impl Log {
    fn is_enough(&self, on_ms: u64) -> bool {
        let differ = |a: &Proof, b: &Proof| !a.method.is_same_as(b.method);
        let pairs = || self.given.iter().flat_map(|a| self.given.iter().map(move |b| (a, b)));
        pairs()
            .filter(|((a, _), (b, _))| differ(a, b))
            .any(|((a, a_ms), (b, b_ms))| a.is_elsewhere || b.is_elsewhere || on_ms >= a_ms.max(b_ms) + WAIT_MS)
    }

    fn prove(&mut self, proof: Proof, on_ms: u64) {
        self.given.push((proof, on_ms));
        self.seen.push(proof.challenge);
        let is_one_elsewhere = self.given.iter().any(|(given, _)| given.is_elsewhere);
        let are_two = self.given.iter().any(|(given, _)| !given.method.is_same_as(proof.method));
        self.waits |= are_two && !is_one_elsewhere;
    }

    fn void(&mut self) {
        self.given.clear();
        self.waits = false;
    }

    /// What a cancellation by somebody of this rank has to do.
    fn cancel(&mut self, rank: Rank) -> RecoveryStep {
        if self.given.is_empty() {
            return RecoveryStep::None;
        }
        let ranks = [Rank::OnPhone, Rank::Elsewhere, Rank::Code];
        let place = |rank| ranks.iter().position(|other| *other == rank).expect("one of three");
        let is_one_elsewhere = self.given.iter().any(|(given, _)| given.is_elsewhere);
        let needed = place(if is_one_elsewhere { Rank::Elsewhere } else { Rank::OnPhone });
        let is_equal = place(rank) == needed;
        if place(rank) < needed || is_equal && self.by_equals == 2 {
            return RecoveryStep::NeedsHigherRank;
        }
        let waited = self.waits;
        self.by_equals += u32::from(is_equal && waited);
        self.void();
        RecoveryStep::Voided { waited }
    }
}

/// Random orders of proofs, replays, cancellations, locks, right PINs, restarts, clocks, kills and saved waits. The
/// wallet opens only if the log of what really happened allows it; a cancellation does what the log says; and an owner
/// whom nobody cancels any more gets in.
#[test]
fn no_order_of_events_opens_without_enough_proof_or_keeps_an_owner_out() {
    let methods = [Sms, Mail, Link, Authenticator, Device, Person];
    let (mut opened, mut waited_open, mut refused_equals) = (0, 0, 0);
    for nth in 0..4_000 {
        let mut rng = TestRng::nth(20_261_130, nth);
        let mut phone = Phone { now: at(1, 0), on_ms: 0 };
        let (mut state, mut saved) = (Proofs::default(), Proofs::default());
        let mut log = Log::default();
        let mut number = 0;
        for _ in 0..60 {
            let event = match rng.below(16) {
                0..5 => {
                    number += 1;
                    Some(told(Proof::new(rng.pick(&methods), rng.one_in(2), [number; 16]), phone.now))
                }
                5 if number > 0 => {
                    let earlier = 1 + rng.below(number.into()) as u8;
                    // Only an answer of this recovery: the words refuse one that was voided (`WordError::NotAsked`).
                    log.seen
                        .contains(&[earlier; 16])
                        .then(|| {
                            let given = log.given.iter().find(|(given, _)| given.challenge == [earlier; 16]);
                            given.map(|(given, _)| told(*given, phone.now))
                        })
                        .flatten()
                }
                6 => Some(RecoveryEvent::Cancelled(rng.pick(&[Rank::OnPhone, Rank::Elsewhere, Rank::Code]))),
                7 if rng.one_in(4) => Some(RecoveryEvent::PinRight),
                8 if rng.one_in(4) => Some(RecoveryEvent::LockSet),
                9 => {
                    phone.restart();
                    None
                }
                10 => {
                    phone.now.wall_ms = rng.draw() as i64;
                    None
                }
                11 => {
                    // The process is killed: what was not written is lost.
                    state = serde_json::from_str(&serde_json::to_string(&saved).expect("JSON")).expect("a state");
                    None
                }
                12 if rng.one_in(3) => {
                    phone.now.boot = phone.now.boot.map(|boot| boot + 1);
                    None
                }
                _ => {
                    phone.pass(rng.draw() % (20 * HOUR_MS));
                    if rng.one_in(2) {
                        state.save_wait(phone.now, 60_000);
                        saved = state.clone();
                    }
                    None
                }
            };
            if let Some(event) = event {
                let (next, step) = state.after(event);
                match (event, step) {
                    (RecoveryEvent::Proven { proof, .. }, RecoveryStep::Noted | RecoveryStep::WaitBegan) => {
                        log.prove(proof, phone.on_ms);
                    }
                    (RecoveryEvent::Proven { .. }, _) => assert_eq!(next, state, "{event:?} changes nothing"),
                    (RecoveryEvent::Cancelled(rank), _) => {
                        assert_eq!(step, log.cancel(rank), "history {nth}: {rank:?} cancels {state:?}");
                        if step == RecoveryStep::NeedsHigherRank {
                            assert_eq!(next, state, "{event:?} changes nothing");
                            let is_equal = state.rank() == Some(rank);
                            refused_equals += u32::from(is_equal && rank == Rank::Elsewhere);
                        }
                    }
                    (RecoveryEvent::PinRight, _) => log = Log { seen: log.seen, ..Log::default() },
                    (RecoveryEvent::LockSet, _) => log.void(),
                }
                (state, saved) = (next.clone(), next);
            }
            assert!(state.is_in_range(), "history {nth}");
            assert!(state.wait_left_ms(phone.now).is_none_or(|left| left <= WAIT_MS), "history {nth}: the wait grew");
            if state.enough(&[], WAIT_MS, phone.now) == Enough::Now {
                opened += 1;
                waited_open += u32::from(state.given().iter().all(|given| !given.is_elsewhere));
                assert!(log.is_enough(phone.on_ms), "history {nth}: {state:?}");
            }
        }
        // Whatever happened: the owner proves two methods on the phone, uses it every day, and nobody cancels.
        for (challenge, method) in [(254, Sms), (255, Mail)] {
            state = state.after(told(proof(method, challenge), phone.now)).0;
        }
        for _ in 0..8 {
            phone.pass(10 * HOUR_MS);
            state.save_wait(phone.now, 60_000);
            phone.restart();
            // Every status saves it once a minute.
            state.save_wait(phone.now, 60_000);
        }
        assert_eq!(state.enough(&[], WAIT_MS, phone.now), Enough::Now, "history {nth}: an owner is left outside");
    }
    assert!(
        opened > 1_000 && waited_open > 100 && refused_equals > 10,
        "the histories reach what they are about: {opened}, {waited_open}, {refused_equals}"
    );
}
