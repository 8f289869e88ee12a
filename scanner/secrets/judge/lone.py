"""A random-looking string in quotes that nothing names a secret: Candidate in, Judgement out. Entropy alone says little: much is asked."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scanner.secrets.judge import assignment, features, veto, words
from scanner.secrets.judge.judgement import Judgement, no
from scanner.secrets.judge.placeholder import placeholder

if TYPE_CHECKING:
    from scanner.secrets.candidate import Candidate

RANDOM = 5.5
_DATA = re.compile(r"[\w.-]*(?:/[\w.-]+){2,}|data:|sha\d+-|M[A-I][A-Za-z0-9]{2,6}[AQg]")
_KEY = re.compile(r"([\w$.-]{1,60})[\"'`\])]{0,3}\s*(?:=>|[:=,(])+\s*[brufL@]?[\"'`]?$")
_NOT_SECRET = re.compile(
    r"(?i)public|encrypted|cipher|protected|payload|integrity|sha\d*|md5|hash|digest|checksum|etag|finger|thumb|cert|x5[ct]|signature|nonce|"
    r"uuid|guid|revision|commit|version|url|path|image|icon|font|data|src|href|expected|color|class|style|^(?:[xynetdpqi]|secure|tag|iv|aad|kid|dp|dq|qi|sub|id|\w*_id)$"
)


def judge(candidate: Candidate) -> Judgement:
    """Whether the string alone is worth a word of low severity."""
    value = candidate.value
    if veto.in_lockfile(candidate) or assignment.TRIAL.search(candidate.path) or features.family(candidate.path) == "prose":
        return no("in tests, documentation or a lockfile")
    key = _KEY.search(candidate.before)
    if key and _NOT_SECRET.search(key.group(1)):
        return no("its name says that it is no secret")
    if placeholder(value) or veto.ciphertext(candidate) or _DATA.match(value):
        return no("another kind of data")
    kinds = sum(bool(re.search(regex, value)) for regex in ("[a-z]", "[A-Z]", "[0-9]"))
    if words.surprise(value) < RANDOM or words.cover(value) > 0.5 or (kinds < 3 and "hex" not in candidate.rule.id):
        return no("not random enough")
    return Judgement(secret=True, severity=candidate.rule.severity, reason="random")
