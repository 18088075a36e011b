//! The child process: a wallet that obeys commands, and whose memory the parent searches while the child waits for the
//! next command.

use std::fs;
use std::io::{Read, Write};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use sha2::{Digest, Sha256};
use tempfile::TempDir;

use super::haystack::{Found, Haystack};
use super::needles::Needle;
use super::provider::{Request, sign_grant};
use crate::opener::{Derived, Opener, Secret, hmac};

pub(super) type Digits = [u8; 12];

pub(super) struct Wallet {
    child: Child,
    folder: TempDir,
    /// The seed of its randomness.
    pub(super) seed: u64,
}

impl Wallet {
    pub(super) fn start(cost: &str, seed: u64) -> Self {
        Self::start_in(TempDir::new().expect("a folder"), cost, seed)
    }

    /// Ends the process, and opens its wallet in a new one.
    pub(super) fn restart(mut self, cost: &str) -> Self {
        assert_eq!(self.tell('d', &[]), '.');
        let (folder, seed) = (std::mem::replace(&mut self.folder, TempDir::new().expect("a folder")), self.seed + 1);
        drop(self);
        Self::start_in(folder, cost, seed)
    }

    fn start_in(folder: TempDir, cost: &str, seed: u64) -> Self {
        let child = Command::new(env!("CARGO_BIN_EXE_memory_child"))
            .args([folder.path().to_str().expect("UTF-8"), cost, &seed.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the child starts");
        Self { child, folder, seed }
    }

    /// Sends a command and waits until the child has carried it out.
    pub(super) fn tell(&mut self, command: char, arguments: &[&[u8]]) -> char {
        let mut told = vec![command as u8];
        for digits in arguments {
            told.push(digits.len() as u8);
            told.extend_from_slice(digits);
        }
        self.tell_bytes(&told)
    }

    /// Reads the digits of the recovery code that the child shows.
    pub(super) fn read_code(&mut self) -> Vec<u8> {
        let places = (1..=8).flat_map(|group| (0..6).map(move |place| [b'y', group, place]));
        places.map(|told| self.tell_bytes(&told) as u8 - b'0').collect()
    }

    /// What opens the wallet with a recovery code: the code's 16 bytes, and the private key derived from them.
    pub(super) fn follow_code(&self, digits: &[u8]) -> (Vec<u8>, Secret) {
        self.open_copy().follow_code(digits)
    }

    /// The letters of the authenticator's secret that the child shows.
    pub(super) fn read_letters(&mut self) -> String {
        (0..32).map(|place| self.tell_bytes(&[b'3', place])).collect()
    }

    /// Follows the request for escrow that waits in the child to its secrets.
    pub(super) fn read_request(&mut self) -> Request {
        Request::follow(self.read_text(), self.seed)
    }

    /// Reads the text of the request that waits in the child.
    pub(super) fn read_text(&mut self) -> String {
        let bytes = (0_u16..).map(|place| {
            let [high, low] = place.to_be_bytes();
            self.tell_bytes(&[b'T', high, low]) as u8
        });
        bytes.take_while(|byte| *byte != 0).map(char::from).collect()
    }

    /// Has the child take the grant that the provider gives for `request`, which may be another one than waits there.
    pub(super) fn redeem(&mut self, request: &Request) -> char {
        self.tell_text('G', &sign_grant(request))
    }

    /// So many minutes pass for the child.
    pub(super) fn wait(&mut self, minutes: u8) -> char {
        self.tell_bytes(&[b'K', minutes])
    }

    /// Sends a command with a text.
    pub(super) fn tell_text(&mut self, command: char, text: &str) -> char {
        let length = u16::try_from(text.len()).expect("short").to_be_bytes();
        self.tell_bytes(&[&[command as u8], length.as_slice(), text.as_bytes()].concat())
    }

    pub(super) fn use_vault(&mut self, item: &Secret) {
        assert_eq!(self.tell_bytes(&[b"u".as_slice(), item].concat()), '.');
    }

    fn tell_bytes(&mut self, told: &[u8]) -> char {
        self.child.stdin.as_mut().expect("a pipe").write_all(told).expect("the child listens");
        let mut answer = [0];
        self.child.stdout.as_mut().expect("a pipe").read_exact(&mut answer).expect("the child answers");
        answer[0].into()
    }

    pub(super) fn search(&self, needles: &[Needle]) -> Found {
        Haystack::of(self.child.id()).search(needles)
    }

    /// Computes what a PIN leads to in this wallet, from a copy of its files.
    pub(super) fn follow(&self, pin: &Digits) -> Derived {
        self.open_copy().follow(&pin.map(|digit| b'0' + digit), device_key)
    }

    /// Computes what biometrics lead to in this wallet, from a copy of its files.
    pub(super) fn follow_finger(&self) -> [Secret; 3] {
        self.open_copy().follow_finger(unwrap)
    }

    /// The key that the record is sealed with now.
    pub(super) fn seal_key(&self) -> Secret {
        self.open_copy().seal_key
    }

    fn open_copy(&self) -> Opener {
        let copy = TempDir::new().expect("a folder");
        for file in fs::read_dir(self.folder.path()).expect("the wallet's folder") {
            let file = file.expect("a file");
            fs::copy(file.path(), copy.path().join(file.file_name())).expect("copied");
        }
        let database: PathBuf = copy.path().join("wallet.db");
        Opener::read(&database, device_key)
    }
}

impl Drop for Wallet {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        let mut said = String::new();
        self.child.stderr.take().expect("a pipe").read_to_string(&mut said).expect("UTF-8");
        let ended = self.child.wait().expect("it ends");
        // The lock prints nothing, whatever happened to it.
        assert!((ended.success() && said.is_empty()) || std::thread::panicking(), "{ended}: {said}");
    }
}

/// The child's keystore: each key is the SHA-256 of its alias.
fn device_key(alias: &str, input: &[u8]) -> Secret {
    hmac(&Sha256::digest(alias), input)
}

/// How the child's keystore wraps: it XORs the 32 bytes in the middle with a pad that is derived from the alias.
fn unwrap(alias: &str, wrapped: &[u8]) -> Secret {
    let pad = hmac(&Sha256::digest(alias), b"wraps");
    std::array::from_fn(|place| wrapped[12 + place] ^ pad[place])
}
