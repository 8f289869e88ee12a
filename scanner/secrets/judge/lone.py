"""A random-looking string in quotes that nothing names a secret: Candidate in, Judgement out. Entropy alone says little: much is asked."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from scanner.secrets.judge import assignment, features, veto, words
from scanner.secrets.judge.judgement import Judgement, no
from scanner.secrets.judge.placeholder import placeholder

if TYPE_CHECKING:
    from scanner.secrets import Rule
    from scanner.secrets.candidate import Candidate

RANDOM = 5.5
DIGESTS = frozenset((32, 40, 56, 64, 96, 128))
LONGEST = 256
NEAR = 160
LEAST_DISTINCT = 23
"""How many different characters a string needs for an entropy of more than 4.5 bits: more than 2 to the power of 4.5."""

_DATA = re.compile(r"[\w.-]*(?:/[\w.-]+){2,}|data:|sha\d+-|M[A-I][A-Za-z0-9]{2,6}[AQg]")
_BODY = re.compile(r"[\"'][A-Za-z0-9+/]{40,}={0,2}(?:\\r)?(?:\\n)?[\"']")
_DIGIT = re.compile(rb"[0-9]").search
_KEY = re.compile(r"([\w$.-]{1,60})[\"'`\])]{0,3}\s*(?:=>|[:=,(])+\s*[brufL@]?[\"'`]?$")
_SITE = re.compile(r"(?i)site_?-?key")
_NOT_SECRET = re.compile(
    r"(?i)public|encrypted|cipher|protected|payload|integrity|sha\d*|md5|hash|digest|checksum|etag|finger|thumb|cert|x5[ct]|signature|nonce|"
    r"uuid|guid|revision|commit|version|url|path|image|icon|font|data|src|href|expected|color|class|style|^(?:[xynetdpqi]|secure|tag|iv|aad|kid|dp|dq|qi|sub|id|\w*_id)$"
)


def judge(candidate: Candidate) -> Judgement:
    """Whether the string alone is worth a word of low severity."""
    if reason := elsewhere(candidate.path) or plain(candidate.value):
        return no(reason)
    key = _KEY.search(candidate.before[-NEAR:])
    if (key and _NOT_SECRET.search(key.group(1))) or _SITE.search(candidate.before[-NEAR:]):
        return no("its name says that it is no secret")
    if veto.ciphertext(candidate):
        return no("another kind of data")
    if _of_body(candidate):
        return no("a line of embedded data")
    return Judgement(secret=True, severity=candidate.rule.severity, reason="random")


def _of_body(candidate: Candidate) -> bool:
    """Whether the line before or after holds such a string, too: a certificate or a picture in lines of code."""
    text = candidate.text
    first, last = text.rfind("\n", 0, candidate.value_start) + 1, text.find("\n", candidate.value_end)
    above = text[text.rfind("\n", 0, max(0, first - 1)) + 1 : first]
    below = text[last + 1 : text.find("\n", last + 1)] if last >= 0 else ""
    return bool(_BODY.search(above) or _BODY.search(below))


@lru_cache(maxsize=64)
def elsewhere(path: str) -> str | None:
    """Why no such string of a file of this path is worth a word."""
    if veto.lockfile(path) or assignment.TRIAL.search(path) or features.family(path) == "prose":
        return "in tests, documentation or a lockfile"
    return None


@lru_cache(maxsize=1024)
def plain(value: str) -> str | None:
    """Why a string is nothing, wherever it stands: what its letters tell."""
    if placeholder(value) or _DATA.match(value):
        return "another kind of data"
    return "not random enough" if words.surprise(value) < RANDOM or words.cover(value) > 0.5 else None


def hopeless(rule: Rule, value: bytes) -> str | None:
    """Why a string is nothing, wherever it stands: what can be told from its bytes alone, cheapest first."""
    if len(value) > LONGEST:
        return "as long as embedded data"
    if rule.id == "entropy-hex":
        return "as long as a digest" if len(value) in DIGESTS else None
    if not _DIGIT(value) or len(set(value)) < LEAST_DISTINCT or value.islower() or value.isupper():
        return "not random enough"
    return None
