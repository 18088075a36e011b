//! When a policy may replace the sealed one without the PIN.

use walletlock_core::policy::BiometricPolicy;
use walletlock_core::policy::Policy;

/// Whether `requested` eases nothing. A changed `wipe_at` always counts as easier, because it can destroy what is kept.
pub(crate) fn at_least_as_strict(requested: &Policy, sealed: &Policy) -> bool {
    let (mine, theirs) = (&requested.lockout, &sealed.lockout);
    let wait_s = |policy: &Policy, failures: u32| {
        let mut steps = policy.lockout.cooldowns.iter();
        steps.find(|step| (step.from..=step.to.unwrap_or(u32::MAX)).contains(&failures)).map_or(0, |step| step.wait_s)
    };
    // No limit is the easiest limit.
    let stop = |limit: Option<u32>| limit.unwrap_or(u32::MAX);
    (1..=1100).all(|failures| wait_s(requested, failures) >= wait_s(sealed, failures))
        && stop(mine.lock_at) <= stop(theirs.lock_at)
        && stop(mine.per_boot_limit) <= stop(theirs.per_boot_limit)
        && mine.wipe_at == theirs.wipe_at
        && mine.duplicate_window_s <= theirs.duplicate_window_s
        && mine.duplicate_memory <= theirs.duplicate_memory
        && mine.no_verdict_budget <= theirs.no_verdict_budget
        && requested.pin.min_digits >= sealed.pin.min_digits
        && requested.pin.max_digits >= sealed.pin.max_digits
        && requested.pin.forbid_weak >= sealed.pin.forbid_weak
        && requested.pin.remember >= sealed.pin.remember
        && requested.session.idle_s <= sealed.session.idle_s
        && requested.session.absolute_s <= sealed.session.absolute_s
        && biometrics(&requested.biometric, &sealed.biometric)
}

fn biometrics(mine: &BiometricPolicy, theirs: &BiometricPolicy) -> bool {
    mine.strong_auth_max_age_h <= theirs.strong_auth_max_age_h
        && mine.max_uses <= theirs.max_uses
        && mine.failures_before_pin <= theirs.failures_before_pin
        && mine.failures_before_off <= theirs.failures_before_off
        && mine.budgets.iter().all(|budget| {
            let mut named = theirs.budgets.iter().filter(|theirs| theirs.currency == budget.currency);
            named.any(|theirs| {
                budget.per_payment_minor <= theirs.per_payment_minor && budget.total_minor <= theirs.total_minor
            })
        })
}
