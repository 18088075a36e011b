//! Codes that the provider sends and checks: asking for one, and handing in what the person typed. The phone counts
//! both, and the provider judges.

use zeroize::Zeroizing;

use super::request::{Signer, sign};
use crate::engine::{Action, Engine, SessionId};
use crate::error::LockError;
use crate::events::JournalEvent;
use crate::pin::{Pin, PinEntry};
use crate::proof::{ChannelId, ChannelKind, Rank};
use crate::provider::{Asked, ProofPurpose, ProviderRequest};
use crate::record::Record;
use crate::recovery::{Channel, ChannelState, Channels, CodeUse};
use crate::stack::with_stack_wiped;
use crate::store::Durability;
use crate::time::Now;

/// How asking the provider for a code, or to check something, ended.
pub enum CodeRequest {
    /// The text of the request, for the app to carry. With the code in it that the person typed.
    Asked(Zeroizing<String>),
    /// Not yet: a code was asked for a moment ago, or too many were, or too many wrong ones were typed.
    NotYet {
        /// Milliseconds left, at least 1.
        left_ms: u64,
    },
    /// No code was sent to this channel that is still valid: ask for one.
    NoCode,
}

/// The text holds the code that the person typed, or the address.
impl std::fmt::Debug for CodeRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Asked(_) => f.write_str("Asked"),
            Self::NotYet { left_ms } => f.debug_struct("NotYet").field("left_ms", left_ms).finish(),
            Self::NoCode => f.write_str("NoCode"),
        }
    }
}

/// The name of a request for a code.
const SEND_CODE: &str = "send_code";
/// What a request says in `channel` if no code was sent anywhere.
const ELSEWHERE: &str = "person";

/// Asks the provider to send a code to a channel. Nothing answers the request; the code comes to the person. `address`:
/// only when the channel begins to be set up, because the provider does not know it yet.
///
/// [`LockError::WrongState`]: there is no such channel, the policy has no provider, or this phone is not registered.
pub(crate) fn send(
    engine: &Engine,
    session: Option<SessionId>,
    id: ChannelId,
    address: Option<&str>,
) -> Result<CodeRequest, LockError> {
    let used_for = used_for(engine, session)?;
    let now = engine.sessions.read_clock()?.now;
    let mut random = engine.draw()?;
    let left_ms = |record: &Record| -> Result<_, LockError> {
        let channels = &record.recovery.channels;
        let may_be_for: &[_] = match session {
            Some(_) => &[ProofPurpose::Confirm],
            None => &[ProofPurpose::Recovery, ProofPurpose::Pause],
        };
        let mut found = may_be_for.iter().filter_map(|purpose| channel_for(channels, *purpose, id, now));
        let channel = found.next().ok_or(LockError::WrongState)?;
        let resend_ms = channel.resend_after_ms(used_for, &record.policy.recovery, now);
        Ok((channel.kind, resend_ms.max(channels.wait_left_ms(used_for, now))))
    };
    let (signer, (kind, wait_ms)) = engine.ledger.read(|view| Ok((Signer::of(&view)?, left_ms(view.record)?)))?;
    if wait_ms > 0 {
        return Ok(CodeRequest::NotYet { left_ms: wait_ms });
    }
    let said = ProviderRequest { channel: Some(channel_name(kind, id)), code: None, what: address.map(str::to_owned) };
    let text = sign(engine, &mut random, &signer, SEND_CODE, &said)?;
    engine.ledger.commit(&mut random, now, Durability::Flushed, |work| {
        signer.check(work)?;
        work.settle_recovery(now);
        // Another call may have asked for one since.
        let (_, wait_ms) = left_ms(work.record)?;
        if wait_ms > 0 {
            return Ok(CodeRequest::NotYet { left_ms: wait_ms });
        }
        work.record.recovery.channels.note_asked(id, used_for, now);
        work.note(&JournalEvent::CodeAsked { channel: kind.name() });
        Ok(CodeRequest::Asked(text))
    })
}

