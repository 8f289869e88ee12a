"""Files that are secrets as a whole: a path (and, where a few bytes can tell, its first bytes) in, a rule or nothing out."""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from scanner.models import Severity
from scanner.secrets import Rule


class Kind(NamedTuple):
    """File names of one kind, and what its first bytes look like where that is known; nothing is said of a file that looks otherwise."""

    id: str
    description: str
    severity: Severity
    names: str
    head: bytes = b""
    allow: str = ""


KINDS = (
    Kind("key-store-file", "PKCS #12 key store", Severity.HIGH,
         r"\.(?:p12|pfx)$", rb"\x30[\x80-\x84]", r"(?:^|/)(?:tests?|testdata|fixtures|examples?)/"),
    Kind("java-key-store-file", "Java key store", Severity.MODERATE, r"\.(?:jks|jceks|bks)$|\.keystore$",
         rb"\xfe\xed\xfe\xed|\xce\xce\xce\xce|\x30[\x80-\x84]",
         r"(?:^|/)(?:tests?|testdata|fixtures|examples?)/|(?:^|/)debug\.keystore$"),
    Kind("password-database-file", "KeePass password database", Severity.HIGH, r"\.(?:kdbx|kdb)$", rb"\x03\xd9\xa2\x9a"),
    Kind("password-safe-file", "Password Safe database", Severity.HIGH, r"\.psafe3$", rb"PWS3"),
    Kind("one-password-file", "1Password vault", Severity.HIGH, r"\.(?:agilekeychain|opvault|1pif|1pux)$"),
    Kind("mac-keychain-file", "macOS keychain", Severity.HIGH, r"\.keychain(?:-db)?$", rb"kych|SQLite format 3"),
    Kind("rails-master-key-file", "Rails master key, opens the encrypted credentials", Severity.CRITICAL,
         r"(?:^|/)config/(?:master|credentials/[a-z_]+)\.key$", rb"[0-9a-f]{32}\s*\Z"),
    Kind("jenkins-master-key-file", "Jenkins master key, opens all stored credentials", Severity.CRITICAL,
         r"(?:^|/)secrets/(?:master\.key|hudson\.util\.Secret)$"),
    Kind("ssh-private-key-file", "SSH private key in PuTTY's format", Severity.CRITICAL, r"\.ppk$", rb"PuTTY-User-Key-File-[1-3]:"),
    Kind("pgp-secret-ring-file", "GnuPG secret keys", Severity.CRITICAL,
         r"(?:^|/)(?:secring\.gpg|private-keys-v1\.d/[0-9A-F]{40}\.key)$"),
    Kind("kerberos-keytab-file", "Kerberos keytab", Severity.HIGH, r"\.keytab$", rb"\x05[\x01\x02]"),
    Kind("tor-service-key-file", "Key of a Tor hidden service", Severity.CRITICAL,
         r"(?:^|/)hs_ed25519_secret_key$", rb"== ed25519v1-secret"),
    Kind("shell-history-file", "Shell history, which often holds passwords", Severity.LOW,
         r"(?:^|/)\.(?:bash|zsh|sh|mysql|psql|python|irb|rediscli|mongorc|node_repl)_?history$"),
)
"""Public formats: RFC 7292 and X.690 (PKCS #12), KeePass, GnuPG and Tor documentation, Rails guides."""

HEAD = 64
ENDINGS = (
    ".p12", ".pfx", ".jks", ".jceks", ".bks", ".keystore", ".kdbx", ".kdb", ".psafe3", ".agilekeychain", ".opvault", ".1pif", ".1pux",
    ".keychain", ".keychain-db", ".key", ".secret", ".ppk", "secring.gpg", ".keytab", "_secret_key", "history",
)
"""How the name of each such file ends, in lower case: asked of every file, a tenth of the regexes' time."""


def suspect(path: str) -> Kind | None:
    """The kind of secret file that a path names; None for all other files."""
    if not path.lower().endswith(ENDINGS):
        return None
    for kind in KINDS:
        if re.search(kind.names, path, re.IGNORECASE) and not (kind.allow and re.search(kind.allow, path, re.IGNORECASE)):
            return kind
    return None


def fits(kind: Kind, head: bytes) -> bool:
    """Whether a file that begins with ``head`` (up to ``HEAD`` bytes) is what its name says: not empty, and of the right format."""
    return bool(head.strip()) and (not kind.head or re.match(kind.head, head) is not None)


@cache
def rule(kind: Kind) -> Rule:
    """The rule that stands for a kind of file."""
    return Rule(
        id=kind.id, description=kind.description, regex="", severity=kind.severity,
        revoke="Remove the file from the repository and its history, and replace what it protects.",
    )
