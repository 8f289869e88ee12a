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

from scanner.secrets import Options, detect_secrets, proposals
from scanner.secrets.parity import Detectors

if TYPE_CHECKING:
    from collections.abc import Iterator

LINE = re.compile(r"[^\n\r]*")
MANY = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


@cache
def detectors() -> Detectors:
    return Detectors(Options(rules="detect-secrets"))


def proposed(line: str, ending: str) -> set[str]:
    """The plugins that get to see a text of one line."""
    hits = detectors()._hits(line.encode(), ending)
    return {name for plugin, _ in hits for name in (proposals.CASELESS if not plugin else (plugin,))}


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


def test_the_plugins_with_a_case_blind_regex_are_known() -> None:
    blind = {name for name, _, regex in regexes() if regex.flags & re.IGNORECASE}
    assert blind == proposals.CASELESS


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