/// Milliseconds until a code may be sent to a channel that is to be set up in this session; 0: now.
pub(super) fn wait_left_ms(record: &Record, now: Now) -> u64 {
    record.recovery.channels.wait_left_ms(CodeUse::Session, now)
}

/// What somebody hands in.
pub(crate) struct HandedIn<'a> {
    pub(crate) purpose: ProofPurpose,
    /// The session for which it is. `None`: getting back in.
    pub(crate) session: Option<SessionId>,
    /// Where the code was sent. `None`: a person or another device vouches, and `what` tells the provider more.
    pub(crate) channel: Option<ChannelId>,
    /// The code that was typed. `None`: the link in the mail was opened instead; or there is no channel.
    pub(crate) code: Option<&'a PinEntry>,
    pub(crate) what: Option<String>,
}

/// Asks the provider whether something is proven. Its grant says so, and [`crate::ProviderHandle::redeem`] takes it. A
/// code that was typed counts as wrong from here on, until the grant is taken. The entry is left empty.
pub(crate) fn hand_in(engine: &Engine, handed: HandedIn<'_>) -> Result<CodeRequest, LockError> {
    with_stack_wiped(|| {
        let HandedIn { purpose, session, channel, code, what } = handed;
        let code = match code {
            Some(entry) => Some(entry.take().ok_or(LockError::Invalid("code"))?),
            None => None,
        };
        let used_for = used_for(engine, session)?;
        let is_first = match (purpose, session) {
            (ProofPurpose::Confirm, Some(id)) => engine.sessions.open(id, Action::Write)?.is_first,
            _ => false,
        };
        let now = engine.sessions.read_clock()?.now;
        let mut random = engine.draw()?;
        let question = Question { purpose, used_for, channel, is_typed: code.is_some(), now };
        let (signer, gate, replaces_factor) = engine.ledger.read(|view| {
            Ok((Signer::of(&view)?, question.gate(view.record)?, question.replaces_factor(view.record)))
        })?;
        if let (true, Some(id)) = (replaces_factor, session) {
            engine.sessions.check_second_factor(id)?;
        }
        let kind = match gate {
            Gate::Open(kind) => kind,
            Gate::Closed(refused) => return Ok(refused),
        };
        let name = kind.zip(channel).map_or_else(|| ELSEWHERE.to_owned(), |(kind, id)| channel_name(kind, id));
        let said = ProviderRequest { channel: Some(name), code: code.as_ref().map(text_of), what };
        if !said.fits() {
            return Err(LockError::Invalid("request"));
        }
        let text = sign(engine, &mut random, &signer, purpose.name(), &said)?;
        engine.ledger.commit(&mut random, now, Durability::Flushed, |work| {
            signer.check(work)?;
            work.settle_recovery(now);
            if let Gate::Closed(refused) = question.gate(work.record)? {
                return Ok(refused);
            }
            let asked = Asked::Proof { purpose, channel, is_first, is_typed: question.is_typed };
            // An app may ask every few seconds whether a link was opened. That pushes no other request out.
            let is_asked_again = !question.is_typed && work.record.provider.keep_newest(asked, now);
            work.record.provider.note_request(&text, asked, now, signer.changes());
            if let (Some(id), true) = (channel, question.is_typed) {
                work.record.recovery.channels.charge(id, used_for, now);
            }
            if !is_asked_again {
                let channel = kind.map_or(ELSEWHERE, ChannelKind::name);
                work.note(&JournalEvent::CodeTyped { channel, purpose: purpose.name() });
            }
            Ok(CodeRequest::Asked(text))
        })
    })
}

/// What a code is used for. [`LockError::SessionEnded`] if the session is over.
fn used_for(engine: &Engine, session: Option<SessionId>) -> Result<CodeUse, LockError> {
    let Some(id) = session else { return Ok(CodeUse::Recovery) };
    engine.sessions.method(id)?;
    Ok(CodeUse::Session)
}

