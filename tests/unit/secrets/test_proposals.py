"""Whatever a plugin of detect-secrets can report is proposed to it: strings drawn from its own regexes are seen by ours."""

from __future__ import annotations

import re
import subprocess
import sys
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scanner.secrets import detect_secrets, parity, proposals
from scanner.secrets.proposed import Proposer

if TYPE_CHECKING:
    from collections.abc import Iterator

LINE = re.compile(r"[^\n\r]*")
MANY = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


@cache
def proposer() -> Proposer:
    return Proposer()


def proposed(line: str, ending: str) -> set[str]:
    """The plugins that get to see a text of one line, whether it is looked at alone or among those made of a file."""
    alone = proposer().wanted(f"x{ending}", line.encode())
    assert set(alone) <= {0}
    (among,) = [item.plugins for item in proposer().among(f"x{ending}", ["a", line, "b"]) if item.number == 1] or [frozenset()]
    assert alone.get(0, set()) == among
    return set(among)


def keyword_regexes() -> Iterator[tuple[str, str, re.Pattern[str]]]:
    from detect_secrets.plugins import keyword
    from detect_secrets.util.filetype import FileType

    kinds = {FileType.GO: ".go", FileType.C: ".c", FileType.C_PLUS_PLUS: ".cpp", FileType.PYTHON: ".py", FileType.TOML: ".toml"}
    for kind, ending in kinds.items():
        for regex in keyword.REGEX_BY_FILETYPE[kind]:
            yield "KeywordDetector", ending, regex


def regexes() -> list[tuple[str, str, re.Pattern[str]]]:
    named = [(name, ".txt", regex) for name in detect_secrets.MODULES for regex in getattr(_plugin(name), "denylist", ())]
    return [*named, *keyword_regexes()]


def _plugin(name: str) -> Any:
    return detect_secrets._plugin(name)


@pytest.mark.parametrize(("name", "ending", "regex"), regexes(), ids=[f"{name} {ending}" for name, ending, _ in regexes()])
def test_what_a_regex_of_a_plugin_matches_is_proposed_to_it(name: str, ending: str, regex: re.Pattern[str]) -> None:
    @MANY
    @given(st.from_regex(regex).filter(lambda text: LINE.fullmatch(text) is not None))
    def drawn(text: str) -> None:
        line = text.rstrip().encode("utf-8", "ignore").decode()
        if regex.search(line):
            assert name in proposed(line, ending)

    drawn()


@MANY
@given(st.sampled_from(("Base64HighEntropyString", "HexHighEntropyString")), st.sampled_from("'\""), st.data())
def test_a_string_above_the_limit_of_entropy_is_proposed(name: str, quote: str, data: st.DataObject) -> None:
    plugin = _plugin(name)
    text = data.draw(st.text(st.sampled_from(plugin.charset), min_size=8, max_size=60))
    if plugin.calculate_shannon_entropy(text) > plugin.entropy_limit:
        assert name in proposed(f"x {quote}{text}{quote} y", ".py")


def test_every_plugin_is_known_and_where_it_lives() -> None:
    from detect_secrets.core.plugins.util import get_mapping_from_secret_type_to_class

    found = {kind.__name__: kind.__module__ for kind in get_mapping_from_secret_type_to_class().values()}
    assert found == {name: f"detect_secrets.plugins.{module}" for name, module in detect_secrets.MODULES.items()}
    assert {plugin for plugin, _ in proposals.ALL if plugin} == found.keys()


def test_the_letters_that_case_blind_regexes_take_for_others_are_known() -> None:
    letters = re.compile("[a-z0-9]", re.IGNORECASE)
    found = {char for char in map(chr, range(0x80, sys.maxunicode + 1)) if letters.match(char)}
    assert found == {other.decode() for other, _ in proposals.FOLDS}
    assert all(re.fullmatch(letter.decode(), other.decode(), re.IGNORECASE) for other, letter in proposals.FOLDS)
    assert [plugin for plugin, _ in proposals.ALL].index("") == len(proposals.ALL) - 1


def test_the_endings_whose_kind_is_known() -> None:
    from detect_secrets.util.filetype import determine_file_type

    endings = set(re.findall(r"'(\.\w+)': FileType", _source(determine_file_type)))
    assert endings == parity.KNOWN
    assert {ending for ending in endings if determine_file_type(f"x{ending}").name == "YAML"} == parity.YAML


def test_the_files_with_values_without_quotes_are_known() -> None:
    from detect_secrets.plugins import keyword
    from detect_secrets.util.filetype import determine_file_type

    bare = {keyword.FOLLOWED_BY_COLON_REGEX, keyword.FOLLOWED_BY_EQUAL_SIGNS_REGEX, keyword.FOLLOWED_BY_COLON_EQUAL_SIGNS_REGEX}
    endings = re.findall(r"'(\.\w+)': FileType", _source(determine_file_type))
    strict = keyword.QUOTES_REQUIRED_DENYLIST_REGEX_TO_GROUP
    chosen = {ending: keyword.REGEX_BY_FILETYPE.get(determine_file_type(f"x{ending}"), strict) for ending in endings}
    assert {ending for ending, group in chosen.items() if bare & set(group)} == proposals.LOOSE


def test_plugins_are_loaded_without_what_they_verify_with() -> None:
    code = (
        "import sys; from scanner.secrets import detect_secrets as door; "
        "found = [door.kinds(f'x.py', '', line, plugin, value) for line, plugin, value in ("
        "('k = \"' + 'AK' + 'IA' + 'Q' * 16 + '\"', 'AWSKeyDetector', 'AK' + 'IA' + 'Q' * 16),)]; "
        "[door._plugin(name) for name in door.MODULES]; assert len(door.settings()['plugins_used']) == 27; "
        "assert not {name for name in sys.modules if name.partition('.')[0] in ('requests', 'urllib3')}; "
        "from detect_secrets.plugins import base; import requests.exceptions as real; "
        "assert base.requests.exceptions.RequestException is real.RequestException; print(found)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[['AWS Access Key']]"


def _source(function: Any) -> str:
    from inspect import getsource

    return getsource(function)
