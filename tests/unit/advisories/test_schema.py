"""OSV records read as advisories: every line of the format that real records use, and nonsense refused by key."""

from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.advisories import schema
from scanner.errors import SourceError
from scanner.models import Affected, Event, Range, Severity
from tests.conftest import SHARED
from tests.unit.advisories.samples import CRITICAL, HIGH, MODERATE, record

V2 = "AV:N/AC:L/Au:N/C:C/I:C/A:C"
V4 = "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N"


def read(document: Any) -> Any:
    return schema.advisory(json.dumps(document).encode(), source="test", subject="a.json")


def scored(*scores: tuple[str, str], level: str | None = None) -> dict[str, Any]:
    label = {} if level is None else {"database_specific": {"severity": level}}
    return record(severity=[{"type": kind, "score": vector} for kind, vector in scores]) | label


def test_a_record_becomes_an_advisory() -> None:
    known = read(record(aliases=["CVE-2024-1", "GHSA-2222-3333-4444"], published="2024-04-01T00:00:00Z", withdrawn="2024-06-01T00:00:00Z"))
    assert known.id == "GHSA-2222-3333-4444"
    assert known.aliases == ("CVE-2024-1",)
    assert known.summary == "bad left"
    assert known.url == "https://github.com/advisories/GHSA-2222-3333-4444"
    assert (known.published, known.modified, known.withdrawn) == ("2024-04-01T00:00:00Z", "2024-05-01T00:00:00Z", "2024-06-01T00:00:00Z")
    events = (Event(kind="introduced", version="0"), Event(kind="fixed", version="2.0.0"))
    assert known.affected == (Affected(ecosystem="npm", name="left", ranges=(Range(type="SEMVER", events=events),)),)


@pytest.mark.parametrize(
    ("document", "severity", "source"),
    [
        (record(), Severity.UNKNOWN, ""),
        (record(severity=[]), Severity.UNKNOWN, ""),
        (record(severity=None), Severity.UNKNOWN, ""),
        (scored(("CVSS_V3", "")), Severity.UNKNOWN, ""),
        (scored(("CVSS_V3", "CVSS:3.1/nonsense")), Severity.UNKNOWN, ""),
        (scored(("CVSS_V3", ""), level="MODERATE"), Severity.MODERATE, "GHSA level"),
        (scored(level="MEDIUM"), Severity.MODERATE, "GHSA level"),
        (scored(("CVSS_V3", HIGH)), Severity.HIGH, "CVSS:3.1 vector"),
        (scored(("CVSS_V3", HIGH.replace("3.1", "3.0")), level="HIGH"), Severity.HIGH, "CVSS:3.0 vector"),
        (scored(("CVSS_V2", V2)), Severity.HIGH, "CVSS:2.0 vector"),
        (scored(("CVSS_V4", V4)), Severity.CRITICAL, "CVSS:4.0 vector"),
        (scored(("CVSS_V3", MODERATE), ("CVSS_V4", V4)), Severity.CRITICAL, "CVSS:4.0 vector"),
        (scored(("CVSS_V3", HIGH), level="CRITICAL"), Severity.CRITICAL, "GHSA level (its CVSS:3.1 vector says high)"),
        (scored(("CVSS_V3", CRITICAL), level="LOW"), Severity.CRITICAL, "CVSS:3.1 vector (GHSA level says low)"),
        (scored(("Ubuntu", "high")), Severity.UNKNOWN, ""),
        (scored(level="whatever"), Severity.UNKNOWN, ""),
        (record("MAL-2024-1"), Severity.CRITICAL, "malware"),
        (record(aliases=["MAL-2024-1"]), Severity.CRITICAL, "malware"),
        (record(summary="Malware in left"), Severity.CRITICAL, "malware"),
        (record(database_specific={"malicious-packages-origins": []}), Severity.CRITICAL, "malware"),
        (record("PYSEC-2024-1", database_specific={"severity": "HIGH"}), Severity.HIGH, "PYSEC level"),
    ],
)
def test_severity_and_what_decided_it(document: dict[str, Any], severity: Severity, source: str) -> None:
    known = read(document)
    assert (known.severity, known.severity_source) == (severity, source)


def test_a_vector_without_impact_is_low() -> None:
    assert read(scored(("CVSS_V3", "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N"))).severity is Severity.LOW


