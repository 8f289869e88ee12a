"""What an assigned value is instead of a secret, where that is certain: Candidate in, the reason in a few words out, or None."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from scanner.secrets.judge import features, forms, named, public, words
from scanner.secrets.judge.placeholder import placeholder

if TYPE_CHECKING:
    from collections.abc import Callable

    from scanner.secrets.candidate import Candidate

_HASH = re.compile(
    r"\$(?:1|2[abxy]|5|6|7|y|apr1|argon2\w*|P|H|pbkdf2[\w-]*|scrypt)\$"
    r"|\{(?:S?SHA\d*|CRYPT|SMD5|MD5|ARGON2|BCRYPT|PBKDF2\w*)\}|pbkdf2_|(?:bcrypt|argon2\w*|scrypt|crypt)\$|(?:unsalted_)?md5\$|md5[0-9a-f]{32}$|scrypt:|sha\d+[:$-]"
)
_CIPHERTEXT = re.compile(
    r"0x[0-9a-fA-F]{40}$|(?:ENC|NACL)[\[(]|\{cipher\}|vault:v\d:|\$ANSIBLE_VAULT|age1[a-z0-9]{50}"
    r"|Ag[A-D][A-Za-z0-9+/]{100,}|76492d1116743f04|01000000d08c9ddf|AQAAANCMnd8BFdER|pk\.eyJ"
    r"|M[A-Za-z0-9+/]{3,7}DQYJKoZIhvcNAQEBBQAD|MFkwEwYH|MCowBQYDK2V|SHA256:|AAAA(?:B3NzaC1|C3NzaC1|E2VjZHNh)"
    r"|:?(?:ssh-(?:rsa|ed25519|dss) |ecdsa-sha2-)"
)
_WEB_TOKEN = re.compile(r"ey[JIK][A-Za-z0-9_-]+\.[A-Za-z0-9_-]*\.")
_NUMBER = re.compile(r"[-+]?(?:0x[0-9A-Fa-f]{1,8}|[0-9]{1,4}|[0-9]*\.[0-9]+)[uUlLfF]*$")
_LITERAL = re.compile(r"[-+~]?(?:0[xXbBoO][0-9A-Fa-f_]+|[0-9][0-9_]*(?:\.[0-9_]*)?(?:[eE][-+]?[0-9]+)?)[uUlLfFnN]*[);,\]}]*$")
_CODE = re.compile(r"[A-Za-z_$@][\w$]*(?:(?:\.|::|->|\?\.)[\w$]+)*(?:[(\[].*|::|->.*)?[);\]]*$")
_TYPE = re.compile(
    r"(?:std::)?(?:string|String|str|bytes?|int|bool|any|Any|object|Optional|Option|SecureString|char|Buffer|null|None)[\[<?*&!;)|]*"
)
TRANSLATIONS = re.compile(
    r"(?:^|/)(?:i18n|l10n|locales?|lang(?:uage)?s?|translations?|messages|LC_MESSAGES)(?:/|[._-])|\.(?:po|pot|xlf|xliff|strings|resx|arb)$",
    re.IGNORECASE,
)


def veto(candidate: Candidate) -> str | None:
    """Why the candidate is certainly no secret; None leaves the decision to the model."""
    return placeholder(candidate.value) or elsewhere(candidate)


def elsewhere(candidate: Candidate) -> str | None:
    """The same of what is no secret for where it stands or what its name is."""
    name = features.key_name(candidate)
    if name and (reason := named.why(name, candidate.value)):
        return reason
    return next((why for why, test in _BY_PLACE if test(candidate)), None) or public.why(candidate)


def in_lockfile(candidate: Candidate) -> bool:
    """Whether the file is a lockfile or a source map."""
    return lockfile(candidate.path)


@lru_cache(maxsize=64)
def lockfile(path: str) -> bool:
    """The same of a path."""
    return path.rsplit("/", 1)[-1].lower() in words.vocabulary("lockfiles") or path.endswith((".map", ".min.css", ".tsbuildinfo"))


def ciphertext(candidate: Candidate) -> bool:
    """Whether the value is encrypted, or a public key."""
    return bool(_CIPHERTEXT.match(candidate.value))


def _role(candidate: Candidate) -> bool:
    """Whether it is a reference in reStructuredText: a colon on either side of the name, and backticks."""
    text = candidate.text
    return text[candidate.value_start - 2 : candidate.value_start] == ":`" and text[: candidate.start].endswith(":")


def resource(candidate: Candidate) -> bool:
    """Whether the name is that of a kind of resource, as CloudFormation has them: ``AWS::KMS::Key``."""
    return bool(_RESOURCE.search(candidate.text, max(0, candidate.start - 100), candidate.start))


def _name_of_pair(candidate: Candidate) -> bool:
    """Whether an element called key holds a name, as in property lists: the value is in the element after it."""
    return candidate.key.lower() == "key" and candidate.text[candidate.value_start - 1] == ">" and candidate.value.isalpha()


def _url(candidate: Candidate) -> bool:
    value = candidate.value
    before = candidate.before
    if any(map(before.__contains__, ("urn:", "arn:", "cpe:"))) and _NAME_SPACE.search(before):
        return True
    return value.startswith(("//", "./", "../", "~/", "urn:", "arn:")) or ("://" in value[:40] and "@" not in value and "?" not in value)


def _hash(candidate: Candidate) -> bool:
    return bool(_HASH.match(candidate.value))


def _web_token(candidate: Candidate) -> bool:
    return bool(_WEB_TOKEN.match(candidate.value))


def _number(candidate: Candidate) -> bool:
    """A number in configuration may be somebody's password; one that stands bare in code is a number and nothing else."""
    if features.quoting(candidate) != "bare":
        return False
    return bool(_NUMBER.match(candidate.value) or (features.family(candidate.path) == "code" and _LITERAL.match(candidate.value)))


