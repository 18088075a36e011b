//! Plays every fault at every call in every scenario, with as many threads as there are cores.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use tempfile::TempDir;

use crate::check::check;
use crate::fault::{Ending, Fault, Plan};
use crate::net::Call;
use crate::scenario::{LOG_IS_MOVED, SCENARIOS};
use crate::stage::{Caught, Stage, play};
use crate::trace;
use crate::world::{STORAGE_FAILED, Seen};

/// Plays everything whose name contains `wanted`, the controls included, and panics if there was a violation.
pub(crate) fn prove(wanted: &str) {
    let folder = folder();
    let mut stages: Vec<Stage> = Vec::new();
    for scenario in &SCENARIOS {
        let stage = Stage::set_up(scenario, folder.path(), &stages);
        stages.push(stage);
    }
    let mut plans = Vec::new();
    let mut names = BTreeMap::new();
    let mut seen_by_strace = 0;
    for stage in &stages {
        seen_by_strace += in_scenario(stage, trace::compare(stage, folder.path()));
        let calls = in_scenario(stage, undisturbed(stage, folder.path()));
        for (call, _) in &calls {
            *names.entry(*call).or_insert(0) += 1;
        }
        let is_moved = calls.iter().any(|(call, _)| *call == Call::Truncate);
        assert!(is_moved || stage.scenario.name != LOG_IS_MOVED, "the log was not moved");
        plans.extend(all_plans(&calls).into_iter().map(|plan| (stage, plan)));
    }
    plans.retain(|(stage, plan)| name(stage, *plan).contains(wanted));
    let (controls, plans): (Vec<_>, Vec<_>) = plans.into_iter().partition(|(_, plan)| plan.fault == Fault::Pretended);
    let violations = play_all(&plans, folder.path());
    let caught = play_all(&controls, folder.path());
    report(&stages, &plans, &names, &violations);
    writeln!(
        std::io::stderr(),
        "system calls: controls: strace saw the same {seen_by_strace} calls and no other; of {} that pretended, {} were found out",
        controls.len(),
        caught.len()
    )
    .expect("written");
    assert!(violations.is_empty(), "{} violations", violations.len());
    for stage in &stages {
        let of_it = |list: &[(&Stage, Plan)]| list.iter().filter(|(other, _)| std::ptr::eq(*other, stage)).count();
        let found = caught.iter().filter(|violation| violation.starts_with(stage.scenario.name)).count();
        assert!(found > 0 || of_it(&controls) == 0, "{}: a disk that pretends is not found out", stage.scenario.name);
    }
}

/// A folder in memory, if the machine has one: what a killed process leaves does not depend on the disk, and every life
/// flushes.
fn folder() -> TempDir {
    let memory = Path::new("/dev/shm");
    let folder = if memory.is_dir() { TempDir::new_in(memory) } else { TempDir::new() };
    folder.expect("a folder")
}

fn name(stage: &Stage, plan: Plan) -> String {
    format!("{}/{plan}", stage.scenario.name)
}

fn in_scenario<T>(stage: &Stage, result: Result<T, String>) -> T {
    result.unwrap_or_else(|violation| panic!("{}: {violation}", stage.scenario.name))
}

/// Checks that a life without a fault goes well, and returns its calls, each with whether it was made while the lock
/// closed.
fn undisturbed(stage: &Stage, folder: &Path) -> Result<Vec<(Call, bool)>, String> {
    let home = stage.home.copy_to(folder.join("undisturbed"));
    let lived = play(&stage.life(&home, 2, None))?;
    let failed =
        |seen: &&Seen| seen.told.as_deref().is_none_or(|told| told == STORAGE_FAILED || told.starts_with("no "));
    if let Some(seen) = lived.seen.iter().find(failed) {
        return Err(format!("undisturbed, and yet {seen:?}"));
    }
    check(&stage.phone(&home, 3), stage.outcome(&lived, None)?)?;
    home.remove();
    let close = stage.scenario.steps.len() - 1;
    let call_of = |caught: &Caught| Call::ALL.into_iter().find(|call| call.name() == caught.call);
    let calls = lived.caught.iter().map(|caught| Some((call_of(caught)?, caught.step == close)));
    calls.collect::<Option<_>>().ok_or_else(|| "an unknown call".to_owned())
}

/// All faults that can happen at these calls. For each call, `calls` says whether it is made while the lock closes.
fn all_plans(calls: &[(Call, bool)]) -> Vec<Plan> {
    let mut plans = Vec::new();
    let mut counts = BTreeMap::new();
    for &(call, closes) in calls {
        let count = counts.entry(call).or_insert(0);
        let nth = *count;
        *count += 1;
        // `write` is only called when a log that was found is written once more, with the bytes that it holds already.
        // A write that is only pretended changes nothing there.
        let changes_nothing = |fault: Fault| call == Call::WriteOn && fault == Fault::Pretended;
        for &fault in Fault::at(call).iter().filter(|fault| !changes_nothing(**fault)) {
            let endings = fault.endings().iter().filter(|ending| !closes || **ending != Ending::KilledAtLast);
            plans.extend(endings.map(|&ending| Plan { call, nth, fault, ending }));
        }
    }
    plans
}

/// Plays all plans. Returns the violations.
fn play_all(plans: &[(&Stage, Plan)], folder: &Path) -> Vec<String> {
    let next = AtomicUsize::new(0);
    let violations = Mutex::new(Vec::new());
    let work = || {
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            let Some((stage, plan)) = plans.get(number) else { break };
            if let Err(violation) = play_one(stage, *plan, number as u64, folder.join(number.to_string())) {
                violations.lock().expect("no panic").push(format!("{}: {violation}", name(stage, *plan)));
            }
        }
    };
    let threads = std::thread::available_parallelism().map_or(2, usize::from);
    std::thread::scope(|scope| (0..threads).for_each(|_| drop(scope.spawn(work))));
    let mut violations = violations.into_inner().expect("no panic");
    violations.sort();
    violations
}

fn play_one(stage: &Stage, plan: Plan, number: u64, path: PathBuf) -> Result<(), String> {
    let home = stage.home.copy_to(path);
    let lived = play(&stage.life(&home, 10 + 2 * number, Some(plan)));
    let checked = lived.and_then(|lived| {
        let kills = plan.fault.kills() || plan.ending == Ending::KilledWhenAsked;
        if !(lived.fault_happened || lived.was_killed && kills) {
            return Err("it did not come to that call".to_owned());
        }
        let checked =
            stage.outcome(&lived, Some(plan)).and_then(|worlds| check(&stage.phone(&home, 11 + 2 * number), worlds));
        checked.map_err(|violation| format!("{violation}; seen: {:?}", lived.seen))
    });
    home.remove();
    checked
}

fn report(stages: &[Stage], plans: &[(&Stage, Plan)], names: &BTreeMap<Call, u32>, violations: &[String]) {
    let mut err = std::io::stderr();
    for violation in violations {
        writeln!(err, "violation: {violation}").expect("written");
    }
    let kills = plans.iter().filter(|(_, plan)| plan.fault.kills()).count();
    let mut line = format!("system calls: {kills} kills, {} faults over", plans.len() - kills);
    for (call, count) in names {
        write!(line, " {count} {}", call.name()).expect("written");
    }
    write!(line, " calls, {} violations; lives:", violations.len()).expect("written");
    for stage in stages {
        let lives = plans.iter().filter(|(other, _)| std::ptr::eq(*other, stage)).count();
        write!(line, " {}: {lives},", stage.scenario.name).expect("written");
    }
    writeln!(err, "{}", line.trim_end_matches(',')).expect("written");
}
