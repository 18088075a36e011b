//! What the environment says of a run.

/// The seed of this run: `WALLETLOCK_SEED`, or the one that CI always takes, so that a red run means a change and not bad luck.
pub(crate) fn seed() -> u64 {
    number_from("WALLETLOCK_SEED").unwrap_or(20_260_101)
}

/// A number that the environment sets, if it does.
pub(crate) fn number_from(variable: &str) -> Option<u64> {
    std::env::var(variable).ok()?.trim().parse().ok()
}
