"""What hyperscan looks for on behalf of detect-secrets' 27 plugins: (plugin class, regex) pairs.

Each regex is wider than its plugin: it matches on every line on which the plugin would report something, and on some more. Bytes from
0x80 up stand for what Python's text regexes take as letters, digits or blanks beyond ASCII. Formats as in the detectors' own documentation.
"""

from __future__ import annotations

_ASSIGN = r"[\"']?\]? *(?:=|:|:=|=>| +|::) *[\"']?"
_PASS = r"(?:key|pwd|pw|password|pass|token)"
_BLANK = r"[\s\x1c-\x1f\x80-\xff]"
_USERINFO = r"[^:/?#\[\]@!$&'()*+,;=\s]+"
_WORDS = (
    r"(?:(?:api|auth|service|account|db|database|priv|private|client)_?key|(?:db|database|key)_?pass|password|passwd|pwd|secret"
    r"|contrase(?:n|\xc3[\xb1\x91])a)"
)

_LETTER = r"[\w\x80-\xff]"
_OPERATOR = rf"(?:[\]'\"]{{0,2}}|\[[0-9]*\]){_BLANK}*[!=:>]{{1,4}}{_BLANK}*@?"

QUOTED = (
    ("KeywordDetector", rf"(?i){_WORDS}{_LETTER}*{_OPERATOR}[\"'`]{_LETTER}"),
    ("KeywordDetector", rf"(?i){_WORDS}[^\s]*{_BLANK}*[\"'`]{_LETTER}[^\x0b'\"]*[\"'`];"),
    ("KeywordDetector", rf"[\"'`]{_BLANK}*[!=]{{2,3}}{_BLANK}*{_LETTER}*{_WORDS}"),
    ("KeywordDetector", rf"{_WORDS}{_LETTER}*(?:.{{1,4}}assign)?\(\"{_LETTER}"),
    ("Base64HighEntropyString", r"\"[A-Za-z0-9+/\\\-_=]{23,}\""),
    ("Base64HighEntropyString", r"'[A-Za-z0-9+/\\\-_=]{23,}'"),
    ("HexHighEntropyString", r"\"[0-9A-Fa-f]{9,}\""),
    ("HexHighEntropyString", r"'[0-9A-Fa-f]{9,}'"),
)
"""Values in quotes, as source code has them."""

UNQUOTED = (("KeywordDetector", rf"(?i){_WORDS}{_LETTER}*[\]'\"]{{0,2}}{_BLANK}*(?::=?|={{1,3}}|!==?){_BLANK}*[\"'`]?{_LETTER}"),)
"""Values without quotes, as configuration files have them."""

LOOSE = frozenset((".go", ".yaml", ".yml", ".eyaml", ".cnf", ".conf", ".cfg", ".cf", ".ini", ".properties", ".toml"))
"""Endings of the files in which the keyword plugin takes values without quotes."""

