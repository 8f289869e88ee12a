"""Values that everybody may see although their name speaks of a key or a token. Candidate in, yes or no out."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scanner.secrets.judge import features

if TYPE_CHECKING:
    from scanner.secrets.candidate import Candidate

_SITE = re.compile(r"site_?keys?$|captcha_?(?:public|client|key_?public)_?(?:keys?)?$")
_CAPTCHA = re.compile(r"6L[A-Za-z0-9_-]{38}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-3]x[A-Za-z0-9_-]{20,40}")
_OPENPGP = re.compile(r"gpg|pgp|key_?name$|(?:^|_)key_?server")
_FINGERPRINT = re.compile(r"(?:0x)?(?:[0-9A-F]{8}|[0-9A-F]{16}|[0-9A-F]{40}|(?:[0-9A-F]{4} {1,2}){9}[0-9A-F]{4})", re.IGNORECASE)
_ENCRYPTED = re.compile(r"[._-](?:encrypted|enc)$|[a-z]Encrypted$")
_BLUETOOTH = re.compile(r"(?:^|_)(?:char(?:acteristic)?|service|descriptor)s?(?:_uuid)?$|uuid$")
_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_COORDINATES = re.compile(r"[A-Za-z][\w.-]{1,60}:[0-9v$][\w.${}+-]*(?:[:@][\w.-]+)?")
_RECORD = re.compile(r"(?:[0-9a-f]{6,10}|(?:field|group|layout)_[0-9a-z]{8,24})")
_PLACE = re.compile(r"(?:^|_)(?:hosts?|servers?|addr(?:ess)?|endpoints?|service|upstream|listen|proxy|brokers?|nodes?|backend)(?:_|$)")
_HOST_AND_PORT = re.compile(r"[A-Za-z][A-Za-z0-9.-]*:[0-9]{2,5}")


def site_key(candidate: Candidate) -> bool:
    """Whether it is the half of a captcha's keys that stands in every page."""
    name = _plain(candidate)
    return bool(_SITE.search(name)) or (name.endswith("captcha_key") and bool(_CAPTCHA.fullmatch(candidate.value)))


def fingerprint(candidate: Candidate) -> bool:
    """Whether it says which OpenPGP key is meant: the number or the fingerprint of one."""
    return bool(_OPENPGP.search(_plain(candidate)) and _FINGERPRINT.fullmatch(candidate.value))


def encrypted(candidate: Candidate) -> bool:
    """Whether the last word of its name says that it is encrypted."""
    return bool(_ENCRYPTED.search(features.key_name(candidate)))


def bluetooth(candidate: Candidate) -> bool:
    """Whether it is the number of a service or a characteristic, as Bluetooth's devices announce them."""
    return bool(_UUID.fullmatch(candidate.value) and _BLUETOOTH.search(_plain(candidate)))


def coordinates(candidate: Candidate) -> bool:
    """Whether it is a package of Maven's, ``group:artifact:version``, of which the group went for a name."""
    return candidate.text[candidate.value_start - 1] == ":" and bool(_COORDINATES.fullmatch(candidate.value))


def record(candidate: Candidate) -> bool:
    """Whether it is the number of a record, behind a name that says no more than ``key``."""
    return features.key_name(candidate).lower() == "key" and bool(_RECORD.fullmatch(candidate.value))


def address(candidate: Candidate) -> bool:
    """Whether it is a host and its port, behind a name that says so."""
    return bool(_HOST_AND_PORT.fullmatch(candidate.value) and _PLACE.search(_plain(candidate)))


def command(candidate: Candidate) -> bool:
    """Whether a shell runs it: what stands in backticks."""
    return candidate.text[candidate.value_start - 1] == "`" and features.family(candidate.path) == "shell"


def _plain(candidate: Candidate) -> str:
    """The name in lower case, its words apart by ``_``."""
    name = re.sub(r"([a-z])([A-Z])", r"\1_\2", features.key_name(candidate))
    return re.sub(r"[^a-z0-9]+", "_", name.lower())
