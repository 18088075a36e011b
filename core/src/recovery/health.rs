//! Whether the owner could get back in after losing one thing, if the PIN is forgotten too.

use crate::proof::ChannelKind;

/// One thing that can be lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Loss {
    /// This phone, with its SIM card and the authenticator app on it. What the wallet keeps is lost too, unless the app
    /// keeps a copy of the wallet's file elsewhere; the recovery code or the provider opens such a copy.
    Phone,
    /// The SIM card, or its number.
    Sim,
    /// The mailbox.
    MailAccount,
    /// The paper with the recovery code.
    Paper,
}

/// What would help against a loss.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Advice {
    /// Make a recovery code.
    MakeCode,
    /// Let the provider keep the key to the wallet.
    SwitchEscrowOn,
    /// Set up another channel: a phone number, a mail address, or a backup mail address.
    AddChannel,
    /// Keep the code in a second place.
    KeepSecondCopy,
}

/// What one loss would mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HealthLine {
    /// What is lost.
    pub loss: Loss,
    /// What would help. `None`: there is still a way back in.
    pub advice: Option<Advice>,
}

/// What is set up.
#[derive(Clone, Copy, Default)]
pub(crate) struct SetUp<'a> {
    pub(crate) has_code: bool,
    pub(crate) has_escrow: bool,
    /// Escrow is off, and the policy offers it.
    pub(crate) offers_escrow: bool,
    /// The channels that count.
    pub(crate) channels: &'a [ChannelKind],
    pub(crate) has_authenticator: bool,
}

impl Loss {
    const ALL: [Self; 4] = [Self::Phone, Self::Sim, Self::MailAccount, Self::Paper];

    fn takes(self, channel: ChannelKind) -> bool {
        match self {
            Self::Phone | Self::Sim => channel == ChannelKind::Sms,
            Self::MailAccount => channel == ChannelKind::Mail,
            Self::Paper => false,
        }
    }
}

impl SetUp<'_> {
    /// Whether a new PIN could be set with what is set up: with the code; or by the provider, which keeps the key, and
    /// where a person verifies the owner, with one method beside that.
    pub(crate) fn leads_to_new_pin(&self) -> bool {
        self.has_code || (self.has_escrow && (!self.channels.is_empty() || self.has_authenticator))
    }

    /// What each loss would mean.
    pub(crate) fn health(&self) -> Vec<HealthLine> {
        Loss::ALL.into_iter().map(|loss| HealthLine { loss, advice: self.advice(loss) }).collect()
    }

    fn advice(&self, loss: Loss) -> Option<Advice> {
        let channels: Vec<_> = self.channels.iter().copied().filter(|channel| !loss.takes(*channel)).collect();
        let left = SetUp {
            has_code: self.has_code && loss != Loss::Paper,
            channels: &channels,
            has_authenticator: self.has_authenticator && loss != Loss::Phone,
            ..*self
        };
        if left.leads_to_new_pin() {
            return None;
        }
        Some(match loss {
            _ if self.has_escrow => Advice::AddChannel,
            _ if self.offers_escrow => Advice::SwitchEscrowOn,
            Loss::Paper if self.has_code => Advice::KeepSecondCopy,
            _ => Advice::MakeCode,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ChannelKind::{BackupMail, Mail, Sms};

    #[test]
    fn what_each_single_loss_would_mean() {
        let code = SetUp { has_code: true, ..SetUp::default() };
        let escrow = SetUp { has_escrow: true, ..SetUp::default() };
        let offered = SetUp { offers_escrow: true, ..SetUp::default() };
        let all = |advice| [advice; 4];
        let (add, none) = (Some(Advice::AddChannel), None);
        for (set_up, expected, why) in [
            (SetUp::default(), all(Some(Advice::MakeCode)), "nothing is set up"),
            (code, [none, none, none, Some(Advice::KeepSecondCopy)], "the code alone"),
            (
                SetUp { has_code: true, ..offered },
                [none, none, none, Some(Advice::SwitchEscrowOn)],
                "escrow is offered",
            ),
            (offered, all(Some(Advice::SwitchEscrowOn)), "nothing, and escrow is offered"),
            (escrow, all(add), "escrow without a method beside a person"),
            (SetUp { channels: &[Sms], ..escrow }, [add, add, none, none], "a number"),
            (SetUp { channels: &[Mail], ..escrow }, [none, none, add, none], "a mailbox"),
            (SetUp { channels: &[Mail, BackupMail], ..escrow }, all(none), "two mailboxes"),
            (SetUp { channels: &[Sms, Mail], ..escrow }, all(none), "a number and a mailbox"),
            (SetUp { has_authenticator: true, ..escrow }, [add, none, none, none], "an authenticator"),
            (SetUp { has_code: true, channels: &[Sms], ..escrow }, all(none), "a code beside it"),
            (SetUp { channels: &[Sms, Mail], ..SetUp::default() }, all(Some(Advice::MakeCode)), "no slot to open"),
        ] {
            let advice: Vec<_> = set_up.health().iter().map(|line| line.advice).collect();
            assert_eq!(advice, expected, "{why}");
        }
    }
}
