"""Of a lockfile of very many entries each is read anew whenever it is looked at: that says the same as keeping them."""

from __future__ import annotations

import msgspec
import pytest

from scanner.lockfiles import _places, npm, yarn
from tests.unit.lockfiles import test_berry, test_yarn
from tests.unit.lockfiles.npm_family import ids, parse

BROKEN = """\
# yarn lockfile v1

a@^1:
  resolved "https://registry.example/x/x.zip"

b@^1:
  version "1.0.0"
  # a comment
    # deep "er"
  dependencies:
    # one "^1" more
    a "^1"
"""
NPM = """\
{"lockfileVersion": 3, "packages": {
  "": {"dependencies": {"a": "^1"}},
  "node_modules/a": {"version": "1.0.0", "dependencies": {"b": "^2"}},
  "node_modules/b": {"version": 2},
  "node_modules/c": {"version": "3.0.0"}
}}
"""
TEXTS = {
    "berry": (yarn.FORMAT, "yarn.lock", test_berry.LOCK),
    "berry without a resolution": (yarn.FORMAT, "yarn.lock", test_berry.LOCK.replace("resolution:", "resolved:", 1)),
    "yarn": (yarn.FORMAT, "yarn.lock", test_yarn.LOCK),
    "yarn with problems": (yarn.FORMAT, "yarn.lock", BROKEN),
    "yarn from Windows": (yarn.FORMAT, "yarn.lock", test_yarn.LOCK.replace("\n", "\r\n")),
    "npm": (npm.FORMAT, "package-lock.json", NPM),
}


@pytest.mark.parametrize("name", TEXTS)
def test_kept_or_read_anew(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    form, path, text = TEXTS[name]
    kept = parse(form, text, path)
    assert kept.packages
    monkeypatch.setattr(_places, "KEPT", 0)
    assert msgspec.json.encode(parse(form, text, path)) == msgspec.json.encode(kept)


def test_no_entry_hides_behind_a_patched_one() -> None:
    """A heading may name what is another entry's: that one is audited all the same."""
    text = """\
__metadata:
  version: 8

"a@patch:a@npm%3A1.0.0#x.patch, evil@npm:1.0.0":
  version: 1.0.0
  resolution: "a@patch:a@npm%3A1.0.0#x.patch"

"a@npm:1.0.0":
  version: 1.0.0
  resolution: "a@npm:1.0.0"

"evil@npm:^1.0.0":
  version: 1.0.0
  resolution: "evil@npm:1.0.0"
"""
    assert ids(parse(yarn.FORMAT, text, "yarn.lock")) == ["a@1.0.0", "evil@1.0.0"]
