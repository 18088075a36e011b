//! What changes of the second factor and of a channel may leave, and what proofs may.

use crate::life::{NO_GRANT, NO_REQUEST};
use crate::proving::{TRIES, WAIT_AFTER_WRONG};
use crate::scenario::{Step, Used};
use crate::world::{Rules, STORAGE_FAILED, State, WRONG_STATE, Wallet, World, durable};

/// The wait after two proofs on this phone.
pub(crate) const WAIT_MS: u64 = 72 * 3_600_000;
/// The answer of a grant of the data key before that wait is over.
pub(crate) const NOT_ENOUGH: &str = "refused: this is not proof enough";
const FACTOR_NEEDED: &str = "failed: the second factor is needed";

/// What an owner could say of the ways back in, besides the recovery code and escrow.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Back {
    /// The authenticator in force.
    pub(crate) factor: Option<&'static str>,
    /// The change of it that waits: the authenticator after it.
    pub(crate) pending: Option<Option<&'static str>>,
    /// Wrong codes of it since the last right one: typed in a session, and typed to get back in or to cancel that.
    pub(crate) wrong_in_session: u32,
    pub(crate) wrong_to_get_back: u32,
    /// The code that it shows now was accepted.
    pub(crate) is_used: bool,
    pub(crate) channel: Channel,
    /// How often the code was typed that was sent last and is not used up.
    pub(crate) typed: Option<u32>,
    /// A code was asked for to get back in, and the wait before another one runs.
    pub(crate) waits_for_another: bool,
    /// The grant for the last request was taken.
    pub(crate) is_taken: bool,
    /// Proven: a code that was sent, and a code of the authenticator.
    pub(crate) sms: bool,
    pub(crate) app: bool,
    /// What is left of the wait that runs.
    pub(crate) wait_ms: Option<u64>,
    /// How many passwords were set.
    pub(crate) passwords: u32,
    /// The list of what is to be tidied up: whether the journal was looked through, and whether biometrics were
    /// dismissed.
    pub(crate) list: Option<(bool, bool)>,
    /// Journal lines about all this.
    pub(crate) lines: u32,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Channel {
    #[default]
    None,
    New,
    Waiting,
    InForce,
}

impl Back {
    fn noted(self, lines: u32) -> Self {
        Self { lines: self.lines + lines, ..self }
    }

    fn with_nothing_proven(self) -> Self {
        Self { sms: false, app: false, wait_ms: None, ..self }
    }

    /// After a cancellation, or a right PIN.
    pub(crate) fn voided(self) -> Self {
        let was_proven = self.sms || self.app;
        self.with_nothing_proven().noted(u32::from(was_proven))
    }

    /// A lock also cancels what waits.
    pub(crate) fn voided_by_lock(self) -> Self {
        let waits = matches!(self.channel, Channel::New | Channel::Waiting);
        let cancelled = u32::from(waits) + u32::from(self.pending.is_some());
        let (channel, typed) = if waits { (Channel::None, None) } else { (self.channel, self.typed) };
        Self { channel, typed, pending: None, ..self.voided() }.noted(cancelled)
    }

    /// A recovery uses the proofs up, which is no cancellation, cancels what waits as a lock does, and begins the list.
    /// The second factor and the channel stay.
    pub(crate) fn recovered(self) -> Self {
        Self { list: Some((false, false)), ..self.with_nothing_proven().voided_by_lock() }
    }

    /// Whether a code by SMS, which the provider has seen, is enough together with what the phone knows.
    pub(crate) fn is_enough_with_sms(self) -> bool {
        self.wait_ms == Some(0)
    }

    /// The wrong codes that count for this use.
    pub(crate) fn wrong(self, used_for: Used) -> u32 {
        if used_for == Used::Session { self.wrong_in_session } else { self.wrong_to_get_back }
    }

    fn with_wrong(self, used_for: Used, wrong: u32) -> Self {
        if used_for == Used::Session {
            Self { wrong_in_session: wrong, ..self }
        } else {
            Self { wrong_to_get_back: wrong, ..self }
        }
    }

