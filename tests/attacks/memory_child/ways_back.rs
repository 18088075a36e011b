//! The second factor, channels, and the password of the owner's account.

use std::io::Read;

use walletlock_core::proof::{ChannelId, ChannelKind};
use walletlock_core::recovery::PasswordEntry;
use walletlock_core::{CodeRequest, FactorOutcome, LockError, NewAuthenticator, RecoveryChange, WordDone, WordOutcome};
use zeroize::Zeroizing;

use super::CommandedWallet;

/// The phone number of the only channel. It is personal, and no secret of the wallet.
const NUMBER: &str = "+86 138 1234 5678";

/// What is being set up.
#[derive(Default)]
pub(crate) struct NewWays {
    /// A secret for an authenticator app, which is shown.
    authenticator: Option<NewAuthenticator>,
    channel: Option<ChannelId>,
}

impl CommandedWallet {
    pub(crate) fn obey_about_ways_back(&mut self, command: u8) -> u8 {
        match command {
            // Makes a secret for an authenticator app, which is shown until `0`.
            b'M' => self.done(|wallet| {
                wallet.new.authenticator = Some(wallet.live().access().make_authenticator().expect("a secret"));
            }),
            // The letter of the secret at a place.
            b'3' => {
                let place = self.byte().into();
                self.made().letter(place).expect("a letter") as u8
            }
            // Draws the QR code.
            b'8' => {
                let uri = self.made().uri("Walletlock", "anna@example.org").expect("a URI");
                if uri.starts_with(b"otpauth://totp/") { b'.' } else { b'F' }
            }
            b'1' => {
                let entry = self.entry();
                match self.live().access().confirm_authenticator(self.made(), &entry).expect("judged") {
                    true => b'C',
                    false => b'W',
                }
            }
            b'2' => match self.live().access().set_authenticator(self.made()).expect("an outcome") {
                RecoveryChange::InForce => b'C',
                RecoveryChange::Pending { .. } => b'N',
                RecoveryChange::NotConfirmed => b'F',
            },
            b'0' => self.done(|wallet| wallet.new.authenticator = None),
            b'4' => match self.live().access().remove_second_factor().expect("an outcome") {
                RecoveryChange::InForce => b'C',
                RecoveryChange::Pending { .. } | RecoveryChange::NotConfirmed => b'N',
            },
            // A code of the authenticator: for the session, for getting back in, and to cancel that.
            b'5' => {
                let entry = self.entry();
                judged(self.live().access().prove_second_factor(&entry))
            }
            b'6' => {
                let entry = self.entry();
                judged(self.lock().recovery().prove_authenticator(&entry))
            }
            b'7' => {
                let entry = self.entry();
                judged(self.lock().recovery().cancel_by_authenticator(&entry))
            }
            // So many minutes pass.
            b'K' => {
                let minutes = u64::from(self.byte());
                self.done(|wallet| wallet.clock.advance_ms(minutes * 60_000))
            }
            // Begins to set a phone number up. The text of each request is kept until `J`.
            b'N' => {
                let (channel, request) =
                    self.live().access().add_channel(ChannelKind::Sms, NUMBER).expect("an address");
                self.new.channel = Some(channel);
                self.asked(request)
            }
            b'D' => {
                let request = self.lock().recovery().send_code(self.channel()).expect("an outcome");
                self.asked(request)
            }
            // Types the code that came: to confirm the channel, to get back in, and to cancel that.
            b'H' => {
                let entry = self.entry();
                let request = self.live().access().confirm_channel(self.channel(), Some(&entry));
                self.asked(request.expect("an outcome"))
            }
            b'Q' => {
                let entry = self.entry();
                let request = self.lock().recovery().prove(self.channel(), Some(&entry));
                self.asked(request.expect("an outcome"))
            }
            b'R' => {
                let entry = self.entry();
                let request = self.lock().recovery().cancel(Some(self.channel()), Some(&entry));
                self.asked(request.expect("an outcome"))
            }
            // Takes a grant.
            b'V' => {
                let grant = self.text();
                match self.lock().provider().redeem(&grant).expect("taken") {
                    WordOutcome::Done(WordDone::Registered) => b'R',
                    WordOutcome::Done(WordDone::ChannelConfirmed) => b'C',
                    WordOutcome::Done(WordDone::Proven) => b'P',
                    WordOutcome::Done(WordDone::RecoveryCancelled) => b'X',
                    _ => b'W',
                }
            }
            // Judges a password as it is typed, and sets it if an open session is there.
            b'U' => {
                let mut typed = Zeroizing::new(vec![0; usize::from(self.byte())]);
                self.commands.read_exact(&mut typed).expect("a password");
                let entry = PasswordEntry::new();
                entry.set(&typed).expect("a text");
                let judged = self.lock().recovery().judge_password(&entry).expect("judged");
                let findings = match &self.session {
                    Some(session) => session.access().set_password(&entry).expect("an outcome"),
                    None => judged,
                };
                if findings.is_empty() { b'C' } else { b'F' }
            }
            // Opens the lock that was closed.
            b'O' => self.done(|wallet| wallet.lock = Some((wallet.open)())),
            other => panic!("no such command: {other}"),
        }
    }

    fn made(&self) -> &NewAuthenticator {
        self.new.authenticator.as_ref().expect("a secret")
    }

    fn channel(&self) -> ChannelId {
        self.new.channel.expect("a channel")
    }

    fn asked(&mut self, request: CodeRequest) -> u8 {
        match request {
            CodeRequest::Asked(text) => {
                self.asking.text = Some(text);
                b'R'
            }
            CodeRequest::NotYet { .. } => b'L',
            CodeRequest::NoCode => b'N',
        }
    }
}

fn judged(outcome: Result<FactorOutcome, LockError>) -> u8 {
    match outcome.expect("an outcome") {
        FactorOutcome::Right => b'R',
        FactorOutcome::Wrong { .. } => b'W',
        FactorOutcome::Waiting { .. } => b'L',
        FactorOutcome::NotSetUp | FactorOutcome::NotACode | FactorOutcome::NotEnough => b'N',
    }
}
