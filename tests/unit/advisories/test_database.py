"""The local database: built from whatever records lie in, found again, replaced whole or not at all, never believed when broken."""

from __future__ import annotations

import datetime as dt
import gzip
import hashlib
import json
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scanner.advisories import Answer, _records, database, schema
from scanner.advisories.database import LocalDatabase
from scanner.errors import SourceError
from scanner.fetch import Limits, Session
from tests.conftest import SHARED
from tests.loopback import FAULTS, Fault, Records, serve
from tests.unit.advisories.samples import npm, pypi, record

NOW = dt.datetime(2024, 6, 1, 12, tzinfo=dt.UTC)
TODAY = NOW.date()
GOOD = [record(), record("PYSEC-2024-1", "Left_Pad", "PyPI"), record("GHSA-6666-6666-6666", "left"), record("GO-1", "x", "Go")]


def lay(folder: Path, records: list[dict[str, Any]] = GOOD) -> Path:
    """Records as files of one directory."""
    folder.mkdir(parents=True, exist_ok=True)
    for one in records:
        (folder / f"{one['id']}.json").write_text(json.dumps(one))
    return folder


def pack(path: Path, records: list[dict[str, Any]] = GOOD) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for one in records:
            archive.writestr(f"{one['id']}.json", json.dumps(one))
    return path


def built(tmp_path: Path, *sources: Path, now: dt.datetime = NOW) -> Path:
    database.import_(sources or [lay(tmp_path / "records")], tmp_path / "adv.db", now=now)
    return tmp_path / "adv.db"


def ask(path: Path, *coordinates, today: dt.date = TODAY, as_of: dt.date | None = None) -> Answer:
    return LocalDatabase(path, today=today, as_of=as_of).query(coordinates)


def ids(answer: Answer) -> dict[str, list[str]]:
    return {at.name: [one.id for one in found] for at, found in answer.advisories.items()}


def as_yaml(folder: Path) -> Path:
    folder.mkdir()
    for one in GOOD:
        (folder / f"{one['id']}.yaml").write_text(yaml.safe_dump(one))
    return folder


def as_checkout(folder: Path) -> Path:
    lay(folder / "advisories" / "2024" / "05")
    (folder / ".git").mkdir()
    (folder / ".git" / "broken.json").write_text("{")
    (folder / ".github").mkdir()
    (folder / ".github" / "workflow.yml").write_text("on: push")
    (folder / "package.json").write_text('{"name": "tools"}')
    (folder / "README.md").write_text("# records")
    (folder / "loop").symlink_to(folder)
    return folder


@pytest.mark.parametrize(
    "make", [lay, as_yaml, as_checkout, lambda folder: pack(folder.with_suffix(".zip"))], ids=["json", "yaml", "git", "zip"]
)
@pytest.mark.parametrize("direct", [True, False], ids=["as it lies", "imported"])
def test_every_form_of_source_gives_the_same_answers(tmp_path: Path, make: Any, direct: bool) -> None:
    source = make(tmp_path / "source")
    answer = ask(source if direct else built(tmp_path, source), npm("left"), pypi("left.pad"), npm("unknown"))
    assert ids(answer) == {"left": ["GHSA-2222-3333-4444", "GHSA-6666-6666-6666"], "left.pad": ["PYSEC-2024-1"], "unknown": []}
    assert (answer.source, answer.date, answer.unanswered) == ("local database", "2024-05-01T00:00:00Z", {})


def test_what_is_stored_is_what_was_read(tmp_path: Path) -> None:
    rich = record(
        aliases=["CVE-2024-1111"],
        published="2024-01-01T00:00:00Z",
        withdrawn="2024-02-01T00:00:00Z",
        database_specific={"severity": "HIGH"},
        references=[{"type": "WEB", "url": "https://a.example/PYSEC-2024-9"}],
        severity=[{"type": "CVSS_V2", "score": "AV:N/AC:L/Au:N/C:C/I:C/A:C"}],
    )
    rich["affected"][0]["versions"] = ["1.0.0", "1.10"]
    known = ask(built(tmp_path, lay(tmp_path / "r", [rich])), npm("left")).advisories[npm("left")]
    assert known == (schema.advisory(json.dumps(rich).encode(), source="local database"),)