/// The digits as text. It has room for them from the start, so that no copy is left behind.
fn text_of(code: &Pin) -> Zeroizing<String> {
    let mut text = Zeroizing::new(String::with_capacity(code.ascii().len()));
    code.ascii().iter().for_each(|digit| text.push(char::from(*digit)));
    text
}

/// What the provider is to be asked.
struct Question {
    purpose: ProofPurpose,
    used_for: CodeUse,
    channel: Option<ChannelId>,
    /// The person typed a code.
    is_typed: bool,
    now: Now,
}

/// Whether something may be handed in, and the kind of the channel.
enum Gate {
    Open(Option<ChannelKind>),
    Closed(CodeRequest),
}

impl Question {
    /// Whether it confirms a number that takes the place of the one that is the second factor, or becomes it.
    fn replaces_factor(&self, record: &Record) -> bool {
        let recovery = &record.recovery;
        let is_new_number = self.channel.and_then(|id| recovery.channels.find(id, self.now)).is_some_and(|channel| {
            let state = channel.state(&record.policy.recovery, self.now);
            channel.kind == ChannelKind::Sms && !matches!(state, ChannelState::InForce { .. })
        });
        self.purpose == ProofPurpose::Confirm && is_new_number && recovery.second_factor.is_or_becomes_sms()
    }

    fn gate(&self, record: &Record) -> Result<Gate, LockError> {
        let Self { purpose, used_for, channel, is_typed, now } = *self;
        let recovery = &record.recovery;
        // Which rank a person's proof has, only the grant says.
        let rank = if channel.is_some() { Rank::OnPhone } else { Rank::Elsewhere };
        if purpose == ProofPurpose::Cancel && !recovery.proofs.may_cancel(rank) {
            return Err(LockError::WrongState);
        }
        let Some(id) = channel else {
            let by_person = matches!(purpose, ProofPurpose::Recovery | ProofPurpose::Cancel) && !is_typed;
            return if by_person { Ok(Gate::Open(None)) } else { Err(LockError::WrongState) };
        };
        let found = channel_for(&recovery.channels, purpose, id, now).ok_or(LockError::WrongState)?;
        let fits = match purpose {
            ProofPurpose::Confirm | ProofPurpose::Pause | ProofPurpose::Recovery | ProofPurpose::Cancel => true,
            // NIST SP 800-63B-4, section 3.1.3.1: mail is no second factor.
            ProofPurpose::SecondFactor => {
                let is_asked_for = recovery.second_factor.is_checked_by_provider(now);
                is_typed && found.kind == ChannelKind::Sms && is_asked_for
            }
        };
        if !fits || (!is_typed && !found.kind.is_mail()) {
            return Err(LockError::WrongState);
        }
        let left_ms = recovery.channels.wait_left_ms(used_for, now);
        Ok(match found.sent(used_for, &record.policy.recovery, now) {
            _ if left_ms > 0 => Gate::Closed(CodeRequest::NotYet { left_ms }),
            None => Gate::Closed(CodeRequest::NoCode),
            Some(_) => Gate::Open(Some(found.kind)),
        })
    }
}

/// The channel with this id, if a code that is sent there may be used for this now. One that does not count yet proves
/// nothing but itself.
pub(super) fn channel_for(channels: &Channels, purpose: ProofPurpose, id: ChannelId, now: Now) -> Option<&Channel> {
    let usable = match purpose {
        ProofPurpose::Confirm => channels.now(now),
        ProofPurpose::SecondFactor => channels.in_force(now),
        ProofPurpose::Recovery | ProofPurpose::Cancel => channels.for_recovery(now),
        ProofPurpose::Pause => channels.pausable(now),
    };
    usable.into_iter().find(|channel| channel.id == id)
}

/// How requests and reports name a channel.
pub(super) fn channel_name(kind: ChannelKind, id: ChannelId) -> String {
    format!("{}:{id}", kind.name())
}
