"""Checks the provider's frozen words and the escrow slot against libraries that are not ours: joserfc
(https://jose.authlib.org), 1.6.5, and pyhpke, 0.6.5.

    pip install joserfc==1.6.5 pyhpke==0.6.5 cryptography
    python3 tests/provider_words.py

Every word of core/vectors/provider_words_v1.txt must verify, and signing its header and payload anew must give the same
text: Ed25519 is deterministic (RFC 8032). The escrow slots in core/vectors/rescue_row_v1.txt must open with the provider's key,
and give the data key under which the row's HMAC was made.
"""

import hashlib
import hmac
import pathlib
import warnings

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from joserfc import jws
from joserfc.errors import BadSignatureError
from joserfc.jwk import OKPKey
from pyhpke import AEADId, CipherSuite, KDFId, KEMId

# RFC 9864 prefers the name `Ed25519`; PROVIDER_WORDS says why the words have `EdDSA`.
warnings.simplefilter("ignore")

VECTORS = pathlib.Path(__file__).parent.parent / "core/vectors/provider_words_v1.txt"
ROWS = VECTORS.with_name("rescue_row_v1.txt")


def keys():
    """The vectors' keys by their id: the first 8 bytes of SHA-256 of the public key."""
    found = {}
    for seed in (1, 2, 3):
        private = Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32)
        public = private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        found[hashlib.sha256(public).hexdigest()[:16]] = OKPKey.import_key(pem)
    return found


def main():
    by_id = keys()
    words = [line.split() for line in VECTORS.read_text().splitlines() if not line.startswith("#")]
    for name, text in words:
        word = jws.extract_compact(text.encode())
        key = by_id[word.protected["kid"]]
        verified = jws.deserialize_compact(text, key, algorithms=["EdDSA"])
        signed = jws.serialize_compact(verified.protected, verified.payload, key, algorithms=["EdDSA"])
        assert signed == text, name
        try:
            jws.deserialize_compact(text[:-2] + ("AA" if text[-2:] != "AA" else "BA"), key, algorithms=["EdDSA"])
        except BadSignatureError:
            pass
        else:
            raise AssertionError(f"{name}: a changed signature was accepted")
    assert len(words) == 8
    print(f"{len(words)} words verify")
    slots = [escrow_slot(bytes.fromhex(line)) for line in ROWS.read_text().splitlines()]
    assert len([slot for slot in slots if slot]) == 2
    print("2 escrow slots open")


def escrow_slot(row):
    """Opens the row's escrow slot with the provider's private key, if it has one, and checks the row under the data key."""
    if not row[25] & 2:
        return None
    slot = row[-112:-32]
    suite = CipherSuite.new(KEMId.DHKEM_X25519_HKDF_SHA256, KDFId.HKDF_SHA256, AEADId.AES256_GCM)
    private = suite.kem.deserialize_private_key(b"\x77" * 32)
    opened = suite.create_recipient_context(slot[:32], private, info=b"walletlock v1 escrow slot")
    data_key = opened.open(slot[32:], aad=row[1:17])
    extracted = hmac.digest(b"\0" * 32, data_key, "sha256")
    key = hmac.digest(extracted, b"walletlock v1 rescue row" + b"\1", "sha256")
    assert hmac.digest(key, row[:-32], "sha256") == row[-32:]
    return data_key


if __name__ == "__main__":
    main()
