//! What to tidy up after a recovery, and what a loss would mean.

use walletlock_core::recovery::{Advice, ChecklistLine, HealthLine, Loss, Task};

use crate::error::LockError;
use crate::session::Access;

#[uniffi::remote(Enum)]
pub enum Task {
    RegisterPhone,
    SecondFactor,
    Channels,
    ReviewJournal,
    Biometrics,
    Sheet,
    ChangePin,
    Report,
}

#[uniffi::remote(Record)]
pub struct ChecklistLine {
    pub task: Task,
    pub is_done: bool,
}

#[uniffi::remote(Enum)]
pub enum Loss {
    Phone,
    Sim,
    MailAccount,
    Paper,
}

#[uniffi::remote(Enum)]
pub enum Advice {
    MakeCode,
    SwitchEscrowOn,
    AddChannel,
    KeepSecondCopy,
}

#[uniffi::remote(Record)]
pub struct HealthLine {
    pub loss: Loss,
    pub advice: Option<Advice>,
}

#[uniffi::export]
impl Access {
    pub fn checklist(&self) -> Result<Vec<ChecklistLine>, LockError> {
        Ok(self.0.core()?.access().checklist()?)
    }

    /// Notes that the owner has done this.
    pub fn note_done(&self, task: Task) -> Result<(), LockError> {
        Ok(self.0.core()?.access().note_done(task)?)
    }

    /// Takes the line off the list.
    pub fn dismiss(&self, task: Task) -> Result<(), LockError> {
        Ok(self.0.core()?.access().dismiss(task)?)
    }

    pub fn health(&self) -> Result<Vec<HealthLine>, LockError> {
        Ok(self.0.core()?.access().health()?)
    }
}
