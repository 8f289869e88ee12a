"""Of several rules that find the same bytes, the one whose advice is best; what of it becomes a finding, and what accepts it."""

from __future__ import annotations

from hashlib import sha1

import pytest
from msgspec.structs import replace

from scanner.models import Severity
from scanner.secrets import Rule, found
from scanner.secrets.found import Found, apart, baselined, entry, placed, redacted, report
from scanner.secrets.inline import Word

TOKEN = Rule(id="acme-token", description="Acme token", regex="x")
NAMED = Rule(id="assigned-key", description="Key", regex="x", checksum="assignment")
PLACED = Rule(id="login-call", description="Password", regex="x", checksum="argument")


def item(rule: Rule, start: int = 0, end: int = 20, severity: Severity = Severity.HIGH, detector: str = "") -> Found:
    return Found(rule=rule, severity=severity, start=start, end=end, value="v" * (end - start), detector=detector or rule.id)


def inside(rule: Rule, start: int = 0, end: int = 20) -> Found:
    """One that stands in a run of wrapped text, whose place it then has."""
    return replace(item(rule, start, end), wrapped=("base64",))


@pytest.mark.parametrize(
    ("items", "kept"),
    [
        ([item(NAMED), item(TOKEN)], ["acme-token"]),
        ([item(NAMED, end=30), item(TOKEN)], ["acme-token"]),
        ([item(PLACED), item(TOKEN)], ["acme-token"]),
        ([item(NAMED), item(TOKEN, severity=Severity.LOW)], ["assigned-key"]),
        ([item(TOKEN, detector="Hex High Entropy String"), item(TOKEN)], ["acme-token"]),
        ([item(TOKEN, detector="A"), item(TOKEN, end=30)], ["acme-token"]),
        ([item(TOKEN, 0, 10), item(NAMED, 10, 20)], ["acme-token", "assigned-key"]),
        ([item(TOKEN, 10, 20), item(NAMED, 0, 10), item(PLACED, 20, 30)], ["assigned-key", "acme-token", "login-call"]),
        ([item(TOKEN, 10, 20), item(NAMED, 0, 11), item(PLACED, 19, 30)], ["acme-token"]),
        ([item(TOKEN, 10, 20), item(NAMED, 12, 14), item(PLACED, 5, 40)], ["acme-token"]),
        ([item(TOKEN, 40, 50), item(TOKEN), item(NAMED, 25, 30), item(PLACED, 29, 41)], ["acme-token", "assigned-key", "acme-token"]),
        ([item(TOKEN, 40, 50), item(TOKEN, 20, 30), item(TOKEN, 0, 10), item(NAMED, 9, 12)], ["acme-token"] * 3),
        ([item(TOKEN, 40, 50), item(TOKEN, 0, 30), item(NAMED, 32, 38)], ["acme-token", "assigned-key", "acme-token"]),
        ([item(TOKEN, 40, 50), item(TOKEN, 20, 30), item(TOKEN, 0, 10), item(NAMED, 28, 38)], ["acme-token"] * 3),
        ([item(TOKEN, 40, 50), item(TOKEN, 20, 30), item(TOKEN, 0, 10), item(NAMED, 45, 60)], ["acme-token"] * 3),
        ([item(TOKEN, place, place + 10) for place in range(0, 3000, 10)], ["acme-token"] * 300),
        ([*(item(TOKEN, place, place + 10) for place in range(0, 3000, 10)), item(NAMED, 2995, 3010)], ["acme-token"] * 300),
        ([inside(TOKEN), inside(NAMED)], ["assigned-key", "acme-token"]),
        ([inside(TOKEN), item(NAMED)], ["acme-token"]),
        ([item(TOKEN), inside(NAMED)], ["acme-token"]),
        ([inside(TOKEN, 5, 30), inside(NAMED, 0, 20)], ["acme-token"]),
        ([inside(TOKEN, 5, 30), inside(NAMED, 5, 40)], ["acme-token"]),
    ],
)
def test_the_most_telling_finding_of_a_stretch_is_kept(items: list[Found], kept: list[str]) -> None:
    for order in (items, items[::-1]):
        assert [one.rule.id for one in apart(order)] == kept


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        (item(NAMED, severity=Severity.CRITICAL), item(TOKEN)),
        (item(TOKEN), item(NAMED, end=90)),
        (item(TOKEN), item(TOKEN, detector="A", end=90)),
        (item(TOKEN), item(TOKEN, detector="z", end=90)),
        (item(TOKEN, detector="".join(list(TOKEN.id))), item(TOKEN, detector="z", end=90)),
        (item(TOKEN, 10, 20), item(TOKEN, 15, 20)),
        (item(TOKEN, 30, 60), item(TOKEN, 2, 31)),
        (item(TOKEN, 2, 31), item(TOKEN, 30, 59)),
    ],
    ids=["severity", "format before name", "ours before theirs", "by no letter", "by the letters", "longer", "longer later", "earlier"],
)
def test_what_is_more_telling(better: Found, worse: Found) -> None:
    assert apart([better, worse]) == apart([worse, better]) == [better]


