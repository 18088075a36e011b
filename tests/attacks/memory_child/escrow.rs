//! Escrow: the child asks, and the parent plays the provider.

use std::io::Read;

use walletlock_core::platform::DeviceKeyFault;
use walletlock_core::policy::{ClearsUnusual, Contact, KeyRole, Policy, ProviderPolicy};
use walletlock_core::provider::signer::{EscrowPair, Signer};
use walletlock_core::{EscrowOutcome, EscrowRequest, GrantOutcome, ProviderRequest, RecoveryChange, Rescue};
use zeroize::Zeroizing;

use super::CommandedWallet;

/// As long as a text in a request may be: it makes the request long, so that a buffer that grows has to move.
const CONVERSATION_BYTES: usize = 200;

/// What is open between the question and the new PIN.
#[derive(Default)]
pub(crate) struct Asking {
    /// A request that waits for its grant.
    request: Option<EscrowRequest>,
    /// The wallet that the grant opened.
    rescue: Option<Rescue>,
    /// The text of another request, which the app has not sent yet.
    pub(crate) text: Option<Zeroizing<String>>,
}

/// A policy with the parent as the provider: `tests/attacks/memory/provider.rs` has the same seeds.
pub(crate) fn policy() -> Policy {
    let roles = [(1, KeyRole::Online), (2, KeyRole::Guarded), (3, KeyRole::Guarded)];
    let provider = ProviderPolicy {
        keys: roles.map(|(seed, role)| Signer::from_seed(&[seed; 32]).key(role)).to_vec(),
        allowance_h: None,
        warn_percent: 80,
        unusual: ClearsUnusual::Pin,
        escrow_key: Some(EscrowPair::from_private_key(&[4; 32]).key()),
    };
    let contacts = vec![Contact::Phone("+31 20 555 0100".to_owned())];
    Policy { contacts, provider: Some(provider), ..Policy::default() }
}

impl CommandedWallet {
    pub(crate) fn obey_about_escrow(&mut self, command: u8) -> u8 {
        match command {
            b'E' => match self.live().access().switch_escrow(true).expect("an outcome") {
                RecoveryChange::InForce => b'C',
                RecoveryChange::Pending { .. } | RecoveryChange::NotConfirmed => b'F',
            },
            // Asks, and says the code that the person typed.
            b'A' => {
                let said = self.said();
                match self.lock().recovery().ask_escrow(&said).expect("an outcome") {
                    EscrowOutcome::Asked(request) => {
                        self.asking.request = Some(request);
                        b'R'
                    }
                    EscrowOutcome::Refused(_) => b'W',
                }
            }
            // The byte of the request's text at a place; 0 after its end.
            b'T' => {
                let place = self.number();
                let text = self.asking.text.as_ref().map(|text| text.as_str());
                let text = text.or(self.asking.request.as_ref().map(|request| request.text()));
                text.expect("a request").as_bytes().get(place).copied().unwrap_or(0)
            }
            // Takes a grant: two bytes that say how long it is, and its text.
            b'G' => {
                let grant = self.text();
                match self.asking.request.as_ref().expect("a request").redeem(&grant) {
                    GrantOutcome::Opened(rescue) => {
                        self.asking.rescue = Some(rescue);
                        b'R'
                    }
                    GrantOutcome::Refused(_) => b'W',
                    GrantOutcome::NotOpened(_) => b'N',
                }
            }
            b'X' => self.done(|wallet| wallet.asking.request = None),
            b'Y' => self.done(|wallet| wallet.asking.rescue = None),
            // Closes the lock. A request that is open keeps the wallet open until it is dropped.
            b'L' => self.done(|wallet| wallet.lock = None),
            // Sets a PIN in the wallet that the grant opened.
            b'F' => {
                let entry = self.entry();
                let rescue = self.asking.rescue.take().expect("a rescue");
                self.finish(&rescue, &entry)
            }
            // Asks for the phone's registration, and says the code that the person typed. Keeps the text until `J`.
            b'I' => {
                let said = self.said();
                self.done(|wallet| {
                    let text = wallet.lock().provider().register(&said).expect("a request");
                    wallet.asking.text = Some(Zeroizing::new(text));
                })
            }
            b'J' => self.done(|wallet| wallet.asking.text = None),
            // The next signature fails.
            b'S' => self.done(|wallet| {
                wallet.hooks.fail_next(|call| call.is("sign", "installation"), DeviceKeyFault::Failed);
            }),
            other => self.obey_about_ways_back(other),
        }
    }

    /// Two bytes that say a number.
    fn number(&mut self) -> usize {
        usize::from(u16::from_be_bytes([self.byte(), self.byte()]))
    }

    /// Two bytes that say how long a text is, and the text.
    pub(crate) fn text(&mut self) -> String {
        let mut text = vec![0; self.number()];
        self.commands.read_exact(&mut text).expect("a text");
        String::from_utf8(text).expect("UTF-8")
    }

    /// What the app says in a request, with the digits that follow as the code.
    fn said(&mut self) -> ProviderRequest {
        let length = usize::from(self.byte());
        let mut code = Zeroizing::new(String::with_capacity(length));
        for _ in 0..length {
            code.push(char::from(b'0' + self.byte()));
        }
        ProviderRequest {
            channel: Some("sms".to_owned()),
            code: Some(code),
            what: Some("x".repeat(CONVERSATION_BYTES)),
        }
    }
}