def test_of_records_with_one_id_the_last_modified_stays(tmp_path: Path) -> None:
    older = lay(tmp_path / "a", [record(summary="old", modified="2023-01-01T00:00:00Z")])
    newer = lay(tmp_path / "b", [record(summary="new", modified="2024-05-31T00:00:00Z")])
    for order in ([older, newer], [newer, older]):
        answer = ask(built(tmp_path, *order), npm("left"))
        assert [one.summary for one in answer.advisories[npm("left")]] == ["new"]
        assert database.info(tmp_path / "adv.db").total == 1


def test_a_record_that_no_longer_names_a_package_is_not_found_under_it(tmp_path: Path) -> None:
    older = lay(tmp_path / "a", [record(name="node-left", modified="2023-01-01T00:00:00Z")])
    path = built(tmp_path, older, lay(tmp_path / "b", [record()]))
    assert ids(ask(path, npm("node-left"), npm("left"))) == {"node-left": [], "left": ["GHSA-2222-3333-4444"]}


def test_a_database_is_a_source_of_another(tmp_path: Path) -> None:
    first = built(tmp_path / "first", lay(tmp_path / "r"))
    both = built(tmp_path, first, lay(tmp_path / "own", [record("OWN-1", "left")]))
    assert ids(ask(both, npm("left")))["left"] == ["GHSA-2222-3333-4444", "GHSA-6666-6666-6666", "OWN-1"]


def test_info_says_records_and_dates(tmp_path: Path) -> None:
    known = database.info(built(tmp_path))
    assert (known.records, known.total) == ({"PyPI": 1, "npm": 2}, 3)
    assert (known.created, known.newest, known.rejected) == ("2024-06-01T12:00:00+00:00", "2024-05-01T00:00:00Z", ())
    assert known.size == (tmp_path / "adv.db").stat().st_size


def test_where_it_lives() -> None:
    assert database.default_path({"SECURITY_SCAN_DB": "/x/y.db"}) == Path("/x/y.db")
    assert database.default_path({"XDG_DATA_HOME": "/data", "HOME": "/h"}) == Path("/data/security-scan/advisories.db")
    assert database.default_path({"HOME": "/h"}) == Path("/h/.local/share/security-scan/advisories.db")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "does not exist"),
        ("", "no zip and no JSON or YAML file"),
        ("PK\x03\x04 cut off", "no zip and no JSON or YAML file"),
        ("SSGADV\x00\x01 from another time", "another version of this program"),
        ("SSGADV\x00\x03", "cut off or damaged"),
    ],
)
def test_what_is_no_database_leaves_everything_unanswered(tmp_path: Path, content: str | None, words: str) -> None:
    path = tmp_path / "adv.db"
    if content is not None:
        path.write_text(content)
    answer = ask(path, npm("left"), pypi("left"))
    assert not answer.advisories
    assert set(answer.unanswered) == {npm("left"), pypi("left")}
    assert all(words in reason and "(" in reason for reason in answer.unanswered.values())


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(data=st.data())
def test_a_database_cut_off_or_changed_anywhere_is_never_believed(tmp_path: Path, data: st.DataObject) -> None:
    whole = (tmp_path / "adv.db").read_bytes() if (tmp_path / "adv.db").exists() else built(tmp_path).read_bytes()
    right = ids(ask(tmp_path / "adv.db", npm("left")))
    at = data.draw(st.integers(0, len(whole) - 1))
    broken = whole[:at] if data.draw(st.booleans()) else whole[:at] + bytes([whole[at] ^ 0x55]) + whole[at + 1 :]
    (tmp_path / "broken.db").write_bytes(broken)
    answer = ask(tmp_path / "broken.db", npm("left"))
    assert ids(answer) == right or npm("left") in answer.unanswered


