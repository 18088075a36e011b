//! What is played: the state of the phone when a process starts, and what its app does then.

use crate::fault::Fault;
use crate::net::Call;
use crate::paying;

/// The owner's PIN, and the PIN that replaces it.
pub(crate) const PIN: &str = "493716";
pub(crate) const NEW_PIN: &str = "582941";
/// What the vault keeps, and what replaces it.
pub(crate) const WORD: &str = "visa";
pub(crate) const NEW_WORD: &str = "bank";

/// The names of recovery codes.
pub(crate) const CODES: [&str; 4] = [FIRST, SECOND, THIRD, CHECKED];
pub(crate) const FIRST: &str = "first";
pub(crate) const SECOND: &str = "second";
const THIRD: &str = "third";
/// The code, and the PIN, that a check sets in a damaged wallet.
pub(crate) const CHECKED: &str = "checked";
pub(crate) const CHECKED_PIN: &str = "846205";
/// Stands for the policy `walletlock` with a provider.
pub(crate) const PROVIDER: &str = "provider";

const WRONG: &str = "700001";
const ANOTHER: &str = "700002";

/// One step of the app.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// Opens the lock if it is not open, and asks for its status.
    Open,
    /// Closes the lock and opens it again, as after a fault.
    Reopen,
    Enrol(&'static str),
    Verify(&'static str),
    Change(&'static str, &'static str),
    Remove(&'static str),
    Wipe,
    /// Sets biometrics up.
    Enable,
    Disable,
    /// The owner touches the sensor.
    Finger,
    Write(&'static str),
    Read,
    /// The owner makes a recovery code with this name and sets it.
    SetCode(&'static str),
    /// The owner enters the code `from`, and sets a new PIN and the code `to`.
    Recover {
        from: &'static str,
        to: &'static str,
        pin: &'static str,
    },
    /// The owner has escrow switched on or off.
    SwitchEscrow {
        is_on: bool,
    },
    /// The phone tells its provider of the slot for escrow.
    Deposit,
    /// The phone asks for the data key, and the provider grants it to the owner.
    AskEscrow,
    /// The owner takes the grant, and sets a new PIN and the code `to`.
    RecoverByEscrow {
        to: &'static str,
        pin: &'static str,
    },
    /// The owner makes an authenticator with this name, confirms it and sets it.
    SetFactor(&'static str),
    /// The owner has the second factor removed.
    RemoveFactor,
    /// The owner cancels the change of it that waits.
    CancelFactor,
    /// Somebody types a code of the authenticator.
    Code {
        is_right: bool,
        used_for: Used,
    },
    /// The owner begins to set a phone number up.
    AddChannel,
    /// Somebody has a code sent to it.
    SendCode,
    /// Somebody types the code that was sent: the phone makes a request.
    TypeCode {
        is_right: bool,
        used_for: Used,
    },
    /// The provider answers that request, if the code is right.
    TakeProof,
    /// The phone asks for the data key, and the provider leaves it to the phone whether enough was proven.
    AskEscrowByProofs,
    /// The owner sets a password of the account.
    SetPassword(&'static str),
    /// Somebody asks for the payment and confirms it with this PIN.
    Pay(&'static str),
    /// The provider says that so many minor units were charged.
    Settle(u64),
    /// The app says so.
    Capture(u64),
    /// The owner sets a limit on a single payment.
    Lower(u64),
    Freeze,
    /// The owner has looked through the journal; and wants no biometrics.
    Tick,
    Dismiss,
    /// The provider registers the phone.
    Register,
    /// The provider says that the phone is lost.
    Order,
    /// The phone asks its provider to clear its locks.
    Ask,
    /// The provider grants what was asked for.
    Grant,
    /// A heartbeat.
    Beat,
    /// A heartbeat that tells of an order and comes without it.
    BeatAlone,
    /// The provider revokes its online key.
    Revoke,
    /// Ends properly, as an app that was not killed.
    Close,
}

/// What a code is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Used {
    /// The second factor of the session; of a code that was sent: setting its channel up.
    Session,
    Recovery,
    Cancel,
}

/// The state of the phone at the beginning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Start {
    /// No wallet was ever there.
    New,
    /// A wallet with a word in its vault and this many wrong PINs since the last right one.
    Wallet { wrong: u32 },
    /// Such a wallet, with a recovery code or with a change of it whose wait is over when the scenario begins.
    WithCode { code: Option<&'static str>, due: Option<Due> },
    /// Such a wallet on a phone that its provider knows.
    Registered { is_lost: bool },
    /// Such a wallet with the recovery code `FIRST`, and with this state of escrow.
    WithEscrow(Escrow),
    /// Such a wallet with escrow, a phone number and the authenticator `FIRST`. `wrong`: codes of it since the last
    /// right one.
    WithWays { wrong: u32, proven: Proven },
    /// What a process of another scenario left that this fault killed at the call with this number.
    CutShort { scenario: &'static str, call: Call, nth: u32, fault: Fault },
}

/// What somebody has proven before a scenario begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Proven {
    Nothing,
    /// By a code that was sent.
    Sms,
    /// And by the authenticator, so that the wait runs.
    Both,
}

/// A change of the recovery code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Due {
    Replaced(&'static str),
    Withdrawn,
}

/// What became of escrow before a scenario begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Escrow {
    /// It is off. Switching it on was asked for, and the wait is over.
    OnIsDue,
    /// It is on, and the provider knows the slot.
    On,
    /// The same, and the record is gone. `is_lost`: the provider has locked the wallet, too.
    OnWithoutRecord { is_lost: bool },
    /// It is on, and the provider has locked the wallet.
    OnAndLost,
    /// It is on. Switching it off and replacing the code were asked for, and the waits are over.
    OffIsDue,
}

pub(crate) struct Scenario {
    pub(crate) name: &'static str,
    pub(crate) preset: &'static str,
    /// How far the phone's clock has advanced before the scenario begins.
    pub(crate) clock_ms: u64,
    pub(crate) start: Start,
    pub(crate) steps: &'static [Step],
    /// The step from which calls are caught.
    pub(crate) catches_from: usize,
}

/// Long enough for fifteen wrong PINs with the waits of `trezor`, 2^n - 1 s after the n-th.
const AFTER_ALL_WAITS: u64 = 65_534_000;

const HOUR_MS: u64 = 3_600_000;
/// A change of the recovery code waits for 24 hours.
const WHEN_DUE: u64 = 25 * HOUR_MS;
/// The provider's heartbeat may be away for 168 hours.
const AFTER_THE_ALLOWANCE: u64 = 200 * HOUR_MS;

/// When another code of the authenticator is shown than those that were used before.
pub(crate) const ANOTHER_CODE: u64 = 120_000;
/// After proofs on this phone a new PIN has to wait for 72 hours.
const AFTER_PROOFS: u64 = 73 * HOUR_MS;

use Step::{
    AddChannel, Ask, AskEscrow, AskEscrowByProofs, Beat, BeatAlone, CancelFactor, Capture, Change, Close, Code,
    Deposit, Disable, Dismiss, Enable, Enrol, Finger, Freeze, Grant, Lower, Open, Order, Pay, Read, Recover,
    RecoverByEscrow, Register, Remove, RemoveFactor, Reopen, Revoke, SendCode, SetCode, SetFactor, SetPassword, Settle,
    SwitchEscrow, TakeProof, Tick, TypeCode, Verify, Wipe, Write,
};

/// The scenario in which SQLite's log is moved into the database after a charge.
pub(crate) const LOG_IS_MOVED: &str = "log moved";

/// A charge and its settlement add four pages to the log, and 100 pages fill it.
const TRIES_BEFORE: usize = 25;

static UNTIL_THE_LOG_IS_FULL: [Step; TRIES_BEFORE + 5] = {
    let mut steps = [Verify(PIN); TRIES_BEFORE + 5];
    steps[0] = Open;
    steps[TRIES_BEFORE + 1] = Verify(WRONG);
    steps[TRIES_BEFORE + 3] = Read;
    steps[TRIES_BEFORE + 4] = Close;
    steps
};

/// Every call that writes, and every state in which a kill leaves work for the next opening. A step that fails is tried
/// again, as a person would.
pub(crate) static SCENARIOS: [Scenario; 66] = [
    Scenario {
        steps: &[Open, Open, Enrol(PIN), Enrol(PIN), Write(WORD), Verify(PIN), Read, Close],
        ..catches_all("enrol", Start::New)
    },
    Scenario { steps: &[Open, Verify(PIN), Read, Close], catches_from: 1, ..a_wallet("right") },
    Scenario {
        steps: &[Open, Verify(WRONG), Verify(WRONG), Verify(PIN), Read, Close],
        catches_from: 1,
        ..a_wallet("wrong")
    },
    Scenario {
        steps: &[Open, Verify(PIN), Change(PIN, NEW_PIN), Verify(PIN), Verify(NEW_PIN), Read, Close],
        catches_from: 2,
        ..a_wallet("change")
    },
    Scenario { steps: &[Open, Verify(PIN), Write(NEW_WORD), Read, Close], catches_from: 2, ..a_wallet("item") },
    Scenario { steps: &[Open, Remove(PIN), Open, Enrol(NEW_PIN), Close], catches_from: 1, ..a_wallet("remove") },
    Scenario {
        name: "wipe",
        preset: "trezor",
        clock_ms: AFTER_ALL_WAITS,
        start: Start::Wallet { wrong: 15 },
        steps: &[Open, Verify(WRONG), Open, Verify(PIN), Enrol(NEW_PIN), Close],
        catches_from: 1,
    },
    Scenario { steps: &[Open, Wipe, Open, Verify(PIN), Enrol(NEW_PIN), Close], catches_from: 1, ..a_wallet("lost") },
    // After a failed flush the lock reads nothing any more, but it can still wipe.
    Scenario {
        steps: &[Open, Verify(WRONG), Wipe, Reopen, Verify(PIN), Enrol(NEW_PIN), Close],
        catches_from: 1,
        ..a_wallet("lost after a try")
    },
    Scenario {
        steps: &[Open, Verify(PIN), Enable, Finger, Verify(PIN), Enable, Disable, Finger, Close],
        catches_from: 2,
        ..a_wallet("finger")
    },
    Scenario {
        steps: &[Open, Verify(PIN), Enable, Wipe, Open, Enrol(NEW_PIN), Close],
        catches_from: 3,
        ..a_wallet("lost with a finger")
    },
    Scenario {
        steps: &[Open, Verify(WRONG), Verify(ANOTHER), Reopen, Verify(ANOTHER), Close],
        catches_from: 1,
        ..a_wallet("reopen")
    },
    Scenario { steps: &UNTIL_THE_LOG_IS_FULL, catches_from: TRIES_BEFORE, ..a_wallet(LOG_IS_MOVED) },
    Scenario { steps: &[Open, Open, Enrol(PIN), Close], ..catches_all("open after enrol", after_flush("enrol", 2)) },
    Scenario {
        steps: &[Open, Open, Verify(PIN), Read, Close],
        ..catches_all("open after wrong", after_flush("wrong", 0))
    },
    Scenario {
        steps: &[Open, Open, Verify(PIN), Verify(NEW_PIN), Read, Close],
        ..catches_all("open after change", after_flush("change", 1))
    },
    Scenario { steps: &[Open, Open, Enrol(NEW_PIN), Close], ..catches_all("open after lost", after_flush("lost", 0)) },
    Scenario {
        steps: &[Open, Open, Enrol(NEW_PIN), Close],
        ..catches_all("open after remove", after_flush("remove", 1))
    },
    Scenario {
        steps: &[Open, Enrol(PIN), Write(WORD), SetCode(FIRST), SetCode(SECOND), Read, Close],
        catches_from: 3,
        ..catches_all("code", Start::New)
    },
    Scenario {
        steps: &[
            Open,
            Recover { from: FIRST, to: SECOND, pin: NEW_PIN },
            Recover { from: FIRST, to: THIRD, pin: NEW_PIN },
            Read,
            Close,
        ],
        catches_from: 1,
        ..with_code("recover", Some(FIRST), None)
    },
    Scenario { steps: &WHEN_A_CHANGE_IS_DUE, ..with_code("code replaced", Some(FIRST), Some(Due::Replaced(SECOND))) },
    Scenario { steps: &WHEN_A_CHANGE_IS_DUE, ..with_code("code withdrawn", Some(FIRST), Some(Due::Withdrawn)) },
    Scenario { steps: &WHEN_A_CHANGE_IS_DUE, ..with_code("code later", None, Some(Due::Replaced(SECOND))) },
    Scenario {
        steps: &[Open, Open, Recover { from: FIRST, to: THIRD, pin: NEW_PIN }, Verify(NEW_PIN), Read, Close],
        ..catches_all("open after recover", before_write("recover", 2))
    },
    Scenario {
        steps: &[Open, Open, Verify(PIN), Read, Close],
        ..catches_all("open after code replaced", after_flush("code replaced", 1))
    },
    Scenario { steps: &[Open, Register, Register, Close], catches_from: 1, preset: PROVIDER, ..a_wallet("register") },
    Scenario {
        steps: &[Open, Verify(PIN), Order, Order, Verify(PIN), Close],
        catches_from: 2,
        ..registered("order", false)
    },
    Scenario {
        steps: &[Open, Verify(PIN), Order, Verify(PIN), Reopen, Verify(PIN), Order, Verify(PIN), Close],
        catches_from: 2,
        ..registered("order once", false)
    },
    Scenario {
        steps: &[Open, Open, Order, Verify(PIN), Close],
        preset: PROVIDER,
        ..catches_all("open after order", before_write("order", 0))
    },
    Scenario {
        steps: &[Open, Ask, Grant, Grant, Verify(PIN), Read, Close],
        catches_from: 1,
        ..registered("grant", true)
    },
    Scenario {
        steps: &[Open, Beat, Beat, Verify(PIN), Close],
        catches_from: 1,
        clock_ms: AFTER_THE_ALLOWANCE,
        ..registered("heartbeat", false)
    },
    Scenario {
        steps: &[Open, Verify(PIN), BeatAlone, Order, Verify(PIN), Close],
        catches_from: 2,
        ..registered("order withheld", false)
    },
    Scenario {
        steps: &[Open, Revoke, Revoke, Verify(PIN), Read, Close],
        catches_from: 1,
        ..registered("key revoked", true)
    },
    Scenario {
        steps: &[Open, Enrol(PIN), Write(WORD), SwitchEscrow { is_on: true }, Register, Deposit, Read, Close],
        catches_from: 3,
        preset: PROVIDER,
        ..catches_all("escrow", Start::New)
    },
    Scenario {
        steps: &[
            Open,
            Verify(PIN),
            SwitchEscrow { is_on: true },
            SwitchEscrow { is_on: true },
            Verify(PIN),
            Read,
            Close,
        ],
        catches_from: 2,
        ..registered("escrow asked for", false)
    },
    Scenario { steps: &WHEN_A_CHANGE_IS_DUE, ..with_escrow("escrow later", Escrow::OnIsDue) },
    Scenario { steps: &WHEN_A_CHANGE_IS_DUE, ..with_escrow("escrow off", Escrow::OffIsDue) },
    Scenario { steps: &RECOVER_BY_ESCROW, ..with_escrow(BY_ESCROW, Escrow::On) },
    Scenario { steps: &RECOVER_BY_ESCROW, ..with_escrow(WITHOUT_RECORD, Escrow::OnWithoutRecord { is_lost: false }) },
    Scenario { steps: &RECOVER_WHILE_LOST, ..with_escrow("recover while lost", Escrow::OnAndLost) },
    Scenario {
        steps: &RECOVER_WHILE_LOST,
        ..with_escrow("recover while lost and without record", Escrow::OnWithoutRecord { is_lost: true })
    },
    Scenario {
        steps: &OPEN_AND_RECOVER,
        preset: PROVIDER,
        ..catches_all("open after recover by escrow", before_write(BY_ESCROW, 2))
    },
    Scenario {
        steps: &OPEN_AND_RECOVER,
        preset: PROVIDER,
        ..catches_all("open after recover without record", before_write(WITHOUT_RECORD, 2))
    },
    Scenario {
        steps: &[Open, Open, Verify(PIN), Read, Close],
        clock_ms: WHEN_DUE,
        preset: PROVIDER,
        ..catches_all("open after escrow later", after_flush("escrow later", 1))
    },
    Scenario {
        steps: &[Open, Enrol(PIN), Write(WORD), SetFactor(FIRST), RemoveFactor, SetFactor(SECOND), Read, Close],
        catches_from: 3,
        ..catches_all("factor", Start::New)
    },
    Scenario {
        steps: &[Open, Verify(PIN), SetFactor(FIRST), CancelFactor, SetFactor(SECOND), Verify(PIN), Read, Close],
        catches_from: 2,
        ..a_wallet("factor asked for")
    },
    Scenario {
        steps: &[Open, Verify(PIN), RIGHT, RemoveFactor, RemoveFactor, Read, Close],
        catches_from: 2,
        ..with_ways("factor removed", 0, Proven::Nothing)
    },
    Scenario {
        steps: &[Open, Verify(PIN), WRONG_CODE, WRONG_CODE, RIGHT, RIGHT, Read, Close],
        catches_from: 2,
        ..with_ways("second factor", 0, Proven::Nothing)
    },
    Scenario {
        steps: &[Open, code(false, Used::Recovery), code(true, Used::Recovery), code(true, Used::Recovery), Close],
        ..with_ways(BY_APP, 0, Proven::Nothing)
    },
    Scenario {
        steps: &[Open, code(false, Used::Recovery), code(true, Used::Recovery), Verify(PIN), Read, Close],
        ..with_ways("last wrong code", 4, Proven::Sms)
    },
    Scenario {
        steps: &[
            Open,
            Enrol(PIN),
            Write(WORD),
            Register,
            AddChannel,
            typed(false, Used::Session),
            TakeProof,
            typed(true, Used::Session),
            TakeProof,
            TakeProof,
            Read,
            Close,
        ],
        catches_from: 4,
        preset: PROVIDER,
        ..catches_all("channel", Start::New)
    },
    Scenario {
        steps: &[Open, Verify(PIN), AddChannel, typed(true, Used::Session), TakeProof, Verify(PIN), Read, Close],
        catches_from: 2,
        ..registered("channel later", false)
    },
    Scenario {
        steps: &[
            Open,
            SendCode,
            typed(false, Used::Recovery),
            TakeProof,
            typed(true, Used::Recovery),
            TakeProof,
            TakeProof,
            Close,
        ],
        ..with_ways(BY_SMS, 0, Proven::Nothing)
    },
    Scenario {
        steps: &[
            Open,
            code(true, Used::Recovery),
            AskEscrowByProofs,
            RecoverByEscrow { to: SECOND, pin: NEW_PIN },
            Verify(PIN),
            Read,
            Close,
        ],
        ..with_ways(SECOND_PROOF, 0, Proven::Sms)
    },
    Scenario {
        steps: &[Open, code(false, Used::Cancel), code(true, Used::Cancel), code(true, Used::Cancel), Close],
        ..with_ways("recovery cancelled", 0, Proven::Both)
    },
    Scenario {
        steps: &[Open, SendCode, typed(true, Used::Cancel), TakeProof, TakeProof, Close],
        ..with_ways("recovery cancelled by a sent code", 0, Proven::Both)
    },
    Scenario {
        steps: &[Open, Verify(WRONG), Verify(PIN), Read, Close],
        ..with_ways("recovery cancelled by the PIN", 0, Proven::Both)
    },
    Scenario {
        steps: &[Open, Verify(WRONG), Order, Order, Close],
        ..with_ways("recovery cancelled by an order", 0, Proven::Both)
    },
    Scenario {
        steps: &[
            Open,
            AskEscrowByProofs,
            RecoverByEscrow { to: SECOND, pin: NEW_PIN },
            RecoverByEscrow { to: THIRD, pin: NEW_PIN },
            Tick,
            Dismiss,
            Verify(NEW_PIN),
            Read,
            Close,
        ],
        clock_ms: AFTER_PROOFS,
        ..with_ways("recover by proofs", 0, Proven::Both)
    },
    Scenario {
        steps: &[Open, Verify(PIN), SetPassword(FIRST), SetPassword(FIRST), SetPassword(SECOND), Read, Close],
        catches_from: 2,
        ..a_wallet("password")
    },
    Scenario {
        steps: &[Open, Open, code(true, Used::Recovery), Verify(PIN), Read, Close],
        preset: PROVIDER,
        clock_ms: ANOTHER_CODE,
        ..catches_all("open after proof by app", after_flush(BY_APP, 0))
    },
    Scenario {
        steps: &[Open, Open, code(true, Used::Recovery), Verify(PIN), Read, Close],
        preset: PROVIDER,
        clock_ms: ANOTHER_CODE,
        ..catches_all("open after second proof", after_flush(SECOND_PROOF, 0))
    },
    Scenario {
        steps: &[Open, Pay(PIN), Pay(PIN), Settle(LESS), Settle(LESS), Verify(PIN), Read, Close],
        catches_from: 1,
        ..registered(PAID, false)
    },
    Scenario {
        steps: &[Open, Pay(WRONG), Pay(PIN), Capture(MORE), Capture(MORE), Verify(PIN), Read, Close],
        catches_from: 1,
        ..registered("payment with a wrong PIN", false)
    },
    Scenario {
        steps: &[Open, Open, Pay(PIN), Settle(LESS), Verify(PIN), Read, Close],
        preset: PROVIDER,
        ..catches_all("open after payment", after_flush(PAID, 0))
    },
    Scenario {
        steps: &[Open, Verify(PIN), Lower(5_000), Lower(4_000), Freeze, Freeze, Read, Close],
        catches_from: 2,
        ..registered("limit and freeze", false)
    },
];

const PAID: &str = "payment";
/// What is charged for a payment in the end, in minor units: less than was approved, or more.
const LESS: u64 = paying::MINOR / 2;
const MORE: u64 = paying::MINOR * 2;

/// Somebody proves something.
const BY_APP: &str = "proof by app";
const BY_SMS: &str = "proof by sent code";
const SECOND_PROOF: &str = "second proof";

const RIGHT: Step = code(true, Used::Session);
const WRONG_CODE: Step = code(false, Used::Session);

const fn code(is_right: bool, used_for: Used) -> Step {
    Code { is_right, used_for }
}

const fn typed(is_right: bool, used_for: Used) -> Step {
    TypeCode { is_right, used_for }
}

const fn with_ways(name: &'static str, wrong: u32, proven: Proven) -> Scenario {
    let start = Start::WithWays { wrong, proven };
    Scenario { start, preset: PROVIDER, catches_from: 1, clock_ms: ANOTHER_CODE, ..a_wallet(name) }
}

/// A recovery by escrow, and that of a phone without a record.
const BY_ESCROW: &str = "recover by escrow";
const WITHOUT_RECORD: &str = "recover without record";

/// The owner sets a new PIN twice, as after a recovery that failed. The provider does not know the new slot.
static RECOVER_BY_ESCROW: [Step; 8] = [
    Open,
    AskEscrow,
    RecoverByEscrow { to: SECOND, pin: NEW_PIN },
    RecoverByEscrow { to: THIRD, pin: NEW_PIN },
    AskEscrow,
    Verify(NEW_PIN),
    Read,
    Close,
];

/// The provider's lock stands.
static RECOVER_WHILE_LOST: [Step; 5] =
    [Open, AskEscrow, RecoverByEscrow { to: SECOND, pin: NEW_PIN }, Verify(NEW_PIN), Close];

static OPEN_AND_RECOVER: [Step; 7] =
    [Open, Open, AskEscrow, RecoverByEscrow { to: THIRD, pin: NEW_PIN }, Verify(NEW_PIN), Read, Close];

/// The first right PIN makes the change.
const WHEN_A_CHANGE_IS_DUE: [Step; 5] = [Open, Verify(PIN), Verify(PIN), Read, Close];

const fn with_code(name: &'static str, code: Option<&'static str>, due: Option<Due>) -> Scenario {
    let clock_ms = if due.is_some() { WHEN_DUE } else { 0 };
    Scenario { start: Start::WithCode { code, due }, catches_from: 1, clock_ms, ..a_wallet(name) }
}

const fn with_escrow(name: &'static str, escrow: Escrow) -> Scenario {
    let clock_ms = if matches!(escrow, Escrow::OnIsDue | Escrow::OffIsDue) { WHEN_DUE } else { 0 };
    Scenario { start: Start::WithEscrow(escrow), preset: PROVIDER, catches_from: 1, clock_ms, ..a_wallet(name) }
}

const fn registered(name: &'static str, is_lost: bool) -> Scenario {
    Scenario { start: Start::Registered { is_lost }, preset: PROVIDER, ..a_wallet(name) }
}

/// What a process of that scenario left that was killed just after this flush.
const fn after_flush(scenario: &'static str, nth: u32) -> Start {
    Start::CutShort { scenario, call: Call::Flush, nth, fault: Fault::KilledAfter }
}

/// What a process of that scenario left that was killed just before this write.
const fn before_write(scenario: &'static str, nth: u32) -> Start {
    Start::CutShort { scenario, call: Call::Write, nth, fault: Fault::Killed }
}

const fn a_wallet(name: &'static str) -> Scenario {
    Scenario { name, preset: "walletlock", clock_ms: 0, start: Start::Wallet { wrong: 1 }, steps: &[], catches_from: 0 }
}

const fn catches_all(name: &'static str, start: Start) -> Scenario {
    Scenario { start, ..a_wallet(name) }
}

impl Scenario {
    pub(crate) fn named(name: &str) -> Option<&'static Self> {
        SCENARIOS.iter().find(|scenario| scenario.name == name)
    }
}
