"""Checks the provider's frozen words against a library that is not ours: joserfc (https://jose.authlib.org), 1.6.5.

    pip install joserfc==1.6.5 cryptography
    python3 tests/provider_words.py

Every word of core/vectors/provider_words_v1.txt must verify, and signing its header and payload anew must give the same
text: Ed25519 is deterministic (RFC 8032).
"""

import hashlib
import pathlib
import warnings

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from joserfc import jws
from joserfc.errors import BadSignatureError
from joserfc.jwk import OKPKey

# RFC 9864 prefers the name `Ed25519`; PROVIDER_WORDS says why the words have `EdDSA`.
warnings.simplefilter("ignore")

VECTORS = pathlib.Path(__file__).parent.parent / "core/vectors/provider_words_v1.txt"


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
    assert len(words) == 7
    print(f"{len(words)} words verify")


if __name__ == "__main__":
    main()