def test_other_ecosystems_are_left_out_and_python_names_are_canonical() -> None:
    blocks = [{"package": {"ecosystem": e, "name": "Left_Pad"}, "versions": ["1"]} for e in ("Go", "PyPI", "npm", "crates.io")]
    known = read(record(affected=[*blocks, {"ranges": []}, {"package": None}]))
    assert [(block.ecosystem, block.name) for block in known.affected] == [("PyPI", "left-pad"), ("npm", "Left_Pad")]


@pytest.mark.parametrize(
    ("text", "events"),
    [
        ("<= 3.1.4", (("introduced", "0"), ("last_affected", "3.1.4"))),
        ("<=3.1.4", (("introduced", "0"), ("last_affected", "3.1.4"))),
        ("< 3.1.4", (("introduced", "0"), ("fixed", "3.1.4"))),
        ("= 3.1.4", (("introduced", "0"), ("last_affected", "3.1.4"))),
        ("all of them", (("introduced", "0"),)),
        (">= 1, < 2", (("introduced", "0"),)),
    ],
)
def test_an_open_range_ends_where_the_record_last_knew(text: str, events: tuple[tuple[str, str], ...]) -> None:
    spans = [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}]}]
    block = {
        "package": {"ecosystem": "npm", "name": "a"},
        "ranges": spans,
        "database_specific": {"last_known_affected_version_range": text},
    }
    known = read(record(affected=[block]))
    assert tuple((event.kind, event.version) for event in known.affected[0].ranges[0].events) == events


def test_a_range_that_has_an_end_keeps_it() -> None:
    block = record()["affected"][0] | {"database_specific": {"last_known_affected_version_range": "<= 1.0.0"}}
    known = read(record(affected=[block]))
    assert [event.version for event in known.affected[0].ranges[0].events] == ["0", "2.0.0"]


def test_events_of_every_kind_and_git_ranges_left_out() -> None:
    spans = [
        {"type": "GIT", "repo": "x", "events": [{"introduced": "0"}]},
        {"type": "SEMVER", "events": [{"fixed": "2"}, {"introduced": "1", "limit": "*"}, {"last_affected": "4"}, {}]},
    ]
    known = read(record(affected=[{"package": {"ecosystem": "npm", "name": "a"}, "ranges": spans}]))
    events = [(event.kind, event.version) for event in known.affected[0].ranges[0].events]
    assert events == [("fixed", "2"), ("introduced", "1"), ("limit", "*"), ("last_affected", "4")]


@pytest.mark.parametrize(
    ("aliases", "urls", "related"),
    [
        (["CVE-2024-1"], ["https://nvd.nist.gov/vuln/detail/CVE-2024-9999"], ()),
        ([], ["https://nvd.nist.gov/vuln/detail/CVE-2024-9999"], ("CVE-2024-9999",)),
        ([], ["https://a.example/CVE-2024-9999", "https://b.example/cve-2024-8888"], ()),
        ([], ["https://a.example/PYSEC-2024-5.yaml", "https://a.example/GHSA-2222-3333-4444"], ("PYSEC-2024-5",)),
        ([], ["https://a.example/CVE-2024-12345-beta"], ()),
    ],
)
def test_ids_that_only_references_mention(aliases: list[str], urls: list[str], related: tuple[str, ...]) -> None:
    links = [{"type": "WEB", "url": url} for url in urls]
    assert read(record(aliases=aliases, references=links)).related_ids == related


@pytest.mark.parametrize(
    ("identity", "links", "page"),
    [
        ("CVE-2024-1", [], "https://nvd.nist.gov/vuln/detail/CVE-2024-1"),
        ("PYSEC-2024-1", [], "https://osv.dev/vulnerability/PYSEC-2024-1"),
        ("X-1", [("WEB", "https://a.example"), ("ADVISORY", "https://b.example")], "https://b.example"),
        ("X-1", [("WEB", "java" + "script:alert(1)")], "https://osv.dev/vulnerability/X-1"),
        ("X-1", [("WEB", "https://a.example/\n::error")], "https://osv.dev/vulnerability/X-1"),
    ],
)
def test_the_page_to_read(identity: str, links: list[tuple[str, str]], page: str) -> None:
    assert read(record(identity, references=[{"type": kind, "url": url} for kind, url in links])).url == page


