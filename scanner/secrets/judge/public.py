"""Values that everybody may see although their name speaks of a key or a token. Candidate in, yes or no out."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from scanner.secrets.judge import features, forms

if TYPE_CHECKING:
    from scanner.secrets.candidate import Candidate

_SITE = re.compile(r"site_?keys?$|captcha_?(?:public|client|key_?public)_?(?:keys?)?$")
_CAPTCHA = re.compile(r"6L[A-Za-z0-9_-]{38}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-3]x[A-Za-z0-9_-]{20,40}")
_OPENPGP = re.compile(r"gpg|pgp|key_?name$|(?:^|_)key_?server")
_FINGERPRINT = re.compile(r"(?:0x)?(?:[0-9A-F]{8}|[0-9A-F]{16}|[0-9A-F]{40}|(?:[0-9A-F]{4} {1,2}){9}[0-9A-F]{4})", re.IGNORECASE)
_ENCRYPTED = re.compile(r"[._-](?:encrypted|enc)$|[a-z]Encrypted$")
_BLUETOOTH = re.compile(r"(?:^|_)(?:char(?:acteristic)?|service|descriptor)s?(?:_uuid)?$|uuid$")
_COORDINATES = re.compile(r"[A-Za-z][\w.-]{1,60}:[0-9v$][\w.${}+-]*(?:[:@][\w.-]+)?")
_RECORD = re.compile(r"(?:[0-9a-f]{6,10}|(?:field|group|layout)_[0-9a-z]{8,24})")
_PLACE = re.compile(r"(?:^|_)(?:hosts?|servers?|addr(?:ess)?|endpoints?|service|upstream|listen|proxy|brokers?|nodes?|backend)(?:_|$)")
_CREDENTIALS = re.compile(r"cred(?:s|entials?)?(?:_?ids?)?$")
_CALLED = re.compile(r"(?:arn:[\w:/+=.@-]+|[A-Za-z][a-z0-9]*(?:[-/_][A-Za-z0-9]+)+)")
_HOST_AND_PORT = re.compile(r"[A-Za-z][A-Za-z0-9.-]*:[0-9]{2,5}")


def why(candidate: Candidate) -> str | None:
    """What makes the value one that everybody may see; None where nothing does."""
    name, value = features.key_name(candidate), candidate.value
    plain = _apart(name)
    return next((kind for kind, test in _KINDS if test(plain, value)), None) or _by_sign(candidate, name, value)


def _by_sign(candidate: Candidate, name: str, value: str) -> str | None:
    """The same of what the sign before it, or the name as it is spelt, tells."""
    sign = candidate.text[: candidate.value_start][-1:]
    if sign == ":" and _COORDINATES.fullmatch(value):
        return "a package"  # of Maven's, ``group:artifact:version``, of which the group went for a name
    if sign == "`" and features.family(candidate.path) == "shell":
        return "a command"
    return "encrypted" if _ENCRYPTED.search(name) else None


def _site_key(name: str, value: str) -> bool:
    """The half of a captcha's keys that stands in every page."""
    return bool(_SITE.search(name)) or (name.endswith("captcha_key") and bool(_CAPTCHA.fullmatch(value)))


def _fingerprint(name: str, value: str) -> bool:
    """What says which OpenPGP key is meant: the number or the fingerprint of one."""
    return bool(_OPENPGP.search(name) and _FINGERPRINT.fullmatch(value))


def _bluetooth(name: str, value: str) -> bool:
    """The number of a service or a characteristic, as Bluetooth's devices announce them."""
    return bool(forms.UUID.fullmatch(value) and _BLUETOOTH.search(name))


def _record(name: str, value: str) -> bool:
    """The number of a record, behind a name that says no more than ``key``."""
    return name == "key" and bool(_RECORD.fullmatch(value))


def _address(name: str, value: str) -> bool:
    """A host and its port, behind a name that says so."""
    return bool(_HOST_AND_PORT.fullmatch(value) and _PLACE.search(name))


def _credential_number(name: str, value: str) -> bool:
    """What a build server calls the credentials that it keeps."""
    return bool(_CREDENTIALS.search(name) and forms.UUID.fullmatch(value))


def _kept_elsewhere(name: str, value: str) -> bool:
    """What a secret is called where it is kept; the ids of secrets that are secrets themselves are UUIDs."""
    return name.endswith("secret_id") and not forms.UUID.fullmatch(value) and bool(_CALLED.fullmatch(value))


_KINDS = (
    ("the public key of a site", _site_key), ("the fingerprint of a key", _fingerprint), ("the number of a Bluetooth service", _bluetooth),
    ("the number of a record", _record), ("a host and its port", _address),
    ("the number of credentials", _credential_number), ("the name of a secret", _kept_elsewhere),
)


@lru_cache(maxsize=4096)
def _apart(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", re.sub(r"([a-z])([A-Z])", r"\1_\2", name).lower())
