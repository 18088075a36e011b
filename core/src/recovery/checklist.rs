//! What an owner tidies up after a recovery (USER_STORIES U12), or after a panic (U14), computed from the wallet's state.

use serde::{Deserialize, Serialize};

/// Something to tidy up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Task {
    /// Have the provider register this phone again.
    RegisterPhone,
    /// Set up a second factor.
    SecondFactor,
    /// Confirm the channels again, or set one up.
    Channels,
    /// Look through what happened: sign-ins, changes, payments.
    ReviewJournal,
    /// Switch biometrics on again.
    Biometrics,
    /// Keep a recovery sheet in a safe place.
    Sheet,
    /// Change the PIN: somebody else may know it.
    ChangePin,
    /// Report what happened to the provider.
    Report,
}

/// One line of the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChecklistLine {
    /// What is to be done.
    pub task: Task,
    /// It is done.
    pub is_done: bool,
}

/// The record's part about the list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Checklist {
    /// A recovery began it, and it is not over.
    is_open: bool,
    /// A panic began it.
    after_panic: bool,
    /// The app said that these are done: the wallet cannot see that by itself.
    done: Vec<Task>,
    dismissed: Vec<Task>,
}

/// What the lines are computed from.
pub(crate) struct Facts {
    /// `None`: the policy has no provider.
    pub(crate) is_registered: Option<bool>,
    pub(crate) has_second_factor: bool,
    /// There is a channel that counts, and none is stale.
    pub(crate) channels_are_fresh: bool,
    pub(crate) has_biometrics: bool,
}

impl Task {
    const AFTER_RECOVERY: [Self; 6] =
        [Self::RegisterPhone, Self::SecondFactor, Self::Channels, Self::ReviewJournal, Self::Biometrics, Self::Sheet];
    const AFTER_PANIC: [Self; 4] = [Self::ChangePin, Self::SecondFactor, Self::ReviewJournal, Self::Report];
}

impl Checklist {
    /// The list that a recovery begins.
    pub(crate) fn begin() -> Self {
        Self { is_open: true, ..Self::default() }
    }

    /// A panic begins its own list. One that a recovery began goes on after it.
    pub(crate) fn begin_after_panic(&mut self) {
        *self = Self { is_open: self.is_open, after_panic: true, ..Self::default() };
    }

    /// The lines that the owner did not dismiss, in their order. None once every line is done.
    pub(crate) fn lines(&self, facts: &Facts) -> Vec<ChecklistLine> {
        let Facts { is_registered, has_second_factor, channels_are_fresh, has_biometrics } = facts;
        let line = |task: Task| {
            let by_state = match task {
                Task::RegisterPhone => (*is_registered)?,
                // Without a provider nobody sends codes.
                Task::Channels if is_registered.is_none() => return None,
                Task::Channels => *channels_are_fresh,
                Task::SecondFactor => *has_second_factor,
                Task::Biometrics => *has_biometrics,
                // Without a provider there is nobody to report to.
                Task::Report if is_registered.is_none() => return None,
                Task::ReviewJournal | Task::Sheet | Task::ChangePin | Task::Report => false,
            };
            let is_done = by_state || self.done.contains(&task);
            (!self.dismissed.contains(&task)).then_some(ChecklistLine { task, is_done })
        };
        let tasks: &[Task] = match self {
            Self { after_panic: true, .. } => &Task::AFTER_PANIC,
            Self { is_open: true, .. } => &Task::AFTER_RECOVERY,
            _ => &[],
        };
        let lines: Vec<_> = tasks.iter().copied().filter_map(line).collect();
        if lines.iter().all(|line| line.is_done) { Vec::new() } else { lines }
    }

    /// The app says that this is done.
    pub(crate) fn note_done(&mut self, task: Task) {
        add(&mut self.done, task);
    }

    /// The owner does not want to see this line any more.
    pub(crate) fn dismiss(&mut self, task: Task) {
        add(&mut self.dismissed, task);
    }

    /// Whether the record could hold this.
    pub(crate) fn is_in_range(&self) -> bool {
        // Destructured by name, so that a new field does not compile until someone decides what it may hold.
        let Self { is_open: _, after_panic: _, done, dismissed } = self;
        let most = Task::AFTER_RECOVERY.len() + Task::AFTER_PANIC.len();
        done.len() <= most && dismissed.len() <= most
    }
}

fn add(to: &mut Vec<Task>, task: Task) {
    if !to.contains(&task) {
        to.push(task);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts() -> Facts {
        Facts { is_registered: Some(false), has_second_factor: false, channels_are_fresh: false, has_biometrics: false }
    }

    fn open_tasks(list: &Checklist, facts: &Facts) -> Vec<Task> {
        list.lines(facts).iter().filter(|line| !line.is_done).map(|line| line.task).collect()
    }

    #[test]
    fn each_line_is_done_when_the_wallet_is_so_or_the_app_says_so() {
        let mut list = Checklist::begin();
        assert_eq!(open_tasks(&list, &facts()), Task::AFTER_RECOVERY);
        for (facts, done) in [
            (Facts { is_registered: Some(true), ..facts() }, Task::RegisterPhone),
            (Facts { has_second_factor: true, ..facts() }, Task::SecondFactor),
            (Facts { channels_are_fresh: true, ..facts() }, Task::Channels),
            (Facts { has_biometrics: true, ..facts() }, Task::Biometrics),
        ] {
            let expected: Vec<_> = Task::AFTER_RECOVERY.into_iter().filter(|task| *task != done).collect();
            assert_eq!(open_tasks(&list, &facts), expected);
            assert_eq!(list.lines(&facts).len(), Task::AFTER_RECOVERY.len(), "it stays, and is ticked");
        }
        list.note_done(Task::ReviewJournal);
        list.note_done(Task::Sheet);
        let without_provider = Facts { is_registered: None, ..facts() };
        assert_eq!(open_tasks(&list, &without_provider), [Task::SecondFactor, Task::Biometrics]);
        list.dismiss(Task::Biometrics);
        list.dismiss(Task::Biometrics);
        assert_eq!(open_tasks(&list, &without_provider), [Task::SecondFactor]);
        let all = Facts { has_second_factor: true, ..without_provider };
        assert_eq!(list.lines(&all), [], "it is over");
        assert!(list.is_in_range());
    }

    #[test]
    fn without_a_recovery_there_is_no_list() {
        assert_eq!(Checklist::default().lines(&facts()), []);
    }
}