VALUE = "acme_" + "0123456789abcdef" * 2
HASH = sha1(VALUE.encode(), usedforsecurity=False).hexdigest()
KNOWN = Rule(id="acme-token", description="Acme token", regex="x", prefix=5, reference="https://acme.example/keys", revoke="turn it off")


def at(line: int, **given: object) -> Found:
    fields = {"rule": KNOWN, "severity": Severity.HIGH, "start": 0, "end": 37, "value": VALUE, "detector": KNOWN.id, **given}
    return placed(Found(**fields), (line, 7), (line + 1, 9), given.get("said"))  # type: ignore[arg-type]


def test_a_value_in_several_places_is_one_finding_at_the_first() -> None:
    (finding,), accepted = report("a.env", [at(3), at(5), at(8)], commit="c0ffee", author_date="2027-01-02")
    places = [finding.location, *(related.location for related in finding.related)]
    assert [(one.path, one.line, one.column, one.end_line, one.end_column) for one in places] == [
        ("a.env", 3, 7, 4, 9), ("a.env", 5, 7, 6, 9), ("a.env", 8, 7, 9, 9),
    ]
    assert {related.note for related in finding.related} == {"the same value"}
    assert (finding.rule_id, finding.title, finding.help_url, finding.audit) == (KNOWN.id, KNOWN.description, KNOWN.reference, "secrets")
    told = finding.secret
    assert told is not None
    assert (told.commit, told.author_date, told.revoke) == ("c0ffee", "2027-01-02", "turn it off")
    assert (told.redacted, told.length, told.detector) == ("acme_…", 37, KNOWN.id)
    assert finding.message == "Acme token (acme_… 37 characters)"
    assert not accepted


def test_another_value_and_another_rule_are_findings_of_their_own() -> None:
    findings, _ = report("a.env", [at(1), at(2, value="acme_other"), at(3, rule=NAMED), at(4)])
    assert [(one.rule_id, one.location.line, len(one.related)) for one in findings] == [
        ("acme-token", 1, 1), ("acme-token", 2, 0), ("assigned-key", 3, 0),
    ]
    assert len({one.id for one in findings}) == 3


def test_the_places_of_a_value_are_bounded() -> None:
    (finding,), _ = report("a.env", [at(line) for line in range(1, 600)])
    assert [related.location.line for related in finding.related] == list(range(2, 502))


def test_how_it_was_wrapped_is_said_from_the_inside_out() -> None:
    (finding,), _ = report("a.env", [at(1, wrapped=("base64", "gzip"))])
    assert finding.message == "Acme token (acme_… 37 characters, gzip in base64)"


def word(reason: str | None) -> Word | None:
    return Word(reason=reason) if reason is not None else None


@pytest.mark.parametrize(
    ("allowed", "line", "reason"),
    [
        ((None,), 1, None),
        (("known",), 1, "known"),
        (("",), 1, ""),
        (("known", "also"), 1, "known"),
        (("known", None), 2, None),
        ((None, "known"), 1, None),
        (("known", None, None), 2, None),
    ],
)
def test_comments_accept_a_value_only_where_each_of_its_places_has_one(
    allowed: tuple[str | None, ...], line: int, reason: str | None
) -> None:
    (finding,), accepted = report("a.env", [at(number, said=word(said)) for number, said in enumerate(allowed, start=1)])
    assert finding.location.line == line
    assert [(one.by, one.reason, one.fingerprint, one.id, one.path) for one in accepted] == (
        [] if reason is None else [("inline", reason, finding.id, "acme-token", "")]
    )


