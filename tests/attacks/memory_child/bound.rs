//! The same wallet, reached as Kotlin reaches it: through the objects that uniffi exports, and through the methods
//! beside them for JNI.

use std::io::{Read, Write};
use std::path::Path;
use std::sync::Arc;

use walletlock_bindings::{PinEntry, PinOutcome, Session, WalletLock};
use walletlock_core::events::Event;
use walletlock_core::platform::{Listener, Platform, PlatformFault};
use zeroize::Zeroizing;

const ITEM: &str = "card-token";

struct Deaf;

impl Listener for Deaf {
    fn on_event(&self, _: Event) -> Result<(), PlatformFault> {
        Ok(())
    }
}

pub(crate) struct Bound<Commands> {
    lock: Arc<WalletLock>,
    session: Option<Arc<Session>>,
    commands: Commands,
}

impl<Commands: Read> Bound<Commands> {
    pub(crate) fn open(folder: &str, platform: Platform, commands: Commands) -> Self {
        let path = Path::new(folder).join("wallet.db");
        let path = path.to_str().expect("UTF-8");
        let lock = WalletLock::open_on(path, "walletlock", platform, Arc::new(Deaf)).expect("it opens");
        Self { lock, session: None, commands }
    }

    /// Obeys commands until the pipe is closed.
    pub(crate) fn obey_all(mut self, mut answers: impl Write) {
        while let Some(command) = self.next() {
            let answer = self.obey(command);
            answers.write_all(&[answer]).expect("someone listens");
        }
    }

    fn next(&mut self) -> Option<u8> {
        let mut byte = Zeroizing::new([0; 1]);
        (self.commands.read(byte.as_mut_slice()).expect("a pipe") == 1).then_some(byte[0])
    }

    fn entry(&mut self) -> Arc<PinEntry> {
        let entry = PinEntry::new();
        for _ in 0..self.next().expect("a count") {
            let digit = self.next().expect("a digit");
            assert_eq!(entry.push(digit.into()), Ok(true));
        }
        entry
    }

    fn obey(&mut self, command: u8) -> u8 {
        match command {
            b'e' => {
                let entry = self.entry();
                drop(self.lock.enrol(&entry, Vec::new()).expect("an outcome"));
                b'R'
            }
            b'v' => {
                let entry = self.entry();
                match self.lock.verify_pin(&entry).expect("an outcome") {
                    PinOutcome::Right { session } => {
                        self.session = Some(session);
                        b'R'
                    }
                    PinOutcome::Refused { .. } => b'W',
                }
            }
            b'c' => {
                self.session = None;
                b'.'
            }
            b'u' => {
                let mut item = Zeroizing::new([0; 32]);
                self.commands.read_exact(item.as_mut_slice()).expect("an item");
                self.live().clone().vault().write(ITEM.to_owned(), item.as_slice()).expect("written");
                let read = self.live().read_item(ITEM).expect("read").expect("there");
                assert!(*read.as_slice() == *item.as_slice());
                b'.'
            }
            // The control: this call returns the item in the form that uniffi hands to the app, so nothing here wipes
            // it.
            b'w' => {
                let read = self.live().clone().vault().read(ITEM.to_owned()).expect("read").expect("there");
                drop(read);
                b'.'
            }
            other => panic!("no such command: {other}"),
        }
    }

    fn live(&self) -> &Arc<Session> {
        self.session.as_ref().expect("a session")
    }
}
