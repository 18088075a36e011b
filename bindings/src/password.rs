//! The password of the owner's account at the app's backend.

use std::sync::Arc;

use walletlock_core::recovery;

use crate::error::LockError;
use crate::session::Access;
use crate::types::signed_32;
use crate::wallet_lock::WalletLock;

/// The password that the person typed. Kotlin can replace it, and cannot read it back.
#[derive(Debug, uniffi::Object)]
pub struct PasswordEntry(recovery::PasswordEntry);

#[derive(uniffi::Enum)]
pub enum PasswordFinding {
    TooShort { least: i32 },
    NoUpperCase,
    NoLowerCase,
    NoDigit,
    NoSymbol,
    Repeated,
    Common,
    UsedBefore,
}

#[uniffi::export]
impl PasswordEntry {
    #[uniffi::constructor]
    pub fn new() -> Arc<Self> {
        Arc::new(Self(recovery::PasswordEntry::new()))
    }

    /// Replaces the text. `false`: it is refused, and the entry is empty.
    pub fn set(&self, utf8: &[u8]) -> bool {
        self.0.set(utf8).is_ok()
    }

    /// Wipes the text.
    pub fn clear(&self) {
        self.0.clear();
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[uniffi::export]
impl WalletLock {
    /// Judges a password by the policy in force.
    pub fn judge_password(&self, password: &PasswordEntry) -> Result<Vec<PasswordFinding>, LockError> {
        Ok(findings(self.core()?.recovery().judge_password(&password.0)?))
    }
}

#[uniffi::export]
impl Access {
    /// Notes the password as the account's, unless there are findings.
    pub fn set_password(&self, password: &PasswordEntry) -> Result<Vec<PasswordFinding>, LockError> {
        Ok(findings(self.0.core()?.access().set_password(&password.0)?))
    }
}

fn findings(findings: Vec<recovery::PasswordFinding>) -> Vec<PasswordFinding> {
    findings.into_iter().map(Into::into).collect()
}

impl From<recovery::PasswordFinding> for PasswordFinding {
    fn from(finding: recovery::PasswordFinding) -> Self {
        match finding {
            recovery::PasswordFinding::TooShort { least } => Self::TooShort { least: signed_32(least) },
            recovery::PasswordFinding::NoUpperCase => Self::NoUpperCase,
            recovery::PasswordFinding::NoLowerCase => Self::NoLowerCase,
            recovery::PasswordFinding::NoDigit => Self::NoDigit,
            recovery::PasswordFinding::NoSymbol => Self::NoSymbol,
            recovery::PasswordFinding::Repeated => Self::Repeated,
            recovery::PasswordFinding::Common => Self::Common,
            recovery::PasswordFinding::UsedBefore => Self::UsedBefore,
        }
    }
}
