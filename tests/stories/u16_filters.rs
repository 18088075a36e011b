//! U16: I look through what happened, with filters, and see what I spent.

use std::collections::BTreeMap;

use walletlock_core::calendar::Month;
use walletlock_core::events::Kind;
use walletlock_core::journal::{AmountRange, Entry, LineState, Query, Spent, Summary};
use walletlock_core::money::Category;
use walletlock_core::payment::PaymentState;
use walletlock_core::platform::testing::TestRng;
use walletlock_core::policy::Policy;
use walletlock_core::request::{CardRef, Channel, Payment};
use walletlock_core::{Session, WordOutcome};

use crate::backend::Backend;
use crate::till::{approved, day_limit, euro, pay, payment, payment_by, with_provider};
use crate::wallet::{PIN, Wallet};

const DAY_MS: u64 = 86_400_000;

fn by_card(id: &str, minor: u64, card: &str, mcc: u16) -> Payment {
    let [of, label, last4] = [card, "Visa", "1111"].map(str::to_owned);
    Payment { card: Some(CardRef { id: of, label, last4 }), mcc: Some(mcc), ..payment(id, minor) }
}

fn found(session: &Session, query: &Query) -> Vec<Entry> {
    session.journal().page(query).expect("a page").entries
}

fn payments(entries: &[Entry]) -> Vec<(Kind, &str)> {
    fn of(entry: &Entry) -> (Kind, &str) {
        let details = entry.details.as_ref().expect("details");
        (entry.kind.expect("known"), details.0.get("payment").expect("a payment").as_str())
    }
    entries.iter().map(of).collect()
}

#[test]
fn a_payment_is_found_by_each_of_its_sides() {
    let (backend, wallet) = with_provider(day_limit(100_000));
    approved(pay(&wallet, &by_card("bread", 950, "c-1", 5_462)));
    approved(pay(&wallet, &payment_by("bus", 270, Channel::CodeShown)));
    assert!(matches!(backend.settle(&wallet, "bread", Some(900)), WordOutcome::Done(_)));
    let session = wallet.unlock();
    let all = || Query::default();
    let range = |from_minor, to_minor| Some(AmountRange { currency: euro(), from_minor, to_minor });
    use Kind::{PaymentApproved as Approved, PaymentCaptured as Captured, PaymentReserved as Reserved};
    for (query, expected) in [
        (
            Query { card: Some("c-1".to_owned()), ..all() },
            vec![(Captured, "bread"), (Approved, "bread"), (Reserved, "bread")],
        ),
        (Query { channel: Some(Channel::CodeShown), ..all() }, vec![(Approved, "bus"), (Reserved, "bus")]),
        (
            Query { category: Some(Category::Groceries), state: Some(LineState::Captured), ..all() },
            vec![(Captured, "bread")],
        ),
        (Query { amount: range(0, 300), ..all() }, vec![(Approved, "bus"), (Reserved, "bus")]),
        (Query { amount: range(900, 900), ..all() }, vec![(Captured, "bread")]),
        (Query { state: Some(LineState::Approved), ..all() }, vec![(Approved, "bus"), (Approved, "bread")]),
        (Query { text: Some("BOOKshop".to_owned()), kinds: vec![Captured], ..all() }, vec![(Captured, "bread")]),
    ] {
        assert_eq!(payments(&found(&session, &query)), expected, "{query:?}");
    }
    let approved = &found(&session, &Query { state: Some(LineState::Approved), ..all() })[1];
    let details = &approved.details.as_ref().expect("details").0;
    assert_eq!(details["token"].split('.').count(), 3, "the line holds the authorisation");
    let captured = &found(&session, &Query { state: Some(LineState::Captured), ..all() })[0];
    let receipt = &captured.details.as_ref().expect("details").0["receipt"];
    assert_eq!(receipt, &backend.settlement("bread", Some(900)), "and the provider's word");
}

/// The search tells how far it is, and ends when the caller asks no more.
#[test]
fn a_search_through_a_long_journal_goes_in_steps_and_tells_how_far_it_is() {
    let (_backend, wallet) = with_provider(day_limit(100_000));
    approved(pay(&wallet, &payment("needle", 950)));
    let session = wallet.unlock();
    session.journal().fill(&vec!["hay".to_owned(); 3_500]).expect("filled");
    let mut query = Query { text: Some("needle".to_owned()), ..Query::default() };
    let (mut steps, mut found) = (0, 0);
    loop {
        let page = session.journal().page(&query).expect("a page");
        assert!(page.newest > 3_500 && page.oldest == 1);
        found += page.entries.len();
        steps += 1;
        match page.next {
            Some(next) => assert!(query.below.replace(next).is_none_or(|before| next < before)),
            None => break,
        }
    }
    assert_eq!((steps, found), (4, 2));
}

