//! The forms in which a secret may lie in memory.

use walletlock_core::provider::signer::encode;

/// Bytes that must not be found, and a name for the secret that they belong to.
#[derive(Clone)]
pub(super) struct Needle {
    pub(super) what: String,
    pub(super) bytes: Vec<u8>,
}

/// A run of this many digits of a PIN reveals most of it, and is too long to turn up by chance.
const PIECE: usize = 8;
/// Keys are searched for word by word, in the size of a register.
const WORD: usize = 8;

/// The forms of a PIN: text, digits as integers of any width, forwards and backwards, and the number that the digits
/// make.
pub(super) fn of_pin(whose: &str, digits: &[u8; 12]) -> Vec<Needle> {
    let number = digits.iter().fold(0_u64, |number, digit| number * 10 + u64::from(*digit));
    let mut needles = of_digits(whose, digits);
    needles.push(needle(whose, "number", number.to_le_bytes()));
    needles
}

/// The same of a code of any length, without the number: one of six digits would turn up by chance.
pub(super) fn of_digits(whose: &str, digits: &[u8]) -> Vec<Needle> {
    let backwards: Vec<_> = digits.iter().rev().copied().collect();
    let mut needles = Vec::new();
    let long = digits.len().min(PIECE);
    for (direction, digits) in [("forwards", digits), ("backwards", &backwards)] {
        let mut pieces = vec![&digits[..long], &digits[digits.len() - long..]];
        pieces.dedup();
        for piece in pieces {
            let mut wide =
                |form: &str, bytes: Vec<u8>| needles.push(needle(whose, &format!("{form} {direction}"), bytes));
            wide("ASCII", piece.iter().map(|digit| b'0' + digit).collect());
            wide("UTF-16", piece.iter().flat_map(|digit| [b'0' + digit, 0]).collect());
            wide("bytes", piece.to_vec());
            wide("16 bits", piece.iter().flat_map(|digit| u16::from(*digit).to_le_bytes()).collect());
            wide("32 bits", piece.iter().flat_map(|digit| u32::from(*digit).to_le_bytes()).collect());
            wide("64 bits", piece.iter().flat_map(|digit| u64::from(*digit).to_le_bytes()).collect());
        }
    }
    needles
}

/// The forms of a code in a text that is base64url, wherever the code begins in it.
pub(super) fn of_encoded_code(whose: &str, digits: &[u8; 12]) -> Vec<Needle> {
    let text = digits.map(|digit| b'0' + digit);
    let pieces = [&text[..PIECE], &text[text.len() - PIECE..]];
    let encoded = pieces.iter().flat_map(|piece| {
        // Three bytes make four letters. The letters at both ends depend on the bytes beside the code as well.
        [0, 1, 2].map(|before| {
            let letters = encode(&[&[0; 2][..before], piece].concat()).into_bytes();
            letters[(before * 8).div_ceil(6)..(before + PIECE) * 8 / 6].to_vec()
        })
    });
    encoded.map(|letters| needle(whose, "base64url", letters)).collect()
}

/// The forms of a text: as it is, in lower case, and as UTF-16 and characters.
pub(super) fn of_text(whose: &str, text: &str) -> Vec<Needle> {
    let mut needles = Vec::new();
    for (case, text) in [("", text), (", in lower case", &text.to_lowercase())] {
        for piece in text.as_bytes().chunks_exact(WORD) {
            let mut wide = |form: &str, bytes: Vec<u8>| needles.push(needle(whose, &format!("{form}{case}"), bytes));
            wide("as it is", piece.to_vec());
            wide("UTF-16", piece.iter().flat_map(|byte| [*byte, 0]).collect());
            wide("characters", piece.iter().flat_map(|byte| u32::from(*byte).to_le_bytes()).collect());
        }
    }
    needles
}

