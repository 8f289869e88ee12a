"""What an assigned value is instead of a secret, where that is certain: Candidate in, the reason in a few words out, or None."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scanner.secrets.judge import features, words
from scanner.secrets.judge.placeholder import placeholder

if TYPE_CHECKING:
    from collections.abc import Callable

    from scanner.secrets.candidate import Candidate

_HASH = re.compile(
    r"\$(?:1|2[abxy]|5|6|7|y|apr1|argon2\w*|P|H|pbkdf2[\w-]*|scrypt)\$"
    r"|\{(?:S?SHA\d*|CRYPT|SMD5|MD5|ARGON2|BCRYPT|PBKDF2\w*)\}|pbkdf2_|bcrypt\$|scrypt:|sha\d+[:$-]"
)
_CIPHERTEXT = re.compile(
    r"ENC[\[(]|\{cipher\}|vault:v\d:|\$ANSIBLE_VAULT|age1[a-z0-9]{50}"
    r"|M[A-Za-z0-9+/]{3,7}DQYJKoZIhvcNAQEBBQAD|MFkwEwYH|MCowBQYDK2V|SHA256:|ssh-(?:rsa|ed25519|dss) |ecdsa-sha2-"
)
_WEB_TOKEN = re.compile(r"ey[JIK][A-Za-z0-9_-]+\.[A-Za-z0-9_-]*\.")
_NUMBER = re.compile(r"[-+]?(?:0x[0-9A-Fa-f]{1,8}|[0-9]{1,4}|[0-9]*\.[0-9]+)[uUlLfF]*$")
_CODE = re.compile(r"[A-Za-z_$@][\w$]*(?:(?:\.|::|->|\?\.)[\w$]+)*(?:[(\[].*|::|->.*)?[);\]]*$")
_TYPE = re.compile(
    r"(?:std::)?(?:string|String|str|bytes?|int|bool|any|Any|object|Optional|Option|SecureString|char|Buffer|null|None)[\[<?*&!;)|]*"
)
_TRANSLATIONS = re.compile(
    r"(?:^|/)(?:i18n|l10n|locales?|lang(?:uage)?s?|translations?|messages|LC_MESSAGES)(?:/|[._-])|\.(?:po|pot|xlf|xliff|strings|resx|arb)$",
    re.IGNORECASE,
)


def veto(candidate: Candidate) -> str | None:
    """Why the candidate is certainly no secret; None leaves the decision to the model."""
    reason = placeholder(candidate.value)
    return reason or next((why for why, test in _TESTS if test(candidate)), None)


def in_lockfile(candidate: Candidate) -> bool:
    return candidate.path.rsplit("/", 1)[-1].lower() in words.vocabulary("lockfiles") or candidate.path.endswith((".map", ".min.css"))


def _url(candidate: Candidate) -> bool:
    value = candidate.value
    return value.startswith(("//", "./", "../", "~/")) or ("://" in value[:40] and "@" not in value and "?" not in value)


def _hash(candidate: Candidate) -> bool:
    return bool(_HASH.match(candidate.value))


def ciphertext(candidate: Candidate) -> bool:
    parts = set(words.split(features.key_name(candidate)))
    return bool(_CIPHERTEXT.match(candidate.value)) or bool(parts & words.vocabulary("cipher words") and not parts & {"password", "secret"})


def _web_token(candidate: Candidate) -> bool:
    return bool(_WEB_TOKEN.match(candidate.value))


def _number(candidate: Candidate) -> bool:
    return bool(_NUMBER.match(candidate.value)) and "quoted" not in features.quoting(candidate)


def _public(candidate: Candidate) -> bool:
    name = features.key_name(candidate)
    parts = set(words.split(name))
    named = bool(parts & words.vocabulary("public words")) and not parts & words.vocabulary("secret words")
    return named or "publickey" in re.sub("[_.-]", "", name.lower())


def _digest(candidate: Candidate) -> bool:
    parts = set(re.findall(r"[a-z]+\d*", features.key_name(candidate).lower().replace("_", " ")))
    return bool(parts & words.vocabulary("digest words")) and bool(re.fullmatch(r"(?:sha\d+[-:])?[A-Za-z0-9+/=-]{16,}", candidate.value))


def _about(candidate: Candidate) -> bool:
    parts = words.split(features.key_name(candidate))
    return bool(parts) and parts[-1] in words.vocabulary("about words")


def _expression(candidate: Candidate) -> bool:
    value = candidate.value
    if features.quoting(candidate) == "quoted" or features.family(candidate.path) != "code" or features.in_string(candidate):
        return False
    if value[:1] in "([{&*!-" or re.search(r"[\w\])](?:\(|\[|::|->)", value):
        return True
    return bool(_CODE.fullmatch(value)) and words.surprise(value) < 5.5


def _type(candidate: Candidate) -> bool:
    return features.quoting(candidate) == "bare" and bool(_TYPE.fullmatch(candidate.value))


def _sentence(candidate: Candidate) -> bool:
    value = candidate.value
    blanks = value.strip().count(" ")
    return blanks >= 2 and (words.surprise(value) < 5.5 or not value.isascii())


def _translation(candidate: Candidate) -> bool:
    return bool(_TRANSLATIONS.search(candidate.path)) and not any(char.isdigit() for char in candidate.value)


def _other_word(candidate: Candidate) -> bool:
    """The key only seems to name a secret: ``author``, ``keyboard``, ``bypass``, ``tokenizer``."""
    name = features.key_name(candidate).lower()
    return bool(name) and not _NAMES.search(_OTHER_WORDS.sub("", name))


def _own_name(candidate: Candidate) -> bool:
    """``pwsh = pwsh``: the value says no more than the name it has."""
    return candidate.value.lower().strip("_$.;") == features.key_name(candidate).lower().strip("_$.").rsplit(".", 1)[-1]


def _e_mail(candidate: Candidate) -> bool:
    named = set(words.split(features.key_name(candidate))) & words.vocabulary("secret words")
    return not named and bool(re.fullmatch(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", candidate.value))


_NAMES = re.compile(
    r"pass|pwd|psw|pw|contrase|kennwort|secret|hmac|salt|otp|mnemonic|token|ticket|nonce|csrf|session|verifier|jwt|bearer|key|auth|cred|sign|seed"
)
_OTHER_WORDS = re.compile(
    r"jsonwebtoken|author(?!i[sz]ation)\w*|authority|by_?pass\w*|com_?pass(?!w)\w*|passeng\w*|passed|passing|passes|passive\w*|passport\w*|key(?:board|word|frame|stroke|press|down|up|note|hole|stone|"
    r"point|pair_?name|code|s?pace)s?|monkey|turkey|jockey|hockey|donkey|whiskey|tokeni[sz]\w*|detoken\w*|secretar\w*|signal\w*|signed|signup|sign_?(?:in|out|up)|assign\w*|design\w*|"
    r"signific\w*|seeded|seeding|credit\w*|incred\w*|sacred|salty|basalt|asphalt"
)

_TESTS: tuple[tuple[str, Callable[[Candidate], bool]], ...] = (
    ("in a lockfile or source map", in_lockfile),
    ("a translation", _translation),
    ("a URL or path", _url),
    ("a password hash", _hash),
    ("encrypted or public", ciphertext),
    ("a JSON Web Token, judged as such", _web_token),
    ("a number", _number),
    ("a public value", _public),
    ("a checksum", _digest),
    ("about a secret, not a secret", _about),
    ("code", _expression),
    ("a type", _type),
    ("a sentence", _sentence),
    ("the key is another word", _other_word),
    ("its own name", _own_name),
    ("an e-mail address", _e_mail),
)
