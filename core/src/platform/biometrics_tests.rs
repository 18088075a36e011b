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
    let channel = Arc::new(PromptChannel::default());
    let answer = Answer::to(&channel);
    answer.not_recognised();
    answer.not_recognised();
    answer.authenticated(output());
    answer.not_recognised();
    assert!(matches!(channel.next_event(late()), PromptEvent::NotRecognised));
    assert!(matches!(channel.next_event(late()), PromptEvent::NotRecognised));
    assert!(matches!(channel.next_event(late()), PromptEvent::Authenticated(given) if given == output()));
    assert!(
        matches!(channel.next_event(soon()), PromptEvent::Ended(PromptEnd::TimedOut)),
        "nothing comes after an end"
    );
}

#[test]
fn the_first_end_stands() {
    let channel = Arc::new(PromptChannel::default());
    let answer = Answer::to(&channel);
    answer.ended(PromptEnd::CancelledByPerson);
    answer.authenticated(output());
    drop(answer);
    assert!(matches!(channel.next_event(late()), PromptEvent::Ended(PromptEnd::CancelledByPerson)));
    assert!(!channel.close());
}

#[test]
fn who_drops_the_answer_has_given_none() {
    let channel = Arc::new(PromptChannel::default());
    drop(Answer::to(&channel));
    assert!(matches!(channel.next_event(late()), PromptEvent::Ended(PromptEnd::NoVerdict)));
}

#[test]
fn who_comes_late_is_not_heard() {
    let channel = Arc::new(PromptChannel::default());
    let answer = Answer::to(&channel);
    assert!(matches!(channel.next_event(soon()), PromptEvent::Ended(PromptEnd::TimedOut)));
    answer.authenticated(output());
    assert!(matches!(channel.next_event(soon()), PromptEvent::Ended(PromptEnd::TimedOut)));
    let channel = Arc::new(PromptChannel::default());
    assert!(channel.close(), "nobody had answered yet");
    Answer::to(&channel).authenticated(output());
    assert!(matches!(channel.next_event(soon()), PromptEvent::Ended(PromptEnd::TimedOut)));
}

#[test]
fn an_answer_from_another_thread_wakes_who_waits() {
    let channel = Arc::new(PromptChannel::default());
    let answer = Answer::to(&channel);
    let thread = std::thread::spawn(move || answer.ended(PromptEnd::LockedOut));
    assert!(matches!(channel.next_event(late()), PromptEvent::Ended(PromptEnd::LockedOut)));
    thread.join().expect("it ended");
}