def _expression(candidate: Candidate) -> bool:
    value = candidate.value
    if features.quoting(candidate) == "quoted" or features.family(candidate.path) != "code" or features.in_string(candidate):
        return False
    if value[:1] in "([{&*!-" or re.search(r"[\w\])](?:\(|\[|::|->)", value):
        return True
    if _HEX.fullmatch(value) and any(map(str.isdigit, value)):
        return False
    if _GENERIC.match(candidate.after) and _CODE.fullmatch(value):
        return True
    if _SNAKE.fullmatch(value) and candidate.after[:1] in {",", ")"}:
        return True
    ended = candidate.after.startswith(";") and not any(map(str.isdigit, value))
    return bool(_CODE.fullmatch(value)) and (ended or words.surprise(value) < 5.5)


def _pattern(candidate: Candidate) -> bool:
    return bool(_REGEX.search(candidate.value))


def _type(candidate: Candidate) -> bool:
    if features.quoting(candidate) == "bare":
        return bool(_TYPE.fullmatch(candidate.value))
    return features.family(candidate.path) == "code" and bool(_UNION.match(candidate.after))


def _sentence(candidate: Candidate) -> bool:
    value = candidate.value
    if forms.app_password(value):
        return False
    if features.quoting(candidate) == "bare" and value.islower() and value.isalpha() and _GOES_ON.match(candidate.after):
        return words.surprise(value) < 5.5
    return value.strip().count(" ") >= 2 and (words.surprise(value) < 5.5 or not value.isascii())


def _translation(candidate: Candidate) -> bool:
    return bool(TRANSLATIONS.search(candidate.path)) and not any(map(str.isdigit, _ESCAPED.sub("", candidate.value)))


def _looked_up(candidate: Candidate) -> bool:
    """Whether it is the name under which something is looked up, as in ``form.get('pwd1')``."""
    return bool(_LOOKED_UP.fullmatch(candidate.value) and _LOOKS.search(candidate.before[-40:]))


_LOOKED_UP = re.compile(r"(?i)(?:[a-z]+[_-])?(?:pass|passwd|password|pwd|pw|psw|secret|token|key)[_-]?[0-9]?")
_LOOKS = re.compile(r"[\w\])](?:\(|\[)[\"']$")
_GENERIC = re.compile(r"<[\w.?, ]{1,60}>\s{0,3}\(")
_HEX = re.compile(r"[0-9a-f]{32,128}")
_SNAKE = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)+")
_RESOURCE = re.compile(r"\b(?:AWS|Alexa|Custom)::(?:\w+::)?\w*$")
_NAME_SPACE = re.compile(r"\b(?:urn|arn|cpe):[\w:/.*-]*$")
_ESCAPED = re.compile(r"\\u[0-9a-fA-F]{4}")
_REGEX = re.compile(
    r"\[[^\[\]]{0,40}(?:0-9|a-z|A-Z)[^\[\]]{0,40}\]|^\^.*[\])}+*]\$$|\[(?:\^?[A-Za-z0-9]-[A-Za-z0-9]|\^)|\(\?[:=!<P]|\\[wdsb][*+{)\]]"
)
_UNION = re.compile(r"[\"'`]\s*\|\s*(?:[\"'`]|[A-Za-z])")
_GOES_ON = re.compile(r" [a-z]{2,} [a-z]{2,}")

_BY_PLACE: tuple[tuple[str, Callable[[Candidate], bool]], ...] = (
    ("in a lockfile or source map", in_lockfile),
    ("a translation", _translation),
    ("a URL or path", _url),
    ("a date", forms.date),
    ("a version", forms.version),
    ("a form to be filled", forms.form),
    ("a few bytes", forms.few_bytes),
    ("an algorithm", forms.algorithm),
    ("a label of keys", forms.label),
    ("a reference", _role),
    ("a kind of resource", resource),
    ("the name of a pair", _name_of_pair),
    ("a password hash", _hash),
    ("encrypted or public", ciphertext),
    ("a JSON Web Token, judged as such", _web_token),
    ("a number", _number),
    ("a type", _type),
    ("a pattern", _pattern),
    ("a name that is looked up", _looked_up),
    ("code", _expression),
    ("a sentence", _sentence),
)
