use std::time::Duration;

use super::*;

fn soon() -> Instant {
    Instant::now()
}

fn late() -> Instant {
    Instant::now() + Duration::from_secs(3600)
}

fn output() -> Zeroizing<Vec<u8>> {
    Zeroizing::new(vec![7; 32])
}

#[test]
fn failures_are_heard_one_by_one_and_before_the_end() {
    let asked = Arc::new(PromptChannel::default());
    let answer = Answer::to(&asked);
    answer.not_recognised();
    answer.not_recognised();
    answer.authenticated(output());
    answer.not_recognised();
    assert!(matches!(asked.hear(late()), PromptEvent::NotRecognised));
    assert!(matches!(asked.hear(late()), PromptEvent::NotRecognised));
    assert!(matches!(asked.hear(late()), PromptEvent::Authenticated(given) if given == output()));
    assert!(matches!(asked.hear(soon()), PromptEvent::Ended(PromptEnd::TimedOut)), "nothing comes after an end");
}

#[test]
fn the_first_end_stands() {
    let asked = Arc::new(PromptChannel::default());
    let answer = Answer::to(&asked);
    answer.ended(PromptEnd::CancelledByPerson);
    answer.authenticated(output());
    drop(answer);
    assert!(matches!(asked.hear(late()), PromptEvent::Ended(PromptEnd::CancelledByPerson)));
    assert!(!asked.close());
}

#[test]
fn who_drops_the_answer_has_given_none() {
    let asked = Arc::new(PromptChannel::default());
    drop(Answer::to(&asked));
    assert!(matches!(asked.hear(late()), PromptEvent::Ended(PromptEnd::NoVerdict)));
}

#[test]
fn who_comes_late_is_not_heard() {
    let asked = Arc::new(PromptChannel::default());
    let answer = Answer::to(&asked);
    assert!(matches!(asked.hear(soon()), PromptEvent::Ended(PromptEnd::TimedOut)));
    answer.authenticated(output());
    assert!(matches!(asked.hear(soon()), PromptEvent::Ended(PromptEnd::TimedOut)));
    let asked = Arc::new(PromptChannel::default());
    assert!(asked.close(), "nobody had answered yet");
    Answer::to(&asked).authenticated(output());
    assert!(matches!(asked.hear(soon()), PromptEvent::Ended(PromptEnd::TimedOut)));
}

#[test]
fn an_answer_from_another_thread_wakes_who_waits() {
    let asked = Arc::new(PromptChannel::default());
    let answer = Answer::to(&asked);
    let thread = std::thread::spawn(move || answer.ended(PromptEnd::LockedOut));
    assert!(matches!(asked.hear(late()), PromptEvent::Ended(PromptEnd::LockedOut)));
    thread.join().expect("it ended");
}