TOKENS = (
    ("ArtifactoryDetector", r"AKC[a-zA-Z0-9]{10}"),
    ("ArtifactoryDetector", rf"(?:{_BLANK}|[=:\"']|^)AP[0-9A-F\x80-\xff]{{1,4}}[a-zA-Z0-9]{{8}}"),
    ("AWSKeyDetector", r"(?:A3T[A-Z0-9]|ABIA|ACCA|AKIA|ASIA)[0-9A-Z]{16}"),
    ("AWSKeyDetector", rf"(?i)aws.{{0,80}}{_PASS}.{{0,80}}['\"][0-9a-z/+]{{40}}['\"]"),
    ("AzureStorageKeyDetector", r"AccountKey=[a-zA-Z0-9+/=]{88}"),
    ("BasicAuthDetector", rf"://{_USERINFO}:{_USERINFO}@"),
    ("CloudantDetector", rf"(?i)cl(?:oudant|ou|)[_-]?(?:api)?{_PASS}{_ASSIGN}(?:[0-9a-f]{{64}}|[a-z]{{24}})"),
    ("CloudantDetector", r"(?i)https?://[\w\-\x80-\xff]+:(?:[0-9a-f]{64}|[a-z]{24})@[\w\-\x80-\xff]+\.cloudant\.com"),
    ("DiscordBotTokenDetector", r"[MNO][\w\-\x80-\xff]{23,100}\.[\w\-\x80-\xff]{6}"),
    ("GitHubTokenDetector", r"gh[pousr]_[A-Za-z0-9_]{36}"),
    ("GitLabTokenDetector", r"gl(?:pat|dt|ft|soat|rt|cbt)-[A-Za-z0-9_\-]{20}"),
    ("GitLabTokenDetector", r"GR1348941[A-Za-z0-9_\-]{20}"),
    ("GitLabTokenDetector", r"gl(?:imt-[A-Za-z0-9_\-]{25}|ptt-[A-Za-z0-9_\-]{40}|agent-[A-Za-z0-9_\-]{50}|oas-[A-Za-z0-9_\-]{64})"),
    ("IbmCloudIamDetector", rf"(?i)(?:key|pwd|password|pass|token){_ASSIGN}[a-z0-9_\-]{{44}}(?:[^A-Za-z0-9_\-]|$)"),
    ("IbmCosHmacDetector", rf"(?i)secret[-_]?(?:access)?[-_]?key{_ASSIGN}[a-f0-9]{{48}}"),
    ("IPPublicDetector", r"[0-9]\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]"),
    ("JwtTokenDetector", r"eyJ[A-Za-z0-9\-_=]+\.[A-Za-z0-9\-_=]"),
    ("MailchimpDetector", r"[0-9a-z]{32}-us[0-9\x80-\xff]"),
    ("NpmDetector", r"/:_authToken="),
    ("OpenAIDetector", r"T3BlbkFJ[A-Za-z0-9]{20}"),
    ("PrivateKeyDetector", r"BEGIN (?:(?:DSA |EC |OPENSSH |RSA |)PRIVATE KEY|PGP PRIVATE KEY BLOCK|SSH2 ENCRYPTED PRIVATE KEY)"),
    ("PrivateKeyDetector", r"PuTTY-User-Key-File-2"),
    ("PypiTokenDetector", r"pypi-AgE(?:IcHlwaS5vcmc|NdGVzdC5weXBpLm9yZw)[A-Za-z0-9\-_]{70}"),
    ("SendGridDetector", r"SG\.[a-zA-Z0-9_\-]{22}\.[a-zA-Z0-9_\-]{43}"),
    ("SlackDetector", r"(?i)xox[abposr]-[0-9\x80-\xff]+-"),
    ("SlackDetector", r"(?i)hooks\.slack\.com/services/T"),
    ("SoftlayerDetector", rf"(?i)(?:softlayer|sl)[_-]?(?:api)?[_-]?(?:key|pwd|password|pass|token){_ASSIGN}[a-z0-9]{{64}}"),
    ("SoftlayerDetector", r"(?i)softlayer.{1,4}com/soap/v3(?:.{1,4}1)?/[a-z0-9]{64}"),
    ("SquareOAuthDetector", r"sq0csp-[0-9A-Za-z\\\-_]{43}"),
    ("StripeDetector", r"[rs]k_live_[0-9a-zA-Z]{24}"),
    ("TelegramBotTokenDetector", r"[0-9\x80-\xff]:[0-9A-Za-z_\-]{35}"),
    ("TwilioKeyDetector", r"(?:AC|SK)[a-z0-9]{32}"),
)
"""Tokens that need no quotes. Where a plugin's regex begins with no literal, only its rarest part stands here: together with the others,
the whole of it would halve the engine's speed."""

FOLDS = ((b"\xc5\xbf", b"s"), (b"\xe2\x84\xaa", b"k"), (b"\xc4\xb0", b"i"), (b"\xc4\xb1", b"i"))
"""What Python's case-blind regexes take for letters of ASCII, as UTF-8."""

FOLDED = (("", r"\xc5\xbf|\xe2\x84\xaa|\xc4\xb0|\xc4\xb1"),)
"""No plugin's: where one of ``FOLDS`` stands, the text is looked through again with the letter that it is taken for."""

DEFAULT = {"Base64HighEntropyString": "Base64 High Entropy String", "HexHighEntropyString": "Hex High Entropy String"}
"""The plugins that also take part in the default rule set, with the types they report; what the others look for has rules of ours, with
more context."""

