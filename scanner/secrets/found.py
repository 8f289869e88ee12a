"""A secret as it was found, value and all, and its way into a ``Finding``, which cannot hold the value. Nothing here leaves the room."""

from __future__ import annotations

from bisect import bisect_left
from hashlib import sha1
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from scanner.models import Finding, Kind, Location, Related, Secret, Severity, Suppression
from scanner.secrets import Entry, Rule
from scanner.secrets.fingerprint import fingerprint
from scanner.secrets.inline import Word  # noqa: TC001 -- msgspec reads the annotations at run time

if TYPE_CHECKING:
    from collections.abc import Iterable

MOST_RELATED = 500
TYPES = {
    "aws": "AWS Access Key", "azure-storage": "Azure Storage Account access key", "discord": "Discord Bot Token", "github": "GitHub Token",
    "gitlab": "GitLab Token", "ibm": "IBM Cloud IAM Key", "json-web-token": "JSON Web Token", "mailchimp": "Mailchimp Access Key",
    "npm": "NPM tokens", "openai": "OpenAI Token", "private-key": "Private Key", "pypi": "PyPI Token", "sendgrid": "SendGrid API Key",
    "slack": "Slack Token", "square": "Square OAuth Secret", "stripe": "Stripe Access Key", "telegram": "Telegram Bot Token",
    "twilio": "Twilio API Key", "url-credentials": "Basic Auth Credentials", "artifactory": "Artifactory Credentials",
}
"""Our rules, by how their ids begin, in detect-secrets' words; all others are a Secret Keyword."""


NAMED = frozenset(("assignment", "argument", "stated", "key-bytes"))
"""The checks of rules that know a secret by its name or place only; what to do with it, a rule that knows its format says better."""


class Found(Struct, frozen=True, kw_only=True):
    """One accepted candidate. ``start``/``end`` are the value's byte offsets in its window; ``said`` is what an inline comment
    says that accepts it, or None; ``detector`` is detect-secrets' type or the rule id."""

    rule: Rule
    severity: Severity
    start: int
    end: int
    value: str
    detector: str
    line: int = 1
    column: int = 1
    end_line: int = 1
    end_column: int = 1
    said: Word | None = None
    wrapped: tuple[str, ...] = ()


def apart(found: Iterable[Found]) -> list[Found]:
    """The most telling finding of each stretch of bytes: worst severity first, a format before a name, our rules before detectors, longer
    values before shorter. What one run of wrapped text holds was told apart where its places in the unwrapped text were known."""
    kept: list[Found] = []
    for item in sorted(found, key=_rank):
        place = bisect_left(kept, item.start, key=_start)
        free = (place == 0 or kept[place - 1].end <= item.start) and (place == len(kept) or item.end <= kept[place].start)
        if free or (place < len(kept) and _of_one_run(item, kept[place])):
            kept.insert(place, item)
    return kept


def report(
    path: str, found: Iterable[Found], accepted: frozenset[tuple[str, str]] = frozenset(), *, commit: str = "", author_date: str = ""
) -> tuple[list[Finding], list[Suppression]]:
    """One Finding for each rule and value of a file; further places of the same value are ``related``. A value that inline comments accept
    wherever it stands is suppressed, one that stands somewhere without a comment is reported there; ``accepted`` are the file's entries in
    the baseline."""
    places: dict[tuple[str, str], list[Found]] = {}
    for item in found:
        places.setdefault((item.rule.id, item.value), []).append(item)
    findings: list[Finding] = []
    suppressions: list[Suppression] = []
    for items in places.values():
        bare = [item for item in items if item.said is None]
        finding = _finding(path, bare or items, commit, author_date)
        findings.append(finding)
        if not bare:
            suppressions.append(_accepted(finding, items, commit))
        if accepted and baselined(items[0], accepted):
            suppressions.append(_suppression("baseline", finding, "in the baseline", finding.location))
    return findings, suppressions


def entry(path: str, found: Found) -> Entry:
    """What a baseline says of it. A rule of ours goes by detect-secrets' type that is nearest to it, so that its audit knows the type."""
    kind = found.detector if found.detector != found.rule.id else _nearest(found.rule.id)
    return Entry(type=kind, filename=path, hashed_secret=_hashed(found.value), line_number=found.line)


def baselined(found: Found, entries: frozenset[tuple[str, str]]) -> bool:
    """Whether a baseline accepts the value: detect-secrets' own findings by type and hash, those of our rules by the hash."""
    own = _hashed(found.value)
    return any(digest == own and (kind == found.detector or found.detector == found.rule.id) for kind, digest in entries)


def _hashed(value: str) -> str:
    return sha1(value.encode("utf-8", "replace"), usedforsecurity=False).hexdigest()


def _nearest(rule: str) -> str:
    return next((kind for word, kind in TYPES.items() if rule.startswith(word)), "Secret Keyword")


def _rank(item: Found) -> tuple[int, bool, bool, int, int]:
    named = item.rule.checksum in NAMED
    return (-item.severity, named, item.detector != item.rule.id, item.start - item.end, item.start)


def _of_one_run(one: Found, other: Found) -> bool:
    return bool(one.wrapped and other.wrapped) and (one.start, one.end) == (other.start, other.end)


def _start(item: Found) -> int:
    return item.start


def _accepted(finding: Finding, items: list[Found], commit: str) -> Suppression:
    """The words of inline comments on a value, one at each place of it; the reason is the first one's."""
    said = [(item, item.said) for item in items if item.said]
    places = tuple(_stretch(_location(finding.location.path, item), word) for item, word in said)
    return replace(_suppression("inline", finding, said[0][1].reason, places[0]), places=places, commit=commit)


def _stretch(value: Location, word: Word) -> Location:
    """From the comment on a value to the value's end."""
    return replace(value, line=value.line - word.above, column=1) if word.above else value


def _suppression(by: str, finding: Finding, reason: str, location: Location) -> Suppression:
    """Without a path, which would be read as a glob: the fingerprint tells the path already."""
    return Suppression(by=by, id=finding.rule_id, reason=reason, fingerprint=finding.id, location=location)


def _finding(path: str, items: list[Found], commit: str, author_date: str) -> Finding:
    first = items[0]
    rule = first.rule
    shown = redacted(first)
    return Finding(
        id=fingerprint(rule.id, path, first.value),
        kind=Kind.SECRET,
        rule_id=rule.id,
        severity=first.severity,
        audit="secrets",
        title=rule.description,
        message=_message(first, shown),
        help_url=rule.reference,
        location=_location(path, first),
        related=tuple(Related(location=_location(path, item), note="the same value") for item in items[1 : MOST_RELATED + 1]),
        secret=Secret(
            detector=first.detector, redacted=shown, length=len(first.value), commit=commit, author_date=author_date, revoke=rule.revoke
        ),
    )


def redacted(found: Found) -> str:
    """The public prefix of the format and an ellipsis; never more of the value, and nothing of a short one."""
    return found.value[: min(found.rule.prefix, len(found.value) // 2)] + "…"


def _message(found: Found, shown: str) -> str:
    wrapped = f", {' in '.join(reversed(found.wrapped))}" if found.wrapped else ""
    return f"{found.rule.description} ({shown} {len(found.value)} characters{wrapped})"


def _location(path: str, found: Found) -> Location:
    return Location(path=path, line=found.line, column=found.column, end_line=found.end_line, end_column=found.end_column)


def placed(found: Found, start: tuple[int, int], end: tuple[int, int], said: Word | None) -> Found:
    """The finding with its lines and columns, and what an inline comment says of it."""
    return replace(found, line=start[0], column=start[1], end_line=end[0], end_column=end[1], said=said)
