//! How taking a signed word ends.

use serde::{Deserialize, Serialize};

/// How taking a signed word ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WordOutcome {
    /// The word was carried out, now or when the same text came before.
    Done(WordDone),
    /// The word was refused, for this reason. Nothing was changed.
    Refused(WordError),
}

impl From<WordError> for WordOutcome {
    fn from(error: WordError) -> Self {
        Self::Refused(error)
    }
}

/// What a word did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WordDone {
    /// The wallet is locked.
    Locked,
    /// Payments are frozen.
    Frozen,
    /// Everything is destroyed.
    Wiped,
    /// An online key of the provider was revoked, and perhaps another one takes its place.
    KeysChanged,
    /// This phone is registered.
    Registered,
    /// The locks that a grant clears are gone. Others may still stand: the status says so.
    Unlocked,
    /// The freeze is over.
    Unfrozen,
    /// The heartbeat counts: a new allowance has begun.
    HeartbeatTaken,
    /// The heartbeat names an order that did not come with it. The wallet is locked until that order is delivered.
    OrderWithheld,
    /// Something is proven. [`RecoveryHandle::progress`](crate::RecoveryHandle::progress) says what follows.
    Proven,
    /// A recovery that waited is cancelled, and its proofs are void.
    RecoveryCancelled,
    /// A channel is confirmed.
    ChannelConfirmed,
    /// A change of a channel is paused: for a while the former one counts for getting back in.
    ChannelChangePaused,
    /// The second factor is proven, for the sessions that are open.
    SecondFactorProven,
    /// What became of a payment is noted, or was noted already.
    PaymentSettled,
}

/// Why a word was refused. Each refusal changes nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WordError {
    /// It is longer than [`MAX_WORD_BYTES`](crate::MAX_WORD_BYTES).
    #[error("the word is too long")]
    TooLong,
    /// It is not a JWS of this form, or its claims are not exactly those of its kind.
    #[error("the word is malformed")]
    Malformed,
    /// The policy does not name the key that it says it is signed with, or the key was revoked.
    #[error("the key is not known")]
    UnknownKey,
    /// The signature is not by that key, or of another text.
    #[error("the signature is wrong")]
    BadSignature,
    /// It is a word of another kind than this call takes.
    #[error("the word is of another kind")]
    WrongType,
    /// The key may not sign this.
    #[error("the key may not sign this")]
    WrongRole,
    /// It is of another version than 1.
    #[error("the word is of another version")]
    WrongVersion,
    /// It is for another wallet.
    #[error("the word is for another wallet")]
    WrongWallet,
    /// It is for another installation: the phone was registered anew since, or never.
    #[error("the word is for another installation")]
    WrongInstallation,
    /// It answers no request that is open.
    #[error("this was not asked for")]
    NotAsked,
    /// It answers a request too late.
    #[error("the answer came too late")]
    Late,
    /// A newer word was carried out already.
    #[error("a newer word came before")]
    Old,
    /// An order came after the request that this grant answers: ask again.
    #[error("an order came after the request")]
    Superseded,
    /// The grant knows of an order that the phone does not know: deliver that order first.
    #[error("an order is missing")]
    OrderMissing,
    /// What it says was verified is not enough for a new PIN, or the wait that follows proofs on this phone is not
    /// over.
    #[error("this is not proof enough")]
    NotEnough,
    /// The word is right and still not allowed: for example a grant for something that was not asked for.
    #[error("this is not allowed")]
    NotAllowed,
}