/// The forms of an authenticator's secret of 20 bytes: those of a key, as text in base32 and in hexadecimal, and the
/// two states that HMAC-SHA1 has after its pads. Whoever has these states can compute every code.
pub(super) fn of_authenticator(whose: &str, letters: &str, secret: &[u8]) -> Vec<Needle> {
    // Each word of the key has to be as long as the others.
    let key = [&secret[..16], &secret[12..]].concat();
    let hex: String = secret.iter().map(|byte| format!("{byte:02x}")).collect();
    let mut needles = of_key(whose, &key);
    for (form, text) in [("base32", letters), ("hexadecimal", &hex)] {
        let pieces = text.as_bytes().chunks_exact(WORD);
        needles.extend(pieces.map(|piece| needle(whose, form, piece)));
    }
    for (form, pad) in [("inner state", 0x36), ("outer state", 0x5c)] {
        let mut block = [pad; 64];
        block.iter_mut().zip(secret).for_each(|(to, byte)| *to ^= byte);
        let words = sha1_after(&block);
        for pair in [[words[0], words[1]], [words[1], words[2]], [words[3], words[4]]] {
            let bytes = |to: fn(u32) -> [u8; 4]| pair.map(to).concat();
            needles.push(needle(whose, form, bytes(u32::to_le_bytes)));
            needles.push(needle(whose, form, bytes(u32::to_be_bytes)));
        }
    }
    needles
}

/// The state of SHA-1 after its first block (FIPS 180-4, section 6.1.2).
fn sha1_after(block: &[u8; 64]) -> [u32; 5] {
    let begin: [u32; 5] = [0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476, 0xc3d2_e1f0];
    let mut words: Vec<_> = block.as_chunks::<4>().0.iter().map(|word| u32::from_be_bytes(*word)).collect();
    for at in 16..80 {
        words.push((words[at - 3] ^ words[at - 8] ^ words[at - 14] ^ words[at - 16]).rotate_left(1));
    }
    let [mut a, mut b, mut c, mut d, mut e] = begin;
    for (at, word) in words.iter().enumerate() {
        let (mixed, constant) = match at / 20 {
            0 => ((b & c) | (!b & d), 0x5a82_7999),
            1 => (b ^ c ^ d, 0x6ed9_eba1),
            2 => ((b & c) | (b & d) | (c & d), 0x8f1b_bcdc),
            _ => (b ^ c ^ d, 0xca62_c1d6_u32),
        };
        let next = a.rotate_left(5).wrapping_add(mixed).wrapping_add(e).wrapping_add(constant).wrapping_add(*word);
        (a, b, c, d, e) = (next, a, b.rotate_left(30), c, d);
    }
    let end = [a, b, c, d, e];
    std::array::from_fn(|at| begin[at].wrapping_add(end[at]))
}

/// The empty message, padded, fills one block. Its digest is a known one (FIPS 180-4's example is the same function).
#[test]
fn the_state_of_sha_1_is_that_of_a_known_digest() {
    let mut block = [0; 64];
    block[0] = 0x80;
    let words = [0xda39_a3ee, 0x5e6b_4b0d, 0x3255_bfef, 0x9560_1890, 0xafd8_0709];
    assert_eq!(sha1_after(&block), words);
}

/// The forms of each word of a key: as it is, as SHA-256 loads it, and as HMAC pads it (RFC 2104).
pub(super) fn of_key(whose: &str, key: &[u8]) -> Vec<Needle> {
    let loaded: Vec<_> = key.chunks(4).flat_map(|word| word.iter().rev().copied()).collect();
    let padded = |bytes: &[u8], pad: u8| bytes.iter().map(|byte| byte ^ pad).collect::<Vec<_>>();
    let forms = [
        ("as it is", key.to_vec()),
        ("as SHA-256 loads it", loaded.clone()),
        ("with the inner pad", padded(key, 0x36)),
        ("with the outer pad", padded(key, 0x5c)),
        ("with the inner pad, loaded", padded(&loaded, 0x36)),
        ("with the outer pad, loaded", padded(&loaded, 0x5c)),
    ];
    forms.iter().flat_map(|(form, bytes)| bytes.chunks(WORD).map(move |word| needle(whose, form, word))).collect()
}

fn needle(whose: &str, form: &str, bytes: impl Into<Vec<u8>>) -> Needle {
    Needle { what: format!("{whose}, {form}"), bytes: bytes.into() }
}