def test_where_the_comments_on_a_value_stand() -> None:
    """From the comment to the value's end, so that a new line among them shows."""
    items = [at(4, said=Word(reason="known", above=1)), at(8, said=Word(reason="also"))]
    (finding,), (accepted,) = report("a.env", items, commit="c0ffee")
    assert (finding.location.line, accepted.reason, accepted.commit) == (4, "known", "c0ffee")
    assert [(one.path, one.line, one.column, one.end_line, one.end_column) for one in accepted.places] == [
        ("a.env", 3, 1, 5, 9), ("a.env", 8, 7, 9, 9),
    ]
    assert accepted.location == accepted.places[0]


@pytest.mark.parametrize(
    ("detector", "entries", "accepts"),
    [
        (KNOWN.id, {("whatever type", HASH)}, True),
        (KNOWN.id, {("whatever type", "0" * 40)}, False),
        (KNOWN.id, {("whatever type", "f" * 40)}, False),
        (KNOWN.id, {(KNOWN.id, "0" * 40), ("b", "f" * 40)}, False),
        ("Acme Token", {("Acme Token", HASH)}, True),
        ("Acme Token", {("Acme Token", "0" * 40)}, False),
        ("Acme Token", {("Another", HASH)}, False),
        ("Acme Token", {("Zebra", HASH)}, False),
        ("Acme Token", {("Another", HASH), ("Acme Token", "0" * 40)}, False),
        ("zebra Token", {("Acme", HASH)}, False),
        (KNOWN.id, set(), False),
    ],
)
def test_a_baseline_accepts_by_hash_and_what_detectors_found_by_type_too(
    detector: str, entries: set[tuple[str, str]], accepts: bool
) -> None:
    """Types and hashes are compared as text, whichever object holds them."""
    kept = frozenset(("".join(list(kind)), "".join(list(digest))) for kind, digest in entries)
    one = at(1, detector="".join(list(detector)))
    assert baselined(one, kept) is accepts
    (finding,), accepted = report("a.env", [one], kept)
    assert [(word.by, word.reason, word.fingerprint) for word in accepted] == (
        [("baseline", "in the baseline", finding.id)] if accepts else []
    )


def test_the_first_place_of_a_value_is_the_one_a_baseline_is_asked_about() -> None:
    kept = frozenset({("whatever type", HASH)})
    assert len(report("a.env", [at(1), at(2, detector="Acme Token")], kept)[1]) == 1
    assert len(report("a.env", [at(1, detector="Acme Token"), at(2)], kept)[1]) == 0


def test_a_commit_is_given_by_its_name() -> None:
    with pytest.raises(TypeError):
        report("a.env", [], frozenset(), "c0ffee")  # type: ignore[misc]


@pytest.mark.parametrize(
    ("rule", "detector", "kind"),
    [
        ("github-pat", "github-pat", "GitHub Token"), ("acme-token", "acme-token", "Secret Keyword"),
        ("acme-token", "Acme Token", "Acme Token"), ("github-pat", "AWS Access Key", "AWS Access Key"), ("aws-x", "zzz", "zzz"),
    ],
)
def test_what_a_baseline_calls_it(rule: str, detector: str, kind: str) -> None:
    made = entry("a.env", at(4, rule=Rule(id=rule, description="d", regex="x"), detector="".join(list(detector))))
    assert (made.type, made.filename, made.hashed_secret, made.line_number) == (kind, "a.env", HASH, 4)


@pytest.mark.parametrize(
    ("prefix", "length", "shown"), [(0, 40, 0), (4, 40, 4), (4, 8, 4), (4, 7, 3), (4, 6, 3), (9, 6, 3), (4, 1, 0), (4, 0, 0), (30, 41, 20)]
)
def test_no_more_of_a_value_is_shown_than_its_public_prefix_and_never_more_than_half(prefix: int, length: int, shown: int) -> None:
    text = "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz"[:length]
    rule = Rule(id="r", description="d", regex="x", prefix=prefix)
    assert redacted(at(1, rule=rule, value=text)) == f"{text[:shown]}…"


def test_a_find_begins_at_the_first_place_and_cannot_be_changed() -> None:
    fresh = Found(rule=KNOWN, severity=Severity.LOW, start=0, end=1, value="v", detector="d")
    assert (fresh.line, fresh.column, fresh.end_line, fresh.end_column, fresh.said, fresh.wrapped) == (1, 1, 1, 1, None, ())
    with pytest.raises(AttributeError):
        fresh.line = 2  # type: ignore[misc]
    with pytest.raises(TypeError):
        Found(KNOWN, Severity.LOW, 0, 1, "v", "d")  # type: ignore[misc]
    assert found.MOST_RELATED == 500
