"""What a change of a file brings: also where the lines that it changes are not those of the secret."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from scanner import secrets
from scanner.secrets import engine, rules, team
from scanner.secrets.examples import expand
from scanner.secrets.tally import Tally
from tests.unit.secrets.test_history import OPTIONS, Repository, leaks
from tests.unit.secrets.test_scan import RULE, VALUE

if TYPE_CHECKING:
    from pathlib import Path

FAR = "line\n" * 3000
NAMED = replace(RULE, id="named", keywords=("Acme", "zenith"))
BUILT_IN = {rule.id: rule for rule in rules.builtin()}


def fresh(own: engine.Engine, data: bytes, before: bytes, path: str = "a.txt") -> set[tuple[str, str]]:
    return {(item.rule.id, item.value) for item in own.changed(path, data, before, Tally())}


@pytest.mark.parametrize("far", ["line\n" * 50, FAR])
def test_a_keyword_that_comes_later_makes_a_secret_of_what_stood_there(tmp_path: Path, far: str) -> None:
    made = Repository(tmp_path)
    made.commit({"a.py": f"{VALUE}\n{far}end\n"})
    culprit = made.commit({"a.py": f"{VALUE}\n{far}ACME = 1\nend\n"})
    made.commit({"a.py": f"{VALUE}\n{far}acme = 2\nzenith = 3\nend\n"})
    made.commit({"a.py": "x\n"})
    assert leaks(secrets.scan_history(made.root, "all", replace(OPTIONS, patterns=(NAMED,)))) == [("a.py", culprit, 1)]


def test_a_keyword_that_stood_there_already_wakes_nothing() -> None:
    tally, own = Tally(), engine.Engine(secrets.Options(patterns=(NAMED,)))
    before = f"acme {VALUE}\n{FAR}".encode()
    assert own.changed("a.py", before + b"zenith\n", before, tally) == []
    assert tally.bytes < 100, "only the new line was looked at"


@pytest.mark.parametrize("rule", ["twilio-sid", "twitter-access-token"])
def test_so_does_the_keyword_of_a_built_in_rule(rule: str) -> None:
    own, keyword = engine.Engine(secrets.Options()), BUILT_IN[rule].keywords[0]
    woken = 0
    for line in {line for text in BUILT_IN[rule].examples.match for line in expand(text).splitlines()}:
        before = f"{line}\n{FAR}".encode()
        data = before + f"{keyword}\n".encode()
        wanted = {(item.rule.id, item.value) for item in own.text("a.txt", data, Tally())}
        wanted -= {(item.rule.id, item.value) for item in own.text("a.txt", before, Tally())}
        assert wanted <= fresh(own, data, before)
        woken += bool(wanted)
    assert woken


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig"])
def test_the_last_line_of_a_text_in_another_encoding(encoding: str) -> None:
    own, before = engine.Engine(secrets.Options(patterns=(RULE,))), "é line\n" * 50
    assert fresh(own, f"{before}{VALUE}\n".encode(encoding), before.encode(encoding)) == {(RULE.id, VALUE)}


def test_a_binary_file_that_becomes_text_is_read_whole() -> None:
    own, text = engine.Engine(secrets.Options(patterns=(RULE,))), f"{FAR}{VALUE}\n".encode()
    assert fresh(own, b"text\n" + text, b"\0\n" + text) == {(RULE.id, VALUE)}


@pytest.mark.parametrize("regex", [r"tt_\h*[a-z0-9]{8}", "tt_(?i)[a-z0-9]{8}", r"tt_\s+[a-z0-9]{8}"])
def test_a_regex_of_the_team_need_not_be_one_of_python(tmp_path: Path, regex: str) -> None:
    rule = team.rule({"id": "own", "description": "d", "regex": regex}, "test")
    made = Repository(tmp_path)
    parts = ("tt_\n", "ab12cd34") if r"\s" in regex else ("", VALUE)
    made.commit({"a.py": f"x\n{FAR}{parts[0]}{FAR}"})
    culprit = made.commit({"a.py": f"x\n{FAR}{parts[0]}{parts[1]}\n{FAR}"})
    result = secrets.scan_history(made.root, "all", secrets.Options(patterns=(rule,)))
    assert (leaks(result), result.problems) == ([("a.py", culprit, 3002)], ())


@pytest.mark.parametrize("seed", range(4))
def test_what_the_second_version_holds_and_the_first_did_not_is_told(seed: int) -> None:
    """Lines with values and lines with keywords come and go, near each other and far away."""
    chooser = random.Random(seed)
    twilio = [line for text in BUILT_IN["twilio-sid"].examples.match for line in expand(text).splitlines()]
    own = engine.Engine(secrets.Options(patterns=(NAMED,)))
    pool = [*twilio, VALUE, VALUE[:-1] + "z", "acme", "ZENITH", "twilio", "nothing", "\n" * 2000, "x = 1"]
    lines = [chooser.choice(pool) for _ in range(8)]
    for _ in range(60):
        after = list(lines)
        after.insert(chooser.randrange(len(after)), chooser.choice(pool))
        after.pop(chooser.randrange(len(after)))
        old, new = ("\n".join((*some, "")).encode() for some in (lines, after))
        known, found = ({(item.rule.id, item.value) for item in own.text("a.py", data, Tally())} for data in (old, new))
        assert found - known == fresh(own, new, old, "a.py") - known
        lines = after
