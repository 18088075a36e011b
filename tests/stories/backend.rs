//! The provider of the stories: a backend that signs words for one wallet and reads its requests. It plays the honest
//! backend; the stories play the thief.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

use walletlock_core::policy::{ClearsUnusual, Contact, KeyRole, Policy, ProviderPolicy};
use walletlock_core::provider::signer::{
    EscrowPair, ReadRequest, Signer, encode, escrow_digest, read_request, request_hash,
};
use walletlock_core::{ProviderRequest, RequestKind, WordDone, WordError, WordOutcome};

use crate::wallet::{PIN, Wallet};

/// A proof in a grant: its method and its place.
pub(crate) type Verified = (&'static str, &'static str);

/// A person at the provider has verified the owner.
pub(crate) const BY_PERSON: [Verified; 1] = [("person", "elsewhere")];
/// A person at the provider has verified the owner, and called back the account's number.
pub(crate) const CALLED_BACK: [Verified; 2] = [("person", "elsewhere"), ("sms", "phone")];

pub(crate) struct Backend {
    pub(crate) online: Signer,
    pub(crate) guarded: Signer,
    pub(crate) offline: Signer,
    pub(crate) escrow: EscrowPair,
    /// The number of the last order.
    seq: Cell<u64>,
    phone: RefCell<Option<ReadRequest>>,
    /// The digest of the escrow slot that was deposited, and its version.
    deposited: RefCell<Option<(String, u64)>>,
    /// The channels, each with the address and with the code that was sent last and was not used yet.
    channels: RefCell<BTreeMap<String, (String, Option<String>)>>,
    /// How many codes were sent, and proofs signed. Each has its number.
    count: Cell<u32>,
}

/// The name of a wallet's own id in claims.
pub(crate) fn wallet_of(wallet: &Wallet) -> String {
    encode(&wallet.lock.provider().state().expect("a state").wallet)
}

impl Backend {
    pub(crate) fn new() -> Self {
        let [online, guarded, offline] = [1, 2, 3].map(|seed| Signer::from_seed(&[seed; 32]));
        let escrow = EscrowPair::from_private_key(&[4; 32]);
        Self {
            online,
            guarded,
            offline,
            escrow,
            seq: Cell::new(0),
            phone: RefCell::default(),
            deposited: RefCell::default(),
            channels: RefCell::default(),
            count: Cell::new(0),
        }
    }

    /// A policy with this provider, and with two contacts.
    pub(crate) fn policy(&self) -> Policy {
        let keys = vec![
            self.online.key(KeyRole::Online),
            self.guarded.key(KeyRole::Guarded),
            self.offline.key(KeyRole::Guarded),
        ];
        let provider = ProviderPolicy {
            keys,
            allowance_h: Some(168),
            warn_percent: 80,
            unusual: ClearsUnusual::Pin,
            escrow_key: Some(self.escrow.key()),
        };
        Policy {
            contacts: vec![
                Contact::Phone("+31 20 555 0100".to_owned()),
                Contact::Form("https://help.example".to_owned()),
            ],
            provider: Some(provider),
            ..Policy::default()
        }
    }

    /// A wallet with the owner's PIN on a phone that this provider has registered.
    pub(crate) fn enrolled() -> (Self, Wallet) {
        let backend = Self::new();
        let wallet = Wallet::with_policy(backend.policy());
        wallet.enrol(PIN).close();
        backend.register(&wallet);
        (backend, wallet)
    }

    pub(crate) fn register(&self, wallet: &Wallet) {
        let request = wallet.lock.provider().register(&ProviderRequest::default()).expect("a request");
        let phone = read_request(&request, None).expect("a request of a phone");
        assert_eq!((phone.kind.as_str(), &phone.wallet), ("register", &wallet_of(wallet)));
        *self.phone.borrow_mut() = Some(phone);
        let grant = self.grant(wallet, "register", &request, self.seq.get());
        assert_eq!(wallet.lock.provider().redeem(&grant), done(WordDone::Registered));
        // Its file may be an older one.
        if let Some((_, version)) = self.deposited.borrow_mut().as_mut() {
            *version = 0;
        }
    }

    /// Whether the wallet's phone is the one that this provider has registered.
    pub(crate) fn knows(&self, wallet: &Wallet) -> bool {
        let installation = wallet.lock.provider().state().ok().and_then(|state| state.installation);
        let phone = self.phone.borrow();
        installation.is_some_and(|id| phone.as_ref().is_some_and(|phone| phone.installation == encode(&id)))
    }

    /// A request of the registered phone, checked as the backend checks it.
    pub(crate) fn request(&self, wallet: &Wallet, kind: RequestKind) -> String {
        let request = wallet.lock.provider().request(kind, &ProviderRequest::default()).expect("a request");
        let phone = self.phone.borrow().clone().expect("registered");
        let read = read_request(&request, Some(&phone.public_key)).expect("a request of this phone");
        assert_eq!(read.installation, phone.installation);
        request
    }