def test_a_summary_is_one_printable_line_even_from_details() -> None:
    assert read(record(summary=None, details="\n## Impact\r\nmore")).summary == "## Impact"
    assert read(record(summary="a\x1b[31m\tb")).summary == "a [31m b"
    assert len(read(record(summary="x" * 5000)).summary) == 300


@pytest.mark.parametrize(
    ("data", "subject", "words"),
    [
        (b"", "a.json", "not whole, readable JSON"),
        (b'{"id": "GHSA-1', "a.json", "not whole, readable JSON"),
        (b"[" * 100_000, "a.json", "another shape|not whole"),
        (b'{"id": "X", "x": ' + b"[" * 100_000, "a.json", "not whole"),
        (b'["X"]', "a.json", "Expected `object`, got `array`"),
        (b"{}", "a.json", "missing required field `id`"),
        (b'{"id": 7}', "a.json", "key `id`"),
        (b'{"id": ""}', "", "no usable id"),
        (b'{"id": "X\\n::error::"}', r"X\n::error::", "no usable id"),
        (b'{"id": "\\u001b[31m", "schema_version": "2.0.0"}', r"\x1b[31m", "no usable id"),
        (b'{"id": "X", "affected": {}}', "X", "key `affected`: Expected `array"),
        (b'{"id": "X", "affected": [{"package": {"name": 1, "ecosystem": "npm"}}]}', "X", r"key `affected\[0\].package.name`"),
        (b'{"id": "X", "schema_version": "2.0.0"}', "X", "version '2.0.0'"),
        (b'{"id": "X", "aliases": [null]}', "X", r"key `aliases\[0\]`"),
    ],
)
def test_nonsense_is_refused_with_its_key(data: bytes, subject: str, words: str) -> None:
    with pytest.raises(SourceError, match=words) as caught:
        schema.advisory(data, source="test", subject="a.json")
    assert caught.value.subject == subject
    assert caught.value.hint


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=12,
)


@given(key=st.sampled_from(sorted(record(aliases=[], severity=[], references=[], database_specific={}))), value=JSON)
def test_any_value_under_any_key_is_read_or_refused(key: str, value: Any) -> None:
    try:
        line = read(record() | {key: value}).id
    except SourceError as error:
        line = str(error)
    assert line
    assert "\n" not in line


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    with pytest.raises(SourceError):
        schema.advisory(data, source="test")


@given(st.data())
def test_a_record_cut_off_anywhere_is_refused(data: st.DataObject) -> None:
    whole = json.dumps(record()).encode()
    with pytest.raises(SourceError):
        schema.advisory(whole[: data.draw(st.integers(0, len(whole) - 1))], source="test")


@pytest.mark.shared
def test_every_real_record_is_read() -> None:
    paths = sorted((SHARED / "advisories").glob("*/*.json"))
    assert len(paths) > 300
    for path in paths:
        known = schema.advisory(path.read_bytes(), source="test", subject=path.name)
        assert known.id == path.stem
        assert known.affected or not any(e in path.read_text() for e in ('"PyPI"', '"npm"'))


@pytest.mark.shared
def test_every_recorded_answer_of_the_service_is_read() -> None:
    for path in sorted((SHARED / "protocol" / "osv-vulns-id").glob("*.json")):
        body = json.loads(path.read_text())["response"]["body"]
        known = schema.advisory(json.dumps(body).encode(), source="test")
        assert (known.id, known.severity, known.severity_source) == ("GHSA-whgm-jr23-g3j9", Severity.HIGH, "CVSS:3.1 vector")
    for path in sorted((SHARED / "protocol" / "osv-ort-client").glob("*.json")):
        assert schema.advisory(path.read_bytes(), source="test").id


def test_a_type_is_first_described_by_one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two decoders of one type that are made at the same time end the process: msgspec fills the type's description without a lock."""
    making, most = [0], [0]
    make = msgspec.json.Decoder

    def slowly(shape: type[Any]) -> msgspec.json.Decoder[Any]:
        making[0] += 1
        most[0] = max(most[0], making[0])
        time.sleep(0.02)
        making[0] -= 1
        return make(shape)

    class Shape(msgspec.Struct):
        id: str

    monkeypatch.setattr(msgspec.json, "Decoder", slowly)
    with ThreadPoolExecutor(8) as pool:
        assert {one.id for one in pool.map(lambda _: schema.decode(b'{"id": "a"}', Shape, ""), range(8))} == {"a"}
    assert most == [1]