def test_an_empty_directory_and_the_wrong_ecosystem_answer_nothing(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    answer = ask(tmp_path / "empty", npm("left"))
    assert "holds no npm record" in answer.unanswered[npm("left")]
    only = built(tmp_path, lay(tmp_path / "r", [record("PYSEC-2024-1", "left", "PyPI")]))
    answer = ask(only, npm("left"), pypi("left"))
    assert ids(answer) == {"left": ["PYSEC-2024-1"]}
    assert "holds no npm record (run `security-scan db update`" in answer.unanswered[npm("left")]


def test_records_of_another_ecosystem_that_name_a_package_are_not_that_packages_ecosystem(tmp_path: Path) -> None:
    """A zip of npm's records holds a few that name a package of PyPI too: that is no audit of PyPI."""
    both = record("GHSA-5555-6666-7777", "left")
    both["affected"] = [*both["affected"], *record("X-1", "left", "PyPI")["affected"]]
    records = lay(tmp_path / "r", [both, record()])
    for path in (built(tmp_path, records), records):
        answer = ask(path, npm("left"), pypi("left"), pypi("other"))
        assert "holds no PyPI record but 1 of another ecosystem" in answer.unanswered[pypi("other")]
        assert [one.id for one in answer.partial[pypi("left")]] == ["GHSA-5555-6666-7777"]
        assert npm("left") in answer.advisories
    assert not ask(built(tmp_path, lay(tmp_path / "r", [record("PYSEC-2024-1", "right", "PyPI")])), pypi("other")).unanswered


def of_maven(name: str) -> dict[str, Any]:
    """A record as Maven's export holds it: every one names Maven, some a package of PyPI or npm too."""
    one = record(f"GHSA-{name}", "left", "PyPI")
    return one | {"affected": [*one["affected"], *record("X-1", "org.left:left", "Maven")["affected"]]}


def test_records_of_an_ecosystem_that_nobody_asks_about_do_not_make_a_database(tmp_path: Path) -> None:
    records = lay(tmp_path / "r", [of_maven("a"), of_maven("b"), record("GHSA-c", "org.other:other", "Maven")])
    with pytest.raises(SourceError, match="holds no OSV record of PyPI or npm that can be read, only 2 of other ecosystems"):
        built(tmp_path, records)
    answer = ask(records, pypi("left"), pypi("other"))
    assert "holds no PyPI record but 2 of another ecosystem that name it too" in answer.unanswered[pypi("other")]
    assert not answer.advisories
    assert len(answer.partial[pypi("left")]) == 2


def test_where_records_come_from_is_kept_by_a_database_made_of_another(tmp_path: Path) -> None:
    """npm's own records beside those of Maven's export that name PyPI: an audit of npm, and none of PyPI, however often it is imported."""
    first = built(tmp_path / "first", lay(tmp_path / "r", [of_maven("a"), record()]))
    answer = ask(built(tmp_path, first), npm("left"), pypi("left"))
    assert npm("left") in answer.advisories
    assert "holds no PyPI record but 1 of another ecosystem that names it too" in answer.unanswered[pypi("left")]


def test_a_block_that_names_no_package_is_of_no_ecosystem(tmp_path: Path) -> None:
    """The export of git ranges holds records like this one; some name a package of PyPI too."""
    one = record("CVE-2024-1", "left", "PyPI")
    one["affected"] = [*one["affected"], {"ranges": [{"type": "GIT", "events": [{"introduced": "0"}]}]}]
    assert "of another ecosystem" in ask(lay(tmp_path / "r", [one]), pypi("left")).unanswered[pypi("left")]


def test_a_stale_database_says_what_it_knows_and_is_not_believed_whole(tmp_path: Path) -> None:
    path = built(tmp_path)
    assert not ask(path, npm("left"), today=TODAY + dt.timedelta(days=14)).unanswered
    late = TODAY + dt.timedelta(days=15)
    answer = ask(path, npm("left"), today=late)
    assert "was built on 2024-06-01, 15 days ago (run `security-scan db update`)" in answer.unanswered[npm("left")]
    assert len(answer.partial[npm("left")]) == 2
    assert not ask(path, npm("left"), today=late, as_of=TODAY).unanswered


def test_old_records_as_they_lie_are_dated_aloud(tmp_path: Path) -> None:
    answer = ask(lay(tmp_path / "r"), npm("left"))
    assert not answer.unanswered
    assert "its newest record is of 2024-05-01, 31 days ago" in answer.notices[0]


@pytest.mark.parametrize(
    ("bad", "unanswered"),
    [
        ('{"id": "X-1", "affected": [{"package": {"ecosystem": "npm", "name": "left"}, "ranges": 7}]}', {npm("left")}),
        ('{"id": "X-1", "affected": [{"package": {"ecosystem": "PyPI", "name": "Right_"}, "versions": 7}]}', set()),
        ('{"id": "X-1", "affected": [', {npm("left"), npm("right"), pypi("left-pad")}),
        ('{"id": "X-1", "affected": "all"}', {npm("left"), npm("right"), pypi("left-pad")}),
        ("[]", {npm("left"), npm("right"), pypi("left-pad")}),
        ('{"name": "not a record"}', set()),
    ],
)
@pytest.mark.parametrize("direct", [True, False], ids=["as it lies", "imported"])
def test_one_bad_record_costs_only_the_packages_it_may_speak_of(tmp_path: Path, bad: str, unanswered: set[Any], direct: bool) -> None:
    folder = lay(tmp_path / "records")
    (folder / "bad.json").write_text(bad)
    answer = ask(folder if direct else built(tmp_path, folder), npm("left"), npm("right"), pypi("left-pad"))
    assert set(answer.unanswered) == unanswered
    assert all("record bad.json" in reason and "import again" in reason for reason in answer.unanswered.values())
    assert len({**answer.advisories, **answer.partial}[npm("left")]) == 2


def test_many_bad_records_are_counted_and_none_is_forgotten(tmp_path: Path) -> None:
    folder = lay(tmp_path / "records")
    for i in range(70):
        (folder / f"bad{i}.json").write_text('{"id": "X", "affected": [{"package": {"ecosystem": "npm", "name": "other"}, "ranges": 7}]}')
    known = database.info(built(tmp_path, folder))
    assert len(known.rejected) == 51
    assert known.rejected[-1] == "and 20 more: cannot be read"
    assert npm("left") in ask(tmp_path / "adv.db", npm("left")).unanswered


def test_a_file_that_is_too_large_is_a_bad_record(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = lay(tmp_path / "records", [record(), record("GHSA-9999-9999-9999", details="x" * 2000)])
    monkeypatch.setattr(_records, "RECORD_BYTES", 1 << 10)
    answer = ask(folder, npm("left"))
    assert "record GHSA-9999-9999-9999.json is larger than" in answer.unanswered[npm("left")]
    assert [one.id for one in answer.partial[npm("left")]] == ["GHSA-2222-3333-4444"]


@pytest.mark.parametrize("make", ["missing", "empty", "damaged", "bomb", "text"])
def test_an_import_that_fails_leaves_the_old_database_as_it_was(tmp_path: Path, make: str) -> None:
    path = built(tmp_path)
    before = path.read_bytes()
    source = tmp_path / "source.zip"
    if make == "empty":
        source = lay(tmp_path / "none", [record("GO-2", "x", "Go")])
    elif make == "damaged":
        data = bytearray(pack(source).read_bytes())
        data[60] ^= 0xFF
        source.write_bytes(bytes(data))
    elif make == "bomb":
        with zipfile.ZipFile(source, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("GHSA-1.json", b" " * 10_000_000)
    elif make == "text":
        source.write_text("just text")
    with pytest.raises(SourceError) as caught:
        database.import_([source], path, now=NOW)
    assert caught.value.hint
    assert path.read_bytes() == before
    assert [one.name for one in tmp_path.iterdir() if one.name.startswith(".")] == []


def test_yaml_is_read_as_text_and_tricks_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(
        "id: X-1\nmodified: 2024-05-01T00:00:00Z\nwithdrawn: null\naffected:\n"
        "- package: {ecosystem: PyPI, name: on}\n  versions: [1.10, 2]\n"
        "  ranges:\n  - {type: ECOSYSTEM, events: [{introduced: 0}, {fixed: 3.10}]}\n"
    )
    known = ask(tmp_path, pypi("on")).advisories[pypi("on")][0]
    assert (known.withdrawn, known.affected[0].versions, known.affected[0].ranges[0].events[1].version) == ("", ("1.10", "2"), "3.10")
    (tmp_path / "b.yaml").write_text("a: &a [x]\nb: [*a, *a]\nid: X-2\n")
    (tmp_path / "c.yaml").write_text("!!python/object/apply:os.system ['true']\n")
    (tmp_path / "d.yaml").write_text("[" * 5000)
    rejected = database.info(tmp_path).rejected
    assert [line.partition(":")[0] for line in rejected] == ["b.yaml", "c.yaml", "d.yaml"]
    assert "aliases" in rejected[0]


def test_a_reader_goes_on_while_the_database_is_replaced(tmp_path: Path) -> None:
    path = built(tmp_path)
    reader = LocalDatabase(path, today=TODAY)
    assert len(reader.query([npm("left")]).advisories[npm("left")]) == 2
    built(tmp_path, lay(tmp_path / "other", [record("GHSA-7777-7777-7777", "left")]))
    assert len(reader.query([npm("left")]).advisories[npm("left")]) == 2
    assert ids(ask(path, npm("left"))) == {"left": ["GHSA-7777-7777-7777"]}


def test_a_builder_killed_in_the_middle_leaves_the_old_database(tmp_path: Path) -> None:
    path = built(tmp_path)
    before = path.read_bytes()
    code = (
        "import os, signal, sys, datetime as dt, pathlib\nfrom scanner.advisories import database, _store\n"
        "_store.Writer.finish = lambda self, meta: os.kill(os.getpid(), signal.SIGKILL)\n"
        "database.import_([pathlib.Path(sys.argv[1])], pathlib.Path(sys.argv[2]), now=dt.datetime.now(dt.UTC))"
    )
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path / "records"), str(path)], check=False)
    assert done.returncode == -9
    assert path.read_bytes() == before
    built(tmp_path)


