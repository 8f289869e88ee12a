"""Answers kept for a day: asked once, the same afterwards, and nothing believed that does not fit its checksum."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scanner.advisories import Answer, Coordinate, schema
from scanner.advisories.cache import Cached
from tests.unit.advisories.samples import npm, record

LEFT = schema.advisory(json.dumps(record()).encode(), source="service")
DAY = "2024-06-01"


class Service:
    """A source that counts what it is asked; it does not know ``broken``."""

    name = "service"
    ecosystems = schema.ECOSYSTEMS
    identity = "http://a.example"

    def __init__(self) -> None:
        self.asked: list[Coordinate] = []

    def query(self, coordinates) -> Answer:
        self.asked += coordinates
        known = {at: (LEFT, LEFT) if at.name == "left" else () for at in coordinates if at.name != "broken"}
        return Answer(source=self.name, advisories=known, unanswered={at: "down" for at in coordinates if at.name == "broken"}, date=DAY)


def cached(folder: Path, service: Service, day: str = DAY) -> Cached:
    return Cached(service, folder, today=day)


def stored(folder: Path) -> Path:
    (file,) = folder.rglob("*.jsonl")
    return file


def test_a_warm_run_asks_nothing_and_answers_the_same(tmp_path: Path) -> None:
    service = Service()
    questions = [npm("left"), npm("right"), npm("left", "3.0.0")]
    cold = cached(tmp_path, service).query(questions)
    warm = cached(tmp_path, service).query(questions)
    assert warm == cold
    assert len(service.asked) == 3


def test_only_what_is_new_is_asked(tmp_path: Path) -> None:
    service = Service()
    cached(tmp_path, service).query([npm("left")])
    answer = cached(tmp_path, service).query([npm("left"), npm("right")])
    assert service.asked == [npm("left"), npm("right")]
    assert answer.advisories == {npm("left"): (LEFT, LEFT), npm("right"): ()}
    assert cached(tmp_path, service).query([npm("right"), npm("left")]).advisories == answer.advisories
    assert len(service.asked) == 2


def test_a_failure_is_never_kept(tmp_path: Path) -> None:
    service = Service()
    for _ in range(2):
        answer = cached(tmp_path, service).query([npm("left"), npm("broken")])
        assert answer.unanswered == {npm("broken"): "down"}
        assert answer.advisories == {npm("left"): (LEFT, LEFT)}
    assert service.asked == [npm("left"), npm("broken"), npm("broken")]


def test_another_day_or_another_service_is_asked_anew_and_old_days_go(tmp_path: Path) -> None:
    service = Service()
    cached(tmp_path, service).query([npm("left")])
    (tmp_path / "advisories" / "notes").mkdir()
    cached(tmp_path, service, "2024-06-02").query([npm("left")])
    other = Service()
    other.identity = "http://b.example"
    cached(tmp_path, other, "2024-06-02").query([npm("left")])
    assert (len(service.asked), len(other.asked)) == (2, 1)
    assert sorted(path.name for path in (tmp_path / "advisories").iterdir()) == ["2024-06-02", "notes"]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=80, deadline=None)
@given(data=st.data())
def test_damage_is_ignored(tmp_path: Path, data: st.DataObject) -> None:
    folder = Path(tempfile.mkdtemp(dir=tmp_path))  # one that no other try has damaged
    questions = [npm("left"), npm("right")]
    right = cached(folder, Service()).query(questions)
    whole = stored(folder).read_bytes()
    at = data.draw(st.integers(0, len(whole) - 1))
    junk = data.draw(st.binary(max_size=3))
    stored(folder).write_bytes(whole[:at] + junk + (whole[at + 1 :] if data.draw(st.booleans()) else b""))
    assert cached(folder, Service()).query(questions) == right


def test_a_directory_that_cannot_be_used_is_no_failure(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    service = Service()
    assert cached(tmp_path / "file", service).query([npm("left")]).advisories == {npm("left"): (LEFT, LEFT)}


def test_no_half_written_file_is_left(tmp_path: Path) -> None:
    cached(tmp_path, Service()).query([npm("left")])
    assert [path.suffix for path in tmp_path.rglob("*") if path.is_file()] == [".jsonl"]


def test_everybody_may_read_what_is_kept(tmp_path: Path) -> None:
    """In a job the runner's user packs what a container's root has written."""
    cached(tmp_path, Service()).query([npm("left")])
    modes = {path.is_dir(): path.stat().st_mode & 0o777 for path in tmp_path.rglob("*")}
    assert modes == {True: 0o755, False: 0o644}
