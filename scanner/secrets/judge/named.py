"""What the name of a key says about the value: about a secret, of another kind, public, a text. Name and value in, the reason out."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from scanner.secrets.judge import forms, words

if TYPE_CHECKING:
    from collections.abc import Callable

_OTHER_KIND = re.compile(
    r"(?:cache|primary|foreign|sort|partition|idempotency|group|object|row|range|index|lookup|storage|resource|bucket|route|routing|translation|event|registry|"
    r"license|dict|map|column|unique|composite|natural|surrogate|shard|result|limit)_?keys?$"
    r"|(?:private|public|kms|master|encryption|signing|ssh|gpg|pgp)_?key_?id$|(?<!access)(?<!access_)(?<!api)(?<!api_)key_?id$"
    r"|psk_with_\w+$|(?:next|page|input|output|continuation|request|idempotency|sync|change|lock|action|resume|cancel(?:lation)?|key)_?tokens?$"
)
_WORDS = re.compile(r"(?=.*(?:[ ]|[^\x00-\x7f]))[^\W\d_]+(?:[ .,?!'’:…\"-]+[^\W\d_]+)*[ .,?!'’:…\"-]*")
_PUBLIC = re.compile("pub(?:lic)?[_.-]?key")
_DIGEST = re.compile(r"(?:sha\d+[-:])?[A-Za-z0-9+/=-]{16,}")
_DIGEST_WORDS = re.compile(r"[a-z]+\d*")
_E_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_NAMES = re.compile(
    r"pass|pwd|psw|contrase|kennwort|senha|密码|密碼|口令|パスワード|пароль|비밀번호|wachtwoord|salasana|parola|has[lł]o|heslo|jelsz|l[öo]senord|[şs]ifre|secret|hmac|salt|pepper|mnemonic|token|ticket|nonce|csrf|session|verifier|jwt|bearer|key|auth|cred|sign|seed"
)
_CIPHER_KEY = re.compile(r"cipher[_-]?key$")
_OF_HASHES = re.compile(r"hash(?:ids?|ing)?[_-]?(?:salt|secret|pepper|key|iv)$")
_SHORT_NAMES = ("pw", "psk", "otp")
_OTHER_WORDS = re.compile(
    r"jsonwebtoken|author(?!i[sz]ation)\w*|authority|by_?pass\w*|com_?pass(?!w)\w*|passeng\w*|passed|passing|passes|passive\w*|passport\w*|p?ass(?:oc|ert|ign|et|ist|embl|um)\w*"
    r"|key(?:board|word|frame|stroke|press|down|up|note|hole|stone|point|pair_?name|code|s?pace)s?|monkey|turkey|jockey|hockey|donkey|whiskey|tokeni[sz]\w*|detoken\w*|secretar\w*"
    r"|signal\w*|signed|signup|sign_?(?:in|out|up)|design\w*|signific\w*|seeded|seeding|credit\w*|incred\w*|sacred|salty|basalt|asphalt"
)


def why(name: str, value: str) -> str | None:
    """Why a value is no secret behind this name; None where it may be one."""
    return _of_name(name) or next((why for why, test in _BY_NAME if test(name, value)), None)


@lru_cache(maxsize=4096)
def _of_name(name: str) -> str | None:
    """What it says whatever the value is; the same names come again and again."""
    low, split = name.lower(), words.split(name)
    parts = frozenset(split)
    tests = (
        ("about a secret, not a secret", bool(split) and split[-1] in words.vocabulary("about words")),
        ("the key is another word", not _named(name)),
        ("named as a wrong one", bool(parts & words.vocabulary("wrong words"))),
        ("encrypted", bool(parts & words.vocabulary("cipher words")) and not (parts & {"password", "secret"} or _CIPHER_KEY.search(low))),
        ("a public value", bool(_PUBLIC.search(low)) or (not _secret(parts) and bool(parts & words.vocabulary("public words")))),
        ("a key or token of another kind", bool(_OTHER_KIND.search(low.replace("-", "_")))),
    )
    return next((why for why, holds in tests if holds), None)


def _secret(parts: frozenset[str]) -> bool:
    return bool(parts & words.vocabulary("secret words"))


def _text(name: str, value: str) -> bool:
    """Whether words in any language stand where a name in capitals or one like ``label`` announces a text."""
    announced = name.isupper() or bool(frozenset(words.split(name)) & words.vocabulary("text words"))
    return announced and bool(_WORDS.fullmatch(value)) and not forms.app_password(value)


def _checksum(name: str, value: str) -> bool:
    low = name.lower()
    digest = frozenset(_DIGEST_WORDS.findall(low.replace("_", " "))) & words.vocabulary("digest words")
    return bool(digest) and not _OF_HASHES.search(low) and bool(_DIGEST.fullmatch(value))


def _seed(name: str, value: str) -> bool:
    return value.isdigit() and name.lower().endswith("seed")


def _own_name(name: str, value: str) -> bool:
    return value.lower().strip("_$.;") == name.lower().strip("_$.").rsplit(".", 1)[-1]


def _address(name: str, value: str) -> bool:
    return bool(_E_MAIL.fullmatch(value)) and not _secret(frozenset(words.split(name)))


def _named(name: str) -> bool:
    """Whether a name speaks of a secret; what is as short as ``otp`` must begin or end a word: ``hotpink`` is a colour."""
    if _NAMES.search(_OTHER_WORDS.sub("", name.lower())):
        return True
    return any(word.startswith(_SHORT_NAMES) or word.endswith(_SHORT_NAMES) for word in words.split(name))


_BY_NAME: tuple[tuple[str, Callable[[str, str], bool]], ...] = (
    ("a text for people", _text),
    ("a checksum", _checksum),
    ("a number", _seed),
    ("its own name", _own_name),
    ("an e-mail address", _address),
)