class TestUpdate:
    """``db update`` against a loopback copy of the published zips."""

    def update(self, tmp_path: Path, server: Any) -> database.Info:
        session = Session(Limits(connect_s=1, read_s=1, body_s=2, retries=1, backoff_s=0.01))
        try:
            return database.update(tmp_path / "adv.db", session, url=server.url, now=NOW)
        finally:
            session.close()

    @pytest.fixture
    def server(self):
        with serve(Records(GOOD)) as running:
            yield running

    def test_what_is_unchanged_is_not_fetched_again(self, tmp_path: Path, server: Any) -> None:
        assert self.update(tmp_path, server).records == {"PyPI": 1, "npm": 2}
        server.records.add(record("GHSA-8888-8888-8888", "right"))
        del server.zips["npm"]
        assert self.update(tmp_path, server).records == {"PyPI": 1, "npm": 3}
        tags = [request.headers.get("if-none-match", "") for request in server.requests]
        assert [bool(tag) for tag in tags] == [False, False, True, True]

    def test_a_fetch_that_breaks_off_goes_on_the_next_time(self, tmp_path: Path, server: Any) -> None:
        whole = server.archive("npm")

        def breaks(handler: Any) -> None:
            handler.send_response(200)
            handler.send_header("ETag", f'"{hashlib.sha256(whole).hexdigest()[:16]}"')
            handler.send_header("Content-Length", str(len(whole)))
            handler.end_headers()
            handler.wfile.write(whole[:100])
            handler.close_connection = True

        server.faults.append(Fault(breaks, route="/npm/", times=1))
        with pytest.raises(SourceError, match="broke off in the middle"):
            self.update(tmp_path, server)
        assert not (tmp_path / "adv.db").exists()
        assert self.update(tmp_path, server).records == {"PyPI": 1, "npm": 2}
        assert server.requests[-1].headers["range"] == "bytes=100-"

    @pytest.mark.parametrize("fault", ["404", "503", "html with 200", "truncated json", "connection closed", "redirect loop", "timeout"])
    def test_a_failure_leaves_the_old_database(self, tmp_path: Path, server: Any, fault: str) -> None:
        self.update(tmp_path, server)
        before = (tmp_path / "adv.db").read_bytes()
        server.zips.clear()
        server.records.add(record("GHSA-8888-8888-8888", "right"))
        server.faults.append(Fault(FAULTS[fault], route="/npm/"))
        with pytest.raises(SourceError) as caught:
            self.update(tmp_path, server)
        assert "db update" in caught.value.hint
        assert (tmp_path / "adv.db").read_bytes() == before
        server.faults.clear()
        assert self.update(tmp_path, server).records == {"PyPI": 1, "npm": 3}

    def test_a_zip_that_arrives_damaged_is_fetched_anew(self, tmp_path: Path, server: Any) -> None:
        whole = bytearray(server.archive("npm"))
        good = bytes(whole)
        whole[60] ^= 0xFF
        server.zips["npm"] = bytes(whole)
        with pytest.raises(SourceError, match="damaged"):
            self.update(tmp_path, server)
        server.zips["npm"] = good
        assert self.update(tmp_path, server).records == {"PyPI": 1, "npm": 2}


