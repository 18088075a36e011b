//! What people need of the lock, played through the core: one file for each story or promise.
#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod backend;
mod camera;
mod wallet;

mod t2_forged_words;
mod t2_lies;
mod t2_overtaken;
mod u12_tidying_up;
mod u16_history;
mod u1_failed_attempts;
mod u2_which_lock;
mod u3_lost;
mod u5_payment_pin;
mod u6_biometrics;
mod u6_overtaken;
mod u6_prompt;
mod u7_second_factor;
mod u8_escrow;
mod u8_proofs;
mod u9_password;

mod ahead;
mod begun_again;
mod callbacks;
mod device_key;
mod documents;
mod escrow_attacked;
mod escrow_proofs;
mod fixtures;
mod getting_back_attacked;
mod kdf_upgrade;
mod kills;
mod lies;
mod no_memory;
mod one_at_a_time;
mod overtaken;
mod policy_changes;
mod random_life;
mod random_locks;
mod random_proofs;
mod recovery_code;
mod recovery_kills;
mod recovery_under_locks;
mod reopening;
mod rollback;
mod session_ends;
mod sessions;
mod stale_keys;
mod vault;
mod wipe;
mod wipe_again;
mod wipe_pin;