fn spent(minor: u64, payments: u32, card: Option<&str>, category: Category) -> Spent {
    let month = Month { year: 2026, month: 1 };
    Spent { month, card: card.map(str::to_owned), category, currency: euro(), minor, payments }
}

#[test]
fn what_was_spent_is_summed_up_by_month_card_and_category() {
    let backend = Backend::new();
    let mut policy = Policy { payment: day_limit(100_000), ..backend.policy() };
    policy.provider.as_mut().expect("a provider").allowance_h = None;
    let wallet = Wallet::with_policy(policy);
    wallet.enrol(PIN).close();
    backend.register(&wallet);
    assert_eq!(wallet.unlock().journal().summary(i64::MIN, i64::MAX), Ok(Summary::default()));
    approved(pay(&wallet, &by_card("bread", 950, "c-1", 5_462)));
    approved(pay(&wallet, &by_card("more-bread", 450, "c-1", 5_462)));
    approved(pay(&wallet, &payment("book", 2_000)));
    approved(pay(&wallet, &payment("declined", 3_000)));
    backend.settle(&wallet, "bread", Some(900));
    backend.settle(&wallet, "declined", None);
    let now_ms = wallet.phone.clock.now_wall_ms();
    wallet.phone.clock.advance_ms(40 * DAY_MS);
    approved(pay(&wallet, &payment("later", 100)));
    let session = wallet.unlock();
    let summary = session.journal().summary(i64::MIN, now_ms + 1).expect("a summary");
    let expected = vec![spent(2_000, 1, None, Category::Other), spent(1_350, 2, Some("c-1"), Category::Groceries)];
    assert_eq!(
        summary.spent.iter().map(|spent| Spent { month: expected[0].month, ..spent.clone() }).collect::<Vec<_>>(),
        expected
    );
    let all = session.journal().summary(i64::MIN, i64::MAX).expect("a summary").spent;
    assert_eq!((all.len(), all[0].minor), (3, 100), "the latest month first");
    assert!(all[0].month > all[1].month);
}

/// What a history of payments and words leaves, kept beside the wallet: for each payment its card, its category and what
/// was charged.
type Log = BTreeMap<String, (Option<&'static str>, Category, Option<u64>)>;
type Sums = BTreeMap<(Option<String>, Category), (u64, u32)>;

#[test]
fn totals_equal_a_replay() {
    for history in 0..12 {
        let mut rng = TestRng::nth(20_261_130, history);
        let (backend, wallet) = with_provider(day_limit(10_000_000));
        let mut log = Log::new();
        for nth in 0..30 {
            let ids: Vec<_> = log.keys().cloned().collect();
            if ids.is_empty() || rng.one_in(2) {
                let (card, mcc) = (rng.pick(&[None, Some("c-1"), Some("c-2")]), rng.pick(&[5_411, 5_812, 4_111]));
                let (id, minor) = (format!("p-{nth}"), 1 + rng.below(900) as u64);
                let by_card = by_card(&id, minor, card.unwrap_or("none"), mcc);
                wallet.phone.clock.advance_ms(600_000);
                approved(pay(&wallet, &Payment { card: by_card.card.clone().filter(|_| card.is_some()), ..by_card }));
                log.insert(id, (card, Category::of(Some(mcc)), Some(minor)));
            } else {
                let id = &ids[rng.below(ids.len())];
                backend.settle(&wallet, id, rng.one_in(2).then_some(1 + rng.below(900) as u64));
                match wallet.lock.payments().state_of(id).expect("a state") {
                    Some(PaymentState::Captured { minor }) => log.get_mut(id).expect("logged").2 = Some(minor),
                    Some(PaymentState::Declined) => log.get_mut(id).expect("logged").2 = None,
                    _ => {}
                }
            }
        }
        let mut replayed = Sums::new();
        for (card, category, minor) in log.into_values() {
            let Some(minor) = minor else { continue };
            let sum = replayed.entry((card.map(str::to_owned), category)).or_default();
            *sum = (sum.0 + minor, sum.1 + 1);
        }
        let mut summed = Sums::new();
        for spent in wallet.unlock().journal().summary(i64::MIN, i64::MAX).expect("a summary").spent {
            let sum = summed.entry((spent.card, spent.category)).or_default();
            *sum = (sum.0 + spent.minor, sum.1 + spent.payments);
        }
        assert_eq!(summed, replayed, "history {history}");
    }
}
