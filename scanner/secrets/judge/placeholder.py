"""Values that stand for a secret without being one: value in, the reason in a few words out, or None."""

from __future__ import annotations

import re
from operator import sub

_KINDS: tuple[tuple[str, str], ...] = (
    (
        "variable reference",
        r"^\$[A-Za-z_][A-Za-z0-9_]*$|^\$env:|\$[({]|^%[A-Za-z_]\w*%$|^ ?\+ ?[\w.()]+ ?\+ ?$|^%\(?[a-z_]*\)?[sdrv]$|\{\{|<%|#\{|@\{"
        r"|\{[A-Za-z_][A-Za-z0-9_.]{2,}\}"
        r"|^[\w .-]*\{[A-Za-z_][A-Za-z0-9_]?\}(?:[\w .-]|\{\w*\})*$|^@[A-Z_]+@$|^__[A-Z0-9_]+__$|^[\"'] ?[.+&] ?[$A-Za-z_]",
    ),
    ("placeholder in brackets", r"^(?:(?i:bearer|basic|token) )?<[^<>]{1,60}>|^\[[A-Za-z][^\[\]]{0,60}\]$|^\{[A-Za-z][^{}]{0,60}\}$|^&lt;"),
    ("masked", r"[*•#?]{3,}|^[xX*•.#_?0-]+$|x{4,}|X{4,}|\.{3}|…|\[?(?i:redacted|hidden|masked|filtered|omitted|removed|scrubbed)\]?"),
    (
        "placeholder word",
        r"(?i:chang(?:e|ed)[-_ ]?(?:me|it|this)|replace[-_ ]?(?:me|this|with)|insert[-_ ]?(?:your|here)|put[-_ ]?your|your[-_ ]?[a-z]|"
        r"place[-_ ]?holder|example|sample|dummy|foo[-_]?bar|fixme|todo\b|not[-_ ]?(?:set|a[-_ ]?real|used|valid|secret)|fake|bogus|"
        r"to[-_ ]?be[-_ ]?(?:set|changed|defined)|some[-_ ]?(?:secret|password|token|key|value)|my[-_ ]?(?:secret|password|token|key|pass)|"
        r"secret[-_]?(?:here|key$|value)|s3cr3t|"
        r"(?:^|[-_])(?:secret|token|passw(?:or)?d|key)[-_ ]?(?:[0-9]{1,2}|123[0-9]*)$|[0-9]{2}[-_ ]?(?:hex|byte|char|bit|digit)s?\b|"
        r"^(?:[a-z]+_)+(?:db_?)?pass(?:word)?$|(?:^|[-_])here(?:[-_]?[0-9]+)?$|deadbeef|lorem|^foo|^bar$|^baz|^test|test$|[-_]test[-_])",
    ),
    (
        "empty word",
        r"(?i:^(?:true|false|null|nil|none|undefined|empty|void|yes|no|on|off|default|optional|required|unset|unknown|any|string|str|text|"
        r"number|int|bool|boolean|object|password|passwd|pass|pwd|pw|secret|token|key|apikey|api[-_]?key|auth|user|username|admin|root|login|value|var|env|file|input|hidden|basic|bearer|digest|self|this|public|private"
        r"|[0-9]{1,5}/(?:tcp|udp|sctp))$)",
    ),
    (
        "sequence",
        r"(?i:000102030405|00112233445566|^(?:0?123456789|1234|abcdef|abc123|qwert|asdf|0123|12345|987654|aaaa|1111|0000)[0-9a-z]{0,24}$)",
    ),
)

_PUBLISHED = (
    "2b7e151628aed2a6 8e73b0f7da0e6452 603deb1015ca71be 6bc1bee22e409f96 feffe9928665731c 9d61b19deffd5a60 4ccd089b28ff96da"
    " c5aa8df43f9f837b 77076d0a7318a57d 5dab087e624a8a4b a546e36bf0527c9d 8080808080808080 8081828384858687 f0f1f2f3f4f5f6f7"
    " 8a477f597d28d172 c9afa9d845ba7516 0b0b0b0b0b0b0b0b 3132333435363738"
    " gx1fbat3bv h480djs93hd8 mf_9\\.b5f-4\\.1jqm dpf43f3p2l4k3l03 kd94hf93k423kf44 hh5s93j4hdidpola"
    " hdhd0244k9j7ao03 nnch734d00sl2jdk pfkkdhi9sl3r4s00 9djdj82h48djs9d2 j49sk3j29djd dh893hdasih9 2yotnfzfejr1zcsicmwpaa"
    " tgzv3jokf0xg5qx2tlkwia a3ddj3w ad180jjd733klru7"
    " 258eafa5-e914-47da eby8vdm02xnocqflquwjpllmetlcdxj1"
)
"""How the keys of published test vectors and the credentials of protocols' examples begin: RFC 5849, 6749, 6750,
6455; the key of Azure's storage emulator; FIPS 197, SP 800-38A, GCM, RFC 2202, 4231, 6238, 6979, 7539, 7748, 8032;
and the signature of CACHEDIR.TAG files (bford.info/cachedir)."""

_PUBLIC = re.compile(rf"(?i)^(?:0x)?(?:{_PUBLISHED.replace(' ', '|')}|gezdgnbvgy3tqojq|jbswy3dpehpk3pxp)")
_COMPILED = (*((reason, re.compile(regex)) for reason, regex in _KINDS), ("published", _PUBLIC))


def placeholder(value: str) -> str | None:
    """Why ``value`` is no secret whatever it is assigned to; None when it may be one."""
    for reason, regex in _COMPILED:
        if regex.search(value):
            return reason
    return "repeated" if repeated(value) else None


def token(value: str, prefix: int) -> str | None:
    """The same for a token whose format is known: only what no issuer would make. ``prefix`` characters are format."""
    body = value[prefix:] if len(value) > prefix else value
    if _PUBLIC.search(value):
        return "published"
    if _MASKED.search(body):
        return "masked or sample"
    return "repeated" if repeated(body) else None


_MASKED = re.compile(
    r"(?i)x{6}|\*{3}|\.{3}|example|sample|your[-_]|placeholder|redacted|dummy|change[-_]?me|1234567890?abc|0123456789|abcdefghij|deadbeef"
    r"|<[a-z]|\$\{|\{\{"
)


_UNIT = re.compile(r"(.{2,12}?)\1{2,}")
_STEPS = frozenset((-1, 0, 1))


def repeated(value: str) -> bool:
    """Few different characters for the length (``aaaaaaaa``), a text again and again (``keykeykey``), or mostly steps (``abcdefgh``)."""
    if len(value) < 4:
        return len(set(value)) == 1
    if len(set(value)) <= max(2, min(4, len(value) // 12)) or _UNIT.fullmatch(value):
        return True
    codes = value.encode() if value.isascii() else [ord(char) for char in value]
    return sum(map(_STEPS.__contains__, map(sub, codes[1:], codes))) >= 0.7 * (len(value) - 1)