    /// A code was typed, and counts as wrong.
    fn charged(self, used_for: Used) -> Self {
        self.with_wrong(used_for, self.wrong(used_for) + 1).noted(1)
    }

    /// Something was proven. Two proofs begin the wait.
    fn proven(self, sms: bool, app: bool) -> Self {
        let begins = sms && app && self.wait_ms.is_none();
        let wait_ms = if begins { Some(WAIT_MS) } else { self.wait_ms };
        Self { sms, app, wait_ms, ..self }.noted(1 + u32::from(begins))
    }

    /// The right code of the authenticator did what it was for.
    fn accepted(self, used_for: Used) -> Self {
        let used = Self { is_used: true, ..self.with_wrong(used_for, 0) }.noted(1);
        match used_for {
            Used::Session => used,
            Used::Recovery => used.proven(used.sms, true),
            Used::Cancel => used.voided(),
        }
    }

    /// The provider said that the code was right that was sent. In a wallet that was just set up its channel counts at
    /// once.
    fn answered(self, used_for: Used, is_first: bool) -> Self {
        let channel = if self.channel == Channel::New && !is_first { Channel::Waiting } else { Channel::InForce };
        let is_set = self.channel == Channel::New;
        let answered = Self { channel, typed: None, is_taken: true, ..self }.noted(u32::from(is_set));
        match used_for {
            Used::Session => answered,
            Used::Recovery => answered.proven(true, answered.app),
            Used::Cancel => answered.voided(),
        }
    }
}