LEAST_DISTINCT = {"Base64HighEntropyString": 23, "HexHighEntropyString": 9}
"""How many different characters a string needs to exceed the plugin's entropy limit: more than 2 to the power of 4.5, or 3.0."""

LEAST_ENTROPY = {"Base64HighEntropyString": 4.49, "HexHighEntropyString": 2.99}
"""Just below the plugins' limits, so that rounding decides nothing."""

def _with_a_digit() -> str:
    """A string of 23 characters or more of which one is a digit: the first one may stand behind 0, 1, ... others."""
    other, any_one, least = r"[A-Za-z+/\\\-_=]", r"[A-Za-z0-9+/\\\-_=]", LEAST_DISTINCT["Base64HighEntropyString"]
    early = ("".join((f"{other}{{{place}}}" if place else "", f"[0-9]{any_one}{{{least - 1 - place},}}")) for place in range(least))
    return f"{'|'.join(early)}|{other}{{{least},}}[0-9]{any_one}*"


STRINGS = (
    ("Base64HighEntropyString", rf"[\"'](?:{_with_a_digit()})[\"']"),
    ("HexHighEntropyString", r"[\"'][0-9A-Fa-f]{9,}[\"']"),
)
"""What the default rule set looks for on behalf of the plugins in ``DEFAULT``: our judge takes no string without a digit for random.
That both quotes are the same is left to whoever looks at the string: one regex for both costs the engine less."""

_STRING, _HEX = r"A-Za-z0-9+/\\\-_=", r"0-9A-Fa-f"
_SECRET = r"(?:[a-zA-Z]{24}|[0-9A-Za-z_\-/+]{40})"

RUNS = (
    ("Base64HighEntropyString", rf"[{_STRING}]{{22,}}(?:[^{_STRING}]|$)"),
    ("HexHighEntropyString", rf"[{_HEX}]{{9,}}(?:[^{_HEX}]|$)"),
)
"""The strings that may come to stand in quotes; a backslash more may belong to them then."""

KEPT = (
    ("ini", rf"(?i)^[^=:\n]*{_WORDS}"),
    ("ini", rf"(?:^|[=:\x0b\x0c\x1c-\x1e\x80-\xff]){_BLANK}*[\"']?{_SECRET}"),
    ("ini", r"[\"'][0-9A-Za-z/+]{40}"),
    ("ini", r"sq0csp-"),
    ("ini", r"%[(%]"),
    ("yaml", rf"(?i){_WORDS}"),
    ("yaml", _SECRET),
    ("yaml", r"AP[0-9A-F\x80-\xff]{1,4}[a-zA-Z0-9]{8}"),
    ("yaml", rf"BEGIN{_BLANK}|binary|%TAG|!\S*%|\\[^\"\\]"),
)
"""What an INI or YAML file must hold, ``RUNS`` or one of these, for anything to be found in what detect-secrets makes of it but not in the
file itself (the tests draw files that are without them). A line that it makes is ``key = "value"`` or ``key: "value"``:

- A plugin that needs no quotes and no key finds its token in a part of the key or of the value. That part stands in the file as it does
  there, where ``TOKENS`` finds it, unless INI fills in other values (``%(``, ``%%``) or YAML decodes an escape or joins lines by a blank;
  only private keys hold blanks, and only ``AP`` must follow one or begin the line. The backslash before a quote of the value can only
  belong to Square's tokens. YAML encodes anew what is ``binary``; ``%TAG`` and ``%`` in a tag hide that word.
- A plugin that needs the key and no quotes (Softlayer's other tokens too) reports 24 letters or 40 and more characters (``_SECRET``). INI:
  they are where the value begins, that is behind ``=``, ``:``, the beginning of the line or one of Python's line ends, blanks and a quote.
  YAML: anywhere.
- Amazon's 40 characters stand in quotes that may be the line's, so that they begin the value, or the value's own.
- The keyword plugin needs one of its words. INI: where it is in the value, what must follow or precede it is there too, a quote apart from
  its backslash; where it is in the key, nothing of the line before it is an ``=`` or a ``:``. YAML: anywhere.
"""

ALL = (*QUOTED, *UNQUOTED, *TOKENS, *FOLDED)
"""Every proposal, ``FOLDED`` at the end; the id in the compiled database is the place in this tuple."""
