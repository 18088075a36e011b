//! The payments that wait for a proof. They are in memory only: a restart of the app forgets them.

use std::sync::Mutex;

use super::lock;
use super::sessions::SessionId;
use crate::crypto::Random;
use crate::payment::{Cell, Language};
use crate::request::Payment;
use crate::time::{Lease, Now};

/// For how long a payment waits for its proof: five minutes (Regulation (EU) 2018/389, article 4(3)(d), names them for
/// the time without activity after an authentication).
const WAITS_MS: u64 = 5 * 60 * 1000;
/// How many payments wait at once. One more takes the place of the oldest.
const MOST: usize = 8;

/// Identifies a payment that waits for a proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PaymentHandle(pub u64);

/// What the app knows about the circumstances of a payment.
#[derive(Clone, Debug, Default)]
pub struct PaymentContext {
    /// The language of the lines.
    pub language: Language,
    /// Where the phone is. `None`: not known, and no rule looks at it.
    pub place: Option<Cell>,
    /// What is wrong with the phone's integrity, by the names of the policy, at most 16.
    pub flags: Vec<String>,
}

/// A payment that waits for a proof.
#[derive(Clone)]
pub(crate) struct PaymentRequest {
    pub(crate) handle: PaymentHandle,
    pub(crate) payment: Payment,
    pub(crate) context: PaymentContext,
    /// The session in which it was asked for.
    pub(crate) session: Option<SessionId>,
    /// What was shown.
    pub(crate) lines: Vec<String>,
    /// A finger or face was recognised for it.
    pub(crate) has_biometrics: bool,
    /// A code of the second factor was right for it.
    pub(crate) has_code: bool,
    lease: Lease,
}

/// The payments that wait for a proof.
#[derive(Default)]
pub(crate) struct PaymentRequests(Mutex<Vec<PaymentRequest>>);

impl PaymentRequests {
    /// Has a payment wait. One with the same id takes the place of the other, and keeps no proof. The handle is random:
    /// one that an app kept over its restart means no other payment.
    pub(crate) fn add(
        &self,
        random: &mut Random,
        payment: Payment,
        context: PaymentContext,
        session: Option<SessionId>,
        lines: Vec<String>,
        now: Now,
    ) -> PaymentHandle {
        let mut requests = lock(&self.0);
        requests.retain(|other| other.payment.id != payment.id && other.lease.is_live(now));
        if requests.len() >= MOST {
            requests.remove(0);
        }
        let handle = PaymentHandle(u64::from_be_bytes(*random.bytes()));
        let lease = Lease::start(WAITS_MS, now);
        requests.push(PaymentRequest {
            handle,
            payment,
            context,
            session,
            lines,
            has_biometrics: false,
            has_code: false,
            lease,
        });
        handle
    }

    /// The payment that waits. `None`: it was approved or cancelled, or its time is over.
    pub(crate) fn find(&self, handle: PaymentHandle, now: Now) -> Option<PaymentRequest> {
        let mut requests = lock(&self.0);
        requests.retain(|request| request.lease.is_live(now));
        requests.iter().find(|request| request.handle == handle).cloned()
    }

    /// Changes the payment that waits. `None`: it does not wait any more.
    pub(crate) fn update(&self, handle: PaymentHandle, change: impl FnOnce(&mut PaymentRequest)) -> Option<()> {
        let mut requests = lock(&self.0);
        requests.iter_mut().find(|request| request.handle == handle).map(change)
    }

    /// Ends the waiting of a payment: only one confirmation gets it. `false`: another one was faster.
    pub(crate) fn take(&self, handle: PaymentHandle) -> bool {
        let mut requests = lock(&self.0);
        let before = requests.len();
        requests.retain(|request| request.handle != handle);
        requests.len() < before
    }

    /// Ends the waiting of all payments.
    pub(crate) fn clear(&self) {
        lock(&self.0).clear();
    }
}
