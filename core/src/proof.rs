//! What proves who somebody is: methods, where each of them is proven, and which outranks which. Plain values, because
//! the provider's words, the recovery and the journal all name them.

use serde::{Deserialize, Serialize};

use crate::{base64url, hex};

/// How somebody proved who they are.
///
/// Answers to security questions have no place here: they count as nothing alone (NIST SP 800-63B-4 has no such
/// method). They will come with the appeal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProofMethod {
    /// A code that was sent to a phone number.
    Sms,
    /// A code that was sent to a mail address.
    Mail,
    /// A link that was sent to a mail address.
    Link,
    /// A code of the authenticator app.
    Authenticator,
    /// The recovery code.
    Code,
    /// The signature of a trusted device.
    Device,
    /// A person at the provider, who saw or spoke to the owner.
    Person,
}

/// What a proof of one kind weighs against another when something that waits is to be cancelled. The PIN has no rank: a
/// right one cancels in any case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Rank {
    /// A sent code, a link, or an authenticator's code: whoever holds the unlocked phone has them.
    OnPhone,
    /// Another device, or a person.
    Elsewhere,
    Code,
}

/// One thing that was proven.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Proof {
    pub(crate) method: ProofMethod,
    /// Not with this phone, which a thief may hold.
    pub(crate) is_elsewhere: bool,
    /// Names the question that was answered, so that the provider's support finds it again.
    #[serde(with = "hex::array")]
    pub(crate) challenge: [u8; 16],
}

/// The id of a channel: random, and the same for the provider and the phone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ChannelId(#[serde(with = "hex::array")] pub(crate) [u8; 8]);

/// Where a code is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChannelKind {
    /// A phone number.
    Sms,
    /// A mail address.
    Mail,
    /// A second mail address, in case the first one is lost.
    BackupMail,
}

impl ProofMethod {
    const ALL: [Self; 7] =
        [Self::Sms, Self::Mail, Self::Link, Self::Authenticator, Self::Code, Self::Device, Self::Person];

    /// The name in a word and in the journal.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Sms => "sms",
            Self::Mail => "mail",
            Self::Link => "link",
            Self::Authenticator => "authenticator",
            Self::Code => "code",
            Self::Device => "device",
            Self::Person => "person",
        }
    }

    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|method| method.name() == name)
    }

    /// Whether it can be proven elsewhere than on this phone. Sent codes, links and authenticators never can: a thief
    /// with the unlocked phone has them all, whatever the provider says.
    pub(crate) fn can_be_elsewhere(self) -> bool {
        match self {
            Self::Sms | Self::Mail | Self::Link | Self::Authenticator => false,
            Self::Code | Self::Device | Self::Person => true,
        }
    }

    /// Whether both prove the same thing. A code and a link come to one mailbox.
    pub(crate) fn is_same_as(self, other: Self) -> bool {
        let mailbox = |method| if method == Self::Link { Self::Mail } else { method };
        mailbox(self) == mailbox(other)
    }
}

impl Proof {
    /// A proof. `is_elsewhere` counts only where the method can be proven elsewhere.
    pub(crate) fn new(method: ProofMethod, is_elsewhere: bool, challenge: [u8; 16]) -> Self {
        Self { method, is_elsewhere: is_elsewhere && method.can_be_elsewhere(), challenge }
    }

    pub(crate) fn rank(&self) -> Rank {
        match self.method {
            ProofMethod::Code => Rank::Code,
            _ if self.is_elsewhere => Rank::Elsewhere,
            _ => Rank::OnPhone,
        }
    }

    /// The proof in one line of the journal.
    pub(crate) fn name(&self) -> String {
        let place = if self.is_elsewhere { "elsewhere" } else { "on this phone" };
        format!("{} {place} ({})", self.method.name(), base64url::encode(&self.challenge))
    }
}

impl ChannelId {
    /// Reads 16 lower-case hexadecimal digits.
    pub fn parse(text: &str) -> Option<Self> {
        hex::decode_array(text).map(Self)
    }
}

impl std::fmt::Display for ChannelId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&hex::encode(&self.0))
    }
}

impl ChannelKind {
    /// All kinds.
    pub const ALL: [Self; 3] = [Self::Sms, Self::Mail, Self::BackupMail];

    /// The name in a request and in the journal.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Sms => "sms",
            Self::Mail => "mail",
            Self::BackupMail => "backup_mail",
        }
    }

    /// The channel is a mailbox.
    pub(crate) fn is_mail(self) -> bool {
        self != Self::Sms
    }

    /// Whether a proof by this method comes over such a channel.
    pub(crate) fn carries(self, method: ProofMethod) -> bool {
        match method {
            ProofMethod::Sms => self == Self::Sms,
            ProofMethod::Mail | ProofMethod::Link => self.is_mail(),
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_thief_with_the_phone_has_is_never_elsewhere() {
        for (method, is_elsewhere, rank) in [
            (ProofMethod::Sms, false, Rank::OnPhone),
            (ProofMethod::Mail, false, Rank::OnPhone),
            (ProofMethod::Link, false, Rank::OnPhone),
            (ProofMethod::Authenticator, false, Rank::OnPhone),
            (ProofMethod::Code, true, Rank::Code),
            (ProofMethod::Device, true, Rank::Elsewhere),
            (ProofMethod::Person, true, Rank::Elsewhere),
        ] {
            let proof = Proof::new(method, true, [7; 16]);
            assert_eq!((proof.is_elsewhere, proof.rank()), (is_elsewhere, rank), "{method:?}");
            assert!(!Proof::new(method, false, [7; 16]).is_elsewhere, "{method:?}");
            assert_eq!(ProofMethod::named(method.name()), Some(method));
        }
        assert_eq!(ProofMethod::named("answers"), None);
        assert!(Rank::OnPhone < Rank::Elsewhere && Rank::Elsewhere < Rank::Code);
    }

    #[test]
    fn a_proof_is_named_in_the_journal() {
        let proof = Proof::new(ProofMethod::Person, true, [0; 16]);
        assert_eq!(proof.name(), "person elsewhere (AAAAAAAAAAAAAAAAAAAAAA)");
        assert_eq!(Proof { method: ProofMethod::Sms, ..proof }.name(), "sms elsewhere (AAAAAAAAAAAAAAAAAAAAAA)");
        assert_eq!(Proof::new(ProofMethod::Sms, true, [0; 16]).name(), "sms on this phone (AAAAAAAAAAAAAAAAAAAAAA)");
    }

    #[test]
    fn a_channel_carries_the_methods_that_come_over_it() {
        use ProofMethod::{Authenticator, Link, Mail, Person, Sms};
        for kind in ChannelKind::ALL {
            let carried: Vec<_> = ProofMethod::ALL.into_iter().filter(|method| kind.carries(*method)).collect();
            assert_eq!(carried, if kind == ChannelKind::Sms { vec![Sms] } else { vec![Mail, Link] });
        }
        assert!(Mail.is_same_as(Link) && Link.is_same_as(Mail));
        assert!(!Sms.is_same_as(Mail) && !Authenticator.is_same_as(Person));
        let id = ChannelId([0xab; 8]);
        assert_eq!((id.to_string().as_str(), ChannelId::parse("abababababababab")), ("abababababababab", Some(id)));
        assert_eq!(ChannelId::parse("ABABABABABABABAB"), None);
    }
}
