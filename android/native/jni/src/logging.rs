//! Android's system log. Nothing that is logged comes from a PIN, a key, an item, a path or an exception's text.

/// Starts the log, and sets a panic hook that logs only the panic's place in the code: its text might repeat a secret.
/// The library for phones is built without source locations, so there the line is `panicked at <redacted>:0`.
///
/// Only on Android: on a computer, logging and the panic hook belong to the program that runs there, such as the app's
/// tests.
#[cfg(target_os = "android")]
pub(crate) fn start() {
    let most = if cfg!(debug_assertions) { log::LevelFilter::Debug } else { log::LevelFilter::Info };
    android_logger::init_once(android_logger::Config::default().with_max_level(most).with_tag("walletlock"));
    std::panic::set_hook(Box::new(|panic| log::error!("{}", place(panic.location()))));
}

#[cfg(not(target_os = "android"))]
pub(crate) fn start() {}

#[cfg(any(target_os = "android", test))]
fn place(location: Option<&std::panic::Location<'_>>) -> String {
    match location {
        Some(location) => format!("panicked at {}:{}", location.file(), location.line()),
        None => "panicked".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;

    #[test]
    fn a_panic_tells_its_place_and_not_its_text() {
        let said = Arc::new(Mutex::new(Vec::new()));
        let heard = said.clone();
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| heard.lock().expect("whole").push(place(panic.location()))));
        assert!(std::panic::catch_unwind(|| panic!("493716")).is_err());
        std::panic::set_hook(before);
        let said = said.lock().expect("whole").concat();
        assert!(said.starts_with("panicked at ") && said.contains("logging.rs:"), "{said}");
        assert!(!said.contains("493716"), "{said}");
        assert_eq!(place(None), "panicked");
    }
}
