//! Settings of a run from the environment.

/// The seed of this run: `WALLETLOCK_SEED`, or else always the same one, so that a failure means a change and not bad
/// luck.
pub(crate) fn seed() -> u64 {
    number_from("WALLETLOCK_SEED").unwrap_or(20_260_101)
}

/// A number from the environment, if the variable is set.
pub(crate) fn number_from(variable: &str) -> Option<u64> {
    std::env::var(variable).ok()?.trim().parse().ok()
}
