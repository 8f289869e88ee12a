"""What may be told of a secret instead of its value: a stable name for it that nobody can turn back or look up.

PBKDF2 (RFC 8018) makes each guess cost a millisecond; rule and path are its salt, so that no table serves twice; 64 bits are kept,
enough to tell the secrets of one file apart. The cost is paid once per value and file, and only for what is reported.
"""

from __future__ import annotations

from functools import lru_cache
from hashlib import pbkdf2_hmac

ROUNDS = 2_000
_SALT = b"security-scan-gate secret v1"


@lru_cache(maxsize=10_000)
def fingerprint(rule: str, path: str, value: str) -> str:
    """``rule:0123456789abcdef``: the same for the same value under the same rule in the same file, wherever in the file it stands."""
    salt = b"\0".join((_SALT, rule.encode(), path.encode("utf-8", "surrogatepass")))
    digest = pbkdf2_hmac("sha256", value.encode("utf-8", "surrogatepass"), salt, ROUNDS, dklen=8)
    return f"{rule}:{digest.hex()}"
