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
    let mut backwards = *digits;
    backwards.reverse();
    let number = digits.iter().fold(0_u64, |number, digit| number * 10 + u64::from(*digit));
    let mut needles = vec![needle(whose, "number", number.to_le_bytes())];
    for (direction, digits) in [("forwards", digits), ("backwards", &backwards)] {
        for piece in [&digits[..PIECE], &digits[digits.len() - PIECE..]] {
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
