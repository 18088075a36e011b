use super::*;

/// A phone on which each KiB takes `ns` nanoseconds in each pass.
fn phone(ns: u64) -> impl FnMut(&KdfCost) -> Duration {
    move |cost| Duration::from_nanos(ns * u64::from(cost.memory_kib) * u64::from(cost.passes))
}

#[test]
fn calibration_takes_the_dearest_step_that_fits() {
    assert_eq!(dearest_within(TARGET, BUDGET, phone(500)), KdfCost::CEILING, "98 ms");
    assert_eq!(dearest_within(TARGET, BUDGET, phone(1_500)).memory_kib, 46 * 1024, "212 ms; the next takes 295 ms");
    assert_eq!(dearest_within(TARGET, BUDGET, phone(2_500)).memory_kib, 32 * 1024, "246 ms");
    assert_eq!(dearest_within(TARGET, BUDGET, phone(4_000)), KdfCost::FLOOR, "156 ms; the next takes 393 ms");
    assert_eq!(dearest_within(TARGET, BUDGET, phone(100_000)), KdfCost::FLOOR, "never below the floor, however slow");
}

#[test]
fn calibration_ends_within_its_budget() {
    for ns in [1, 500, 1_500, 2_500, 4_000, 20_000] {
        let mut spent = Duration::ZERO;
        let mut phone = phone(ns);
        dearest_within(TARGET, BUDGET, |cost| {
            let took = phone(cost);
            spent += took;
            took
        });
        assert!(spent <= BUDGET, "{ns} ns: {spent:?}");
    }
}

#[test]
fn the_memory_is_wiped_after_each_use() {
    let mut memory = KdfMemory::default();
    let pin = b"493716";
    let once = memory.derive(pin, &[7; SALT_BYTES], &KdfCost::CHEAP).expect("accepted");
    assert_eq!(memory.0.len(), 64);
    assert!(memory.0.iter().all(|block| block.as_ref().iter().all(|word| *word == 0)));
    let again = memory.derive(pin, &[7; SALT_BYTES], &KdfCost::CHEAP).expect("accepted");
    assert_eq!(*once, *again, "reused memory changes nothing");
}

#[test]
fn a_cost_out_of_bounds_is_refused() {
    let mut memory = KdfMemory::default();
    let pin = b"493716";
    for cost in [
        KdfCost { memory_kib: u32::MAX, passes: 1, lanes: 1 },
        KdfCost { memory_kib: 64, passes: 0, lanes: 1 },
        KdfCost { memory_kib: 64, passes: 1, lanes: 0 },
        KdfCost { memory_kib: 16, passes: 1, lanes: 4 },
    ] {
        assert!(memory.derive(pin, &[7; SALT_BYTES], &cost).is_err(), "{cost:?}");
        assert!(memory.0.is_empty(), "nothing is reserved for it");
    }
}

#[test]
fn calibration_measures_no_step_that_it_expects_to_take_too_long() {
    // The second step is 98304 / 38912 times as much work as the first. From 118.75 ms for the first, it is expected to
    // take exactly 300 ms, a fifth more than the target.
    let fits = Duration::from_micros(118_750);
    let measured = |budget, first| {
        let mut took = vec![Duration::from_millis(250), first];
        dearest_within(TARGET, budget, |_| took.pop().expect("no third step is measured"));
        2 - took.len()
    };
    assert_eq!(measured(BUDGET, fits), 2);
    assert_eq!(measured(BUDGET, fits + Duration::from_micros(1)), 1);
    let both = fits + Duration::from_millis(300);
    assert_eq!(measured(both, fits), 2, "it just fits into the budget");
    assert_eq!(measured(both - Duration::from_nanos(1), fits), 1);
}

#[test]
fn a_step_that_takes_just_the_target_is_taken() {
    let mut took = vec![TARGET, Duration::from_millis(1)];
    let chosen = dearest_within(TARGET, BUDGET, |_| took.pop().expect("no third step is measured"));
    assert_eq!(chosen.memory_kib, 32 * 1024);
}

#[test]
fn a_measurement_is_one_of_this_phone() {
    let mut memory = KdfMemory::default();
    let took = measure(&mut memory, &KdfCost::FLOOR);
    assert!(took > Duration::ZERO && took < Duration::MAX);
    assert_eq!(measure(&mut memory, &KdfCost { passes: 0, ..KdfCost::CHEAP }), Duration::MAX);
}

#[test]
fn a_given_cost_is_chosen_if_it_is_accepted() {
    let mut memory = KdfMemory::default();
    assert_eq!(Calibration::Fixed(KdfCost::CHEAP).choose(&mut memory), Some(KdfCost::CHEAP));
    assert_eq!(Calibration::Fixed(KdfCost { lanes: 5, ..KdfCost::CHEAP }).choose(&mut memory), None);
}

#[test]
fn a_slot_becomes_dearer_and_never_cheaper() {
    let cost = |memory_kib, passes| KdfCost { memory_kib, passes, lanes: 1 };
    let mut memory = KdfMemory::default();
    let mut again = |chosen, current, version| Calibration::Fixed(chosen).choose_again(current, version, &mut memory);
    assert_eq!(again(cost(64, 2), cost(64, 1), CALIBRATION), Some(cost(64, 2)));
    assert_eq!(again(cost(64, 3), cost(100, 1), CALIBRATION), Some(cost(64, 3)), "more work, though less memory");
    assert_eq!(again(cost(100, 1), cost(64, 3), CALIBRATION), None);
    assert_eq!(again(cost(64, 1), cost(32, 2), CALIBRATION), None, "no dearer");
    assert_eq!(again(cost(64, 1), cost(64, 1), CALIBRATION), None);
    let current = cost(64, 2);
    assert_eq!(again(cost(64, 1), current, CALIBRATION - 1), Some(current), "kept, and marked as measured again");
}

#[test]
fn this_phone_is_measured_again_for_a_later_calibration_only() {
    let mut memory = KdfMemory::default();
    let mut again = |version| Calibration::OnThisPhone.choose_again(KdfCost::CEILING, version, &mut memory);
    assert_eq!(again(CALIBRATION), None);
    assert_eq!(again(CALIBRATION - 1), Some(KdfCost::CEILING));
}

#[test]
fn what_is_prepared_is_not_touched_again_until_it_is_given_back() {
    let mut memory = KdfMemory::default();
    memory.prepare(&KdfCost::CHEAP).expect("room");
    memory.0[63].as_mut().fill(1);
    memory.prepare(&KdfCost::CHEAP).expect("room");
    memory.prepare(&KdfCost { memory_kib: 8, ..KdfCost::CHEAP }).expect("room");
    assert_eq!(memory.0.len(), 64);
    assert!(memory.0[63].as_ref().iter().all(|word| *word == 1), "reserved and touched once");
    memory.release();
    assert_eq!(memory.0.capacity(), 0);
}