impl Rules<'_> {
    pub(crate) fn on_the_way_back(&self, state: &State, wallet: &Wallet) -> Vec<State> {
        let back = wallet.back;
        let written = |back: Back, told: &str| self.written(state, Wallet { back, ..*wallet }, told);
        // Nobody entered the PIN since the wallet was set up, and the one who set it up is there.
        let is_first = wallet.tried == 0;
        match *self.step {
            Step::SetFactor(_) | Step::RemoveFactor if self.told() == Some(FACTOR_NEEDED) && self.is_disturbed => {
                vec![state.clone()]
            }
            Step::SetFactor(name) if is_first => {
                let set = Back { factor: Some(name), pending: None, is_used: true, ..back };
                let set = Back { wrong_in_session: 0, wrong_to_get_back: 0, ..set };
                written(set.noted(1), "set")
            }
            Step::SetFactor(name) => written(Back { pending: Some(Some(name)), ..back }.noted(1), "waits"),
            Step::RemoveFactor if back.factor.is_none() => self.unchanged(state, &[WRONG_STATE, STORAGE_FAILED]),
            Step::RemoveFactor if is_first => written(Back { factor: None, ..back }.noted(1), "set"),
            Step::RemoveFactor => written(Back { pending: Some(None), ..back }.noted(1), "waits"),
            Step::CancelFactor if back.pending.is_none() => self.unchanged(state, &["nothing waits", STORAGE_FAILED]),
            Step::CancelFactor => written(Back { pending: None, ..back }.noted(1), "cancelled"),
            Step::Code { is_right, used_for } => self.code_tried(state, wallet, is_right, used_for),
            Step::AddChannel => self.channel_added(state, wallet),
            Step::SendCode => self.code_sent(state, wallet),
            Step::TypeCode { .. } if back.typed.is_none() => {
                let says = if back.channel == Channel::None { WRONG_STATE } else { "no code" };
                self.unchanged(state, &[says, STORAGE_FAILED])
            }
            Step::TypeCode { .. } => {
                let typed = back.typed.map(|typed| typed + 1);
                written(Back { typed, is_taken: false, ..back }.noted(1), "asked")
            }
            Step::TakeProof if matches!(self.told(), Some(NO_REQUEST | NO_GRANT)) => vec![state.clone()],
            Step::TakeProof => self.proof_taken(state, wallet, is_first),
            Step::SetPassword(name) => {
                let is_set = name == crate::scenario::FIRST && back.passwords > 0;
                if is_set {
                    return self.unchanged(state, &["used before", STORAGE_FAILED]);
                }
                written(Back { passwords: back.passwords + 1, ..back }.noted(1), "set")
            }
            Step::Tick => written(Back { list: back.list.map(|(_, dismissed)| (true, dismissed)), ..back }, "noted"),
            Step::Dismiss => written(Back { list: back.list.map(|(done, _)| (done, true)), ..back }, "dismissed"),
            _ => Vec::new(),
        }
    }

    /// A code of the authenticator: the charge is on the disk before anything is said about the code, and a right code
    /// is used up on the disk before that is said.
    fn code_tried(&self, state: &State, wallet: &Wallet, is_right: bool, used_for: Used) -> Vec<State> {
        let back = wallet.back;
        if back.factor.is_none() {
            return self.unchanged(state, &["not set up", STORAGE_FAILED]);
        }
        if used_for == Used::Cancel && !(back.sms || back.app) {
            return self.unchanged(state, &["not enough", STORAGE_FAILED]);
        }
        let wrong = back.wrong(used_for);
        if wrong > 0 && wrong.is_multiple_of(TRIES) {
            return self.unchanged(state, &[&format!("waiting, {WAIT_AFTER_WRONG} ms left"), STORAGE_FAILED]);
        }
        let with = |back: Back| World::Enrolled(Wallet { back, ..*wallet });
        let charged = back.charged(used_for);
        let accepted = (is_right && !back.is_used).then(|| with(charged.accepted(used_for)));
        let verdict = if accepted.is_some() {
            "right".to_owned()
        } else {
            let wrong = charged.wrong(used_for);
            let wait_ms = if wrong.is_multiple_of(TRIES) { WAIT_AFTER_WRONG } else { 0 };
            format!("wrong code, {} left, {wait_ms} ms", TRIES - wrong % TRIES)
        };
        let after_charge = durable(with(charged));
        let in_doubt = |state: &State, done: &World| self.leaves_doubt.then(|| state.with_maybe_done(done.clone()));
        match self.told() {
            Some(told) if told == verdict => vec![accepted.map_or(after_charge, durable)],
            None => [Some(state.clone()), Some(after_charge), accepted.map(durable)].into_iter().flatten().collect(),
            Some(STORAGE_FAILED) => {
                let settling = accepted.as_ref().map(|accepted| {
                    [Some(after_charge.clone()), in_doubt(&after_charge, accepted)].into_iter().flatten()
                });
                let charging = [Some(state.clone()), in_doubt(state, &after_charge.live)].into_iter().flatten();
                charging.chain(settling.into_iter().flatten()).collect()
            }
            _ => Vec::new(),
        }
    }

    /// The channel is noted first, then that a code was asked for.
    fn channel_added(&self, state: &State, wallet: &Wallet) -> Vec<State> {
        let begun = Back { channel: Channel::New, typed: None, ..wallet.back };
        let begun = Wallet { back: begun, ..*wallet };
        let proposed = durable(World::Enrolled(begun));
        let mut first = self.written(state, begun, "asked");
        match self.told() {
            Some("asked") => self.code_sent(&proposed, &begun),
            Some(STORAGE_FAILED) | None => {
                first.extend(self.code_sent(&proposed, &begun));
                first
            }
            _ => Vec::new(),
        }
    }

    fn code_sent(&self, state: &State, wallet: &Wallet) -> Vec<State> {
        let waits_for_another = wallet.back.waits_for_another || matches!(self.step, Step::SendCode);
        let back = Back { typed: Some(0), waits_for_another, ..wallet.back }.noted(1);
        self.written(state, Wallet { back, ..*wallet }, "asked")
    }

    fn proof_taken(&self, state: &State, wallet: &Wallet, is_first: bool) -> Vec<State> {
        let Some(used_for) = self.typed_for else { return Vec::new() };
        let done = match used_for {
            Used::Session => "ChannelConfirmed",
            Used::Recovery => "Proven",
            Used::Cancel => "RecoveryCancelled",
        };
        // The same grant again: it counts once.
        if wallet.back.is_taken {
            return self.unchanged(state, &[done]);
        }
        self.written(state, Wallet { back: wallet.back.answered(used_for, is_first), ..*wallet }, done)
    }
}
