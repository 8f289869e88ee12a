"""The examples are what their README says: facts of the advisories as published, planted keys where they are announced, nothing else."""

from __future__ import annotations

import importlib.util
import json
from typing import TYPE_CHECKING

import pytest

from tests.conftest import ROOT, SHARED

if TYPE_CHECKING:
    from types import ModuleType

EXAMPLES = ROOT / "examples"
SUFFIXES = {".ts", ".py", ".json", ".yaml", ".yml", ".txt", ".md", ".mjs", ".css"}
RECORDS = sorted((EXAMPLES / "advisories").glob("*/*.json"))


def plant_module() -> ModuleType:
    spec = importlib.util.spec_from_file_location("plant", EXAMPLES / "plant.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_planted_keys_stand_where_they_are_announced_and_nowhere_in_the_repository(tmp_path):
    planted = plant_module().plant(EXAMPLES / "vulnerable-app", tmp_path / "app")
    lines = {(place.path, place.line): (tmp_path / "app" / place.path).read_text("utf-8").splitlines()[place.line - 1] for place in planted}
    assert {path for path, _ in lines} == {"apps/web/src/lib/assistant.ts", "apps/web/src/lib/admin.ts", "services/api/.env"}
    values = [line.strip(' ";)').rpartition('"')[2].rpartition("=")[2] for line in lines.values()]
    assert all(len(value) >= 20 for value in values)
    texts = [path.read_text("utf-8") for path in EXAMPLES.rglob("*") if path.suffix in SUFFIXES]
    assert not [value for value in values for text in texts if value in text]


def test_planting_twice_gives_the_same_copy(tmp_path):
    module = plant_module()
    for name in ("one", "two"):
        module.plant(EXAMPLES / "clean-app", tmp_path / name)
    copies = [
        sorted((p.relative_to(tmp_path / name), p.read_bytes()) for p in (tmp_path / name).rglob("*") if p.is_file())
        for name in ("one", "two")
    ]
    assert copies[0] == copies[1]


def test_planting_needs_an_example_and_a_new_place(tmp_path, capsys):
    module = plant_module()
    assert module.main([]) == 2
    assert module.main([str(tmp_path / "gone"), str(tmp_path / "new")]) == 2
    assert module.main([str(EXAMPLES / "clean-app"), str(tmp_path)]) == 2
    assert "usage" in capsys.readouterr().err
    assert module.main([str(EXAMPLES / "clean-app"), str(tmp_path / "new")]) == 0
    assert "services/api/.env:2" in capsys.readouterr().out


@pytest.mark.parametrize("path", RECORDS, ids=lambda path: path.stem)
def test_records_have_what_osv_asks_for(path):
    record = json.loads(path.read_text("utf-8"))
    assert record["id"] == path.stem
    assert all(record[key] for key in ("schema_version", "modified", "published", "aliases", "summary", "affected", "references"))
    assert {block["package"]["ecosystem"] for block in record["affected"]} == {path.parent.name}


@pytest.mark.shared
@pytest.mark.parametrize("path", RECORDS, ids=lambda path: path.stem)
def test_facts_are_those_of_the_published_record_and_the_words_are_not(path):
    ours = json.loads(path.read_text("utf-8"))
    published = json.loads(next((SHARED / "advisories").glob(f"*/{path.name}")).read_text("utf-8"))
    assert all(ours[key] == published[key] for key in ("aliases", "published", "modified"))
    assert ours.get("severity", []) == (published.get("severity") or [])
    assert (ours.get("database_specific") or {}).get("severity") == (published.get("database_specific") or {}).get("severity")
    assert {one["url"] for one in ours["references"]} <= {one["url"] for one in published["references"]}
    for block in ours["affected"]:
        same = [one for one in published["affected"] if one["package"]["name"] == block["package"]["name"]]
        assert any([r["events"] for r in block["ranges"]] == [r["events"] for r in one["ranges"] if r["type"] != "GIT"] for one in same)
    assert ours["summary"] != published.get("summary")
