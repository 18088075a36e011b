"""Checks the provider's frozen words, the escrow slot and the authorisations of payments against libraries that are not ours: joserfc
(https://jose.authlib.org), 1.6.5, and pyhpke, 0.6.5.

    pip install joserfc==1.6.5 pyhpke==0.6.5 cryptography
    python3 tests/provider_words.py

Every word of core/vectors/provider_words_v1.txt must verify, and signing its header and payload anew must give the same
text: Ed25519 is deterministic (RFC 8032). The escrow slots in core/vectors/rescue_row_v1.txt must open with the provider's key,
and give the data key under which the row's HMAC was made. The authorisations in core/vectors/authorisations_v1.txt must verify
under both keys, and fail with `none`, with swapped keys, with a changed byte; a replay is noticed by its `jti` and `seq`.
"""

import base64
import hashlib
import hmac
import json
import pathlib
import warnings

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from joserfc import jws
from joserfc.errors import BadSignatureError, JoseError
from joserfc.jwk import ECKey, OKPKey
from pyhpke import AEADId, CipherSuite, KDFId, KEMId

# RFC 9864 prefers the name `Ed25519`; PROVIDER_WORDS says why the words have `EdDSA`.
warnings.simplefilter("ignore")

VECTORS = pathlib.Path(__file__).parent.parent / "core/vectors/provider_words_v1.txt"
ROWS = VECTORS.with_name("rescue_row_v1.txt")
AUTHORISATIONS = VECTORS.with_name("authorisations_v1.txt")


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
    authorisations()


class Provider:
    """What a provider checks of an authorisation: both signatures over one payload, its time, and that it is new."""

    def __init__(self, owner_key, phone_key):
        self.owner_key, self.phone_key = owner_key, phone_key
        self.seen, self.seq = set(), 0

    def take(self, by_owner, by_phone, now):
        owner = jws.deserialize_compact(by_owner, self.owner_key, algorithms=["EdDSA"])
        phone = jws.deserialize_compact(by_phone, self.phone_key, algorithms=["ES256"])
        for signed in (owner, phone):
            if signed.protected["typ"] != "walletlock-authorisation+jwt":
                raise ValueError("typ")
        if owner.payload != phone.payload:
            raise ValueError("two payloads")
        said = json.loads(owner.payload)
        if not said["iat"] - 60 <= now <= said["exp"] + 60:
            raise ValueError("time")
        if said["jti"] in self.seen or said["seq"] <= self.seq:
            raise ValueError("replay")
        self.seen.add(said["jti"])
        self.seq = said["seq"]
        return said


def authorisations():
    lines = [line.split() for line in AUTHORISATIONS.read_text().splitlines() if not line.startswith("#")]
    (_, owner), (_, phone), *signed = lines
    raw = lambda text: base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    point = raw(phone)
    b64 = lambda data: base64.urlsafe_b64encode(data).rstrip(b"=").decode()
    owner_key = OKPKey.import_key({"kty": "OKP", "crv": "Ed25519", "x": owner})
    phone_key = ECKey.import_key({"kty": "EC", "crv": "P-256", "x": b64(point[1:33]), "y": b64(point[33:])})
    now = 1_767_225_600
    for name, by_owner, by_phone in signed:
        said = Provider(owner_key, phone_key).take(by_owner, by_phone, now)
        assert said["amount_minor"] == "1250" and said["shown"], name
        header, payload, signature = by_owner.split(".")
        none = b64(json.dumps({"alg": "none", "typ": "walletlock-authorisation+jwt"}).encode())
        other = ("B" if payload[40] == "A" else "A").join([payload[:40], payload[41:]])
        for why, changed in [
            ("none", (f"{none}.{payload}.", by_phone)),
            ("none for the phone", (by_owner, f"{none}.{payload}.")),
            ("swapped", (by_phone, by_owner)),
            ("a changed byte", (f"{header}.{other}.{signature}", by_phone)),
            ("another signature", (f"{header}.{payload}.{'B' if signature[0] == 'A' else 'A'}{signature[1:]}", by_phone)),
        ]:
            try:
                Provider(owner_key, phone_key).take(*changed, now)
            except (JoseError, ValueError):
                continue
            raise AssertionError(f"{name}: {why} was accepted")
        for late in (now - 61, now + 121):
            refused(lambda: Provider(owner_key, phone_key).take(by_owner, by_phone, late), f"{name}: at {late}")
        provider = Provider(owner_key, phone_key)
        provider.take(by_owner, by_phone, now)
        refused(lambda: provider.take(by_owner, by_phone, now), f"{name}: twice")
    refused(lambda: Provider(owner_key, phone_key).take(signed[0][1], signed[1][2], now), "two payloads")
    assert len(signed) == 2
    print("2 authorisations verify")


def refused(take, what):
    try:
        take()
    except (JoseError, ValueError):
        return
    raise AssertionError(f"{what} was accepted")


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