    /// An order with the next number.
    pub(crate) fn order(&self, wallet: &Wallet, act: &str) -> String {
        self.seq.set(self.seq.get() + 1);
        self.order_with(&self.online, wallet, self.seq.get(), act)
    }

    pub(crate) fn order_with(&self, signer: &Signer, wallet: &Wallet, seq: u64, act: &str) -> String {
        signer.sign("order", &format!(r#"{{"v":1,"aud":"{}","seq":{seq},{act}}}"#, wallet_of(wallet)))
    }

    /// An order that locks, for this reason.
    pub(crate) fn lock(&self, wallet: &Wallet, reason: &str) -> String {
        self.order(wallet, &format!(r#""act":"lock","reason":"{reason}""#))
    }

    /// The wallet's id as the registered phone said it.
    pub(crate) fn wallet_id(&self) -> String {
        self.phone.borrow().as_ref().expect("registered").wallet.clone()
    }

    /// The installation's id as the registered phone said it.
    pub(crate) fn installation(&self) -> String {
        self.phone.borrow().as_ref().expect("registered").installation.clone()
    }

    /// The public key of the registered phone.
    pub(crate) fn registered_key(&self) -> Vec<u8> {
        self.phone.borrow().as_ref().expect("registered").public_key.clone()
    }

    /// An order that says that the phone is lost, for a wallet whose record may not open: it names the id of this
    /// backend's registered phone.
    pub(crate) fn order_unseen(&self) -> String {
        self.seq.set(self.seq.get() + 1);
        let aud = self.wallet_id();
        let seq = self.seq.get();
        self.online.sign("order", &format!(r#"{{"v":1,"aud":"{aud}","seq":{seq},"act":"lock","reason":"lost"}}"#))
    }

    /// An order to wipe, with the next number.
    pub(crate) fn wipe(&self, wallet: &Wallet) -> String {
        self.seq.set(self.seq.get() + 1);
        self.order_with(&self.guarded, wallet, self.seq.get(), r#""act":"wipe""#)
    }

    pub(crate) fn grant(&self, wallet: &Wallet, act: &str, request: &str, after: u64) -> String {
        let phone = self.phone.borrow().clone().expect("registered");
        self.grant_to(&wallet_of(wallet), &phone.installation, &format!(r#""act":"{act}""#), request, after)
    }

    /// A grant with these ids. `act`: the claim `act`, and what belongs to it.
    pub(crate) fn grant_to(&self, aud: &str, sub: &str, act: &str, request: &str, after: u64) -> String {
        self.grant_with(aud, sub, act, request, after, &BY_PERSON)
    }

    /// The same with these proofs. Each answers a question of its own.
    pub(crate) fn grant_with(
        &self,
        aud: &str,
        sub: &str,
        act: &str,
        request: &str,
        after: u64,
        proofs: &[Verified],
    ) -> String {
        let req = request_hash(request);
        let proof = |(method, place): &Verified| {
            let challenge = encode(&u128::from(self.next()).to_be_bytes());
            format!(r#"{{"method":"{method}","place":"{place}","challenge":"{challenge}"}}"#)
        };
        let proofs = proofs.iter().map(proof).collect::<Vec<_>>().join(",");
        self.guarded.sign(
            "grant",
            &format!(
                r#"{{"v":1,"aud":"{aud}","sub":"{sub}",{act},"req":"{req}","after":{after},"proofs":[{proofs}]}}"#
            ),
        )
    }

    /// Takes a request to send a code: notes the address if it brings one, and sends a code to the channel. Returns the
    /// code that the person receives. `None`: the channel is not known.
    pub(crate) fn send_code(&self, request: &str) -> Option<String> {
        let read = self.read(request).filter(|read| read.kind == "send_code" && read.code.is_none())?;
        let (mut channels, name) = (self.channels.borrow_mut(), read.channel?);
        let address = read.what.or_else(|| channels.get(&name).map(|(address, _)| address.clone()))?;
        let code = format!("{:06}", 100_000 + self.next());
        channels.insert(name, (address, Some(code.clone())));
        Some(code)
    }

    /// Answers a request to check a code, or to say that a person vouches. A right code is used up. `None`: the code is
    /// wrong.
    pub(crate) fn prove(&self, request: &str) -> Option<String> {
        let read = self.read(request)?;
        let name = read.channel.as_deref()?;
        assert!(["prove", "cancel", "pause", "confirm", "second_factor"].contains(&read.kind.as_str()), "{read:?}");
        let proof = match name.split_once(':') {
            None => BY_PERSON[0],
            Some((kind, _)) => {
                let mut channels = self.channels.borrow_mut();
                let code = &mut channels.get_mut(name)?.1;
                if code.is_none() || *code != read.code {
                    return None;
                }
                *code = None;
                if kind == "sms" { ("sms", "phone") } else { ("mail", "phone") }
            }
        };
        let (aud, sub, act) = (&read.wallet, &read.installation, r#""act":"proof""#);
        Some(self.grant_with(aud, sub, act, request, read.last_order, &[proof]))
    }

    /// The public key of the owner's signatures, as the registered phone said it.
    pub(crate) fn owner_key(&self) -> Vec<u8> {
        self.phone.borrow().as_ref().and_then(|phone| phone.owner_key.clone()).expect("registered")
    }

    pub(crate) fn next(&self) -> u32 {
        self.count.set(self.count.get() + 1);
        self.count.get()
    }

    /// A request of the registered phone.
    pub(crate) fn read(&self, request: &str) -> Option<ReadRequest> {
        let phone = self.phone.borrow().clone().expect("registered");
        read_request(request, Some(&phone.public_key))
    }

    /// Takes the deposit of a registered phone: the digest of its slot is noted, if it is newer than the one before of
    /// the same installation.
    pub(crate) fn deposit(&self, wallet: &Wallet) {
        let request = self.request(wallet, RequestKind::Deposit);
        let phone = self.phone.borrow().clone().expect("registered");
        let read = read_request(&request, Some(&phone.public_key)).expect("read").deposit.expect("a deposit");
        let is_newer = self.deposited.borrow().as_ref().is_none_or(|(_, version)| *version < read.1);
        assert!(is_newer, "an older slot");
        *self.deposited.borrow_mut() = Some(read);
    }

    /// Answers a request for escrow, as a backend does that has verified the owner: opens only the slot that was
    /// deposited.
    pub(crate) fn grant_escrow(&self, request: &str) -> Option<String> {
        self.grant_escrow_with(request, &CALLED_BACK)
    }

    /// The same of a backend that has verified only this.
    pub(crate) fn grant_escrow_with(&self, request: &str, proofs: &[Verified]) -> Option<String> {
        let registered = self.phone.borrow().as_ref().map(|phone| phone.public_key.clone());
        let read = read_request(request, None).or_else(|| read_request(request, registered.as_deref()))?;
        let (slot, _) = read.escrow.as_ref()?;
        let digest = escrow_digest(slot);
        self.deposited.borrow().as_ref().filter(|(deposited, _)| *deposited == digest)?;
        let sealed = self.escrow.reseal(request, &read, &[9; 32])?;
        let act = format!(r#""act":"escrow","sealed":"{sealed}""#);
        Some(self.grant_with(&read.wallet, &read.installation, &act, request, read.last_order, proofs))
    }

    /// Asks for an unlock and grants it, in knowledge of what the request reports.
    pub(crate) fn unlock(&self, wallet: &Wallet) -> WordOutcome {
        let request = self.request(wallet, RequestKind::Unlock);
        let phone = self.phone.borrow().clone().expect("registered");
        let after = read_request(&request, Some(&phone.public_key)).expect("read").last_order;
        let grant = self.grant(wallet, "unlock", &request, after);
        wallet.lock.provider().redeem(&grant).expect("taken")
    }

    pub(crate) fn heartbeat(&self, wallet: &Wallet, request: &str, last_order: u64) -> String {
        let phone = self.phone.borrow().clone().expect("registered");
        let (aud, sub, req) = (wallet_of(wallet), phone.installation, request_hash(request));
        self.online.sign(
            "heartbeat",
            &format!(
                r#"{{"v":1,"aud":"{aud}","sub":"{sub}","iat":1767225600,"req":"{req}","last_order":{last_order}}}"#
            ),
        )
    }

    /// Asks for a heartbeat, and answers with these orders.
    pub(crate) fn beat(&self, wallet: &Wallet, orders: &[&str]) -> WordOutcome {
        let request = self.request(wallet, RequestKind::Heartbeat);
        let heartbeat = self.heartbeat(wallet, &request, self.seq.get());
        wallet.lock.provider().heartbeat(&heartbeat, orders).expect("taken")
    }

    /// A word that revokes the online key, signed by a guarded one.
    pub(crate) fn revoke_online(&self, wallet: &Wallet, seq: u64, add: Option<&Signer>) -> String {
        self.revoke_online_of(&wallet_of(wallet), seq, add)
    }

    /// The same for a wallet whose id is given, because its record may not open.
    pub(crate) fn revoke_online_of(&self, aud: &str, seq: u64, add: Option<&Signer>) -> String {
        let add = add.map(|add| format!(r#","add":"{}""#, encode(&add.key(KeyRole::Online).key))).unwrap_or_default();
        let revoke = self.online.id();
        self.offline.sign("keys", &format!(r#"{{"v":1,"aud":"{aud}","seq":{seq},"revoke":"{revoke}"{add}}}"#))
    }

    /// Carries an order to the wallet.
    pub(crate) fn accept(wallet: &Wallet, order: &str) -> WordOutcome {
        wallet.lock.provider().accept(order).expect("taken")
    }
}

#[allow(clippy::unnecessary_wraps, reason = "as the calls answer")]
pub(crate) fn done(what: WordDone) -> Result<WordOutcome, walletlock_core::LockError> {
    Ok(WordOutcome::Done(what))
}

pub(crate) fn refused(why: WordError) -> WordOutcome {
    WordOutcome::Refused(why)
}