@pytest.mark.shared
def test_the_python_advisory_database_is_imported_from_yaml(tmp_path: Path) -> None:
    import tarfile

    with tarfile.open(SHARED / "advisories" / "pysec-2024-10-10.tar.xz") as tar:
        members = [m for m in tar.getmembers() if m.name.startswith(("vulns/flask/", "vulns/django/", "vulns/jinja2/"))]
        tar.extractall(tmp_path / "checkout", members, filter="data")
    known = database.info(built(tmp_path, tmp_path / "checkout"))
    assert known.total == len([m for m in members if m.isfile()]) > 100
    assert known.rejected == ()
    assert any(one.id == "PYSEC-2023-62" for one in ask(tmp_path / "adv.db", pypi("Flask")).advisories[pypi("Flask")])


@pytest.mark.shared
def test_every_real_record_is_found_under_each_of_its_packages(tmp_path: Path) -> None:
    path = built(tmp_path, SHARED / "advisories" / "npm", SHARED / "advisories" / "pypi")
    for file in (SHARED / "advisories").glob("*/*.json"):
        for block in json.loads(file.read_text()).get("affected") or ():
            if block["package"]["ecosystem"] in schema.ECOSYSTEMS:
                at = type(npm("a"))(ecosystem=block["package"]["ecosystem"], name=block["package"]["name"], version="1")
                assert file.stem in [one.id for one in ask(path, at).advisories[at]]


def test_compressed_but_harmless_sources_are_within_bounds(tmp_path: Path) -> None:
    assert len(gzip.compress(json.dumps(GOOD).encode())) < 100_000
    assert ids(ask(pack(tmp_path / "a.zip", [record(details="word " * 50_000)]), npm("left"))) == {"left": ["GHSA-2222-3333-4444"]}
