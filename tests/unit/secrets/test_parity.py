"""Of any file we report what detect-secrets' own ``scan_file`` reports: what is passed over sooner would not have been found."""

from __future__ import annotations

import io
import string
from functools import cache
from hashlib import sha1
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from scanner.secrets import Options, detect_secrets
from scanner.secrets.detect_secrets import Line
from scanner.secrets.parity import KNOWN, Detectors

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Report = set[tuple[str, int, str]]

MANY = settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
DULL, PLAIN = "zy" * 20, "zy" * 12
WORD = "hun" + "ter22"
ALPHABET = string.digits + string.ascii_letters
MIXED = ALPHABET[::3] + ALPHABET[1::3] + ALPHABET[2::3]
BASE64, HEX = "aZ3+bY4/cX5dW6eV7fU8gT9h", "0123456789abcdef0"
SQUARE = "sq0" + "csp-" + "zy" * 21
TOKENS = (
    DULL, PLAIN, BASE64, BASE64[:22], BASE64[:23], HEX, HEX[:9], "1234567890123", SQUARE, SQUARE + "z", "zy" * 22, "ab" * 32,
    "A" + "P1abcdefgh", "AK" + "C" + "a1" * 6, "BEGIN RSA " + "PRIVATE KEY", "BEGIN", "RSA " + "PRIVATE KEY", "AK" + "IA" + "Q7" * 8,
    "8.8" + ".8.8", "https:/" + "/u:pw9@h", "ey" + "Jhbg.ab", "SK" + "a1" * 16, "1234" + "5678:" + "a" * 35, WORD, "a", "${X}",
    "get(x)", "'z'",
)
WORDS = (
    "password", "secret", "api_key", "db_pass", "pa\u017f\u017fword", "\u017fecret", "api_\u212aey", "CONTRASE\xd1A", "key", "aws_key",
    "cl_key", "ibm_key", "id", "k",
)
MARKS = (
    "", "", "", " ", "  ", "\t", "'", '"', "`", "\\", "\\\\", '\\"', "''", "%", "%%", "%(k)s", "#", " # ", ";", ",", ":", "=", ": ", " = ",
    " == ", "[", "]", "{", "}", "(", "\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\xa0", "\ufeff", "\xe9", "\u0131", "\u0663", "\\x41",
    "\\u0041", "\\\n  ", "\n  ", "\n", "\r\n", "\r",
)
COMMENTS = (
    "# pragma: allowlist secret", "# pragma: allowlist nextline secret", "// pragma: whitelist secret", "#pragma:allowlist-secret x",
    "; pragma: allowlist nextline secret", "# Pragma: allowlist secret", "<!-- pragma: allowlist nextline secret -->",
)
TEXT = st.lists(st.sampled_from((*TOKENS, *MARKS, *MARKS)), min_size=1, max_size=5).map("".join)
SOURCE = (".py", ".js", ".c", ".cpp", ".go", ".cs", ".toml", ".properties", ".txt", ".json", ".php", ".example", "", ".md", ".css")


@cache
def core() -> Any:
    """detect-secrets with all its plugins, as its command sets it up with ``--no-verify``."""
    from detect_secrets.settings import get_settings

    detect_secrets.settings()
    get_settings().disable_filters("detect_secrets.filters.common.is_ignored_due_to_verification_policies")
    return detect_secrets._scan().core


@cache
def detectors() -> Detectors:
    return Detectors(Options(rules="detect-secrets"))


def theirs(path: Path) -> Report | None:
    """Their report, first places only; None where the command would end with an error of its own."""
    found: dict[tuple[str, str], int] = {}
    try:
        for item in core().scan_file(str(path)):
            found.setdefault((item.type, item.secret_hash), item.line_number)
    except (ValueError, TypeError, AttributeError, LookupError, RecursionError):
        return None
    return {(kind, line, value) for (kind, value), line in found.items()}


def ours(path: Path) -> Report:
    return _hashed(detectors().reported(path.name, path.read_bytes()))


def everything(path: Path) -> Report:
    """What detect-secrets finds on all lines with all plugins, asked through our door."""
    try:
        text = path.read_text("utf-8")
    except UnicodeDecodeError:
        return set()
    if detect_secrets.file_is_left_out(path.name):
        return set()
    raw = io.StringIO(text).readlines()
    first = _judged(path, detect_secrets.transformed(path.name, text, eager=False) or raw)
    other = path.suffix not in KNOWN
    return first or _judged(path, (detect_secrets.transformed(path.name, text, eager=True) if other else None) or [])


def _judged(path: Path, lines: list[str]) -> Report:
    above = ["", *lines]
    every = (Line(number, line, above[number], frozenset(detect_secrets.MODULES)) for number, line in enumerate(lines))
    return _hashed(detect_secrets.judged(path.name, every))


def _hashed(reported: Any) -> Report:
    return {(item.type, item.line, sha1(item.value.encode("utf-8", "surrogatepass")).hexdigest()) for item in reported}


@st.composite
def ini(draw: Callable[..., Any]) -> str:
    lines = [draw(st.sampled_from(("[a]", "[a]", " [a]", "# x", "; x", "", "\ufeff[a]", "[DEFAULT]"))), "[b]"][: draw(st.integers(0, 2))]
    for number in range(draw(st.integers(1, 4))):
        key = draw(st.sampled_from(WORDS)) + draw(st.sampled_from(("", str(number), "'", '"', "!", " x", "]")))
        equals, quote = draw(st.sampled_from(("=", " = ", ": ", "\t=\t", " " * 99 + "="))), draw(st.sampled_from(("", "", "'", '"')))
        lines.append(f"{key}{equals}{quote}{draw(TEXT)}{quote}".replace("\n", " "))
        lines += [f"  {draw(TEXT)}"] * draw(st.integers(0, 2))
        lines += draw(st.sampled_from(([], [], [""], ["# pragma: allowlist nextline secret"], ["; pragma: allowlist nextline secret"])))
    return "\n".join(lines)


HEADS = ("---", "# x", "%YAML 1.1\n---", "%TAG !b! tag:yaml.org,2002:bin\n---")
KEYS = (*WORDS, '"pass\\x77ord"', '? "sec\\\n  ret"\n', "? password\n", f'"{PLAIN}"', "- a")
STYLES = (
    "{}", "{}", "'{}'", '"{}"', "|\n  {}\n", ">-\n  {}\n  {}", "\n  {}", "[{}, {}]", "{{x: {}, cl_key: '{}'}}", "!!str {}", "&a {}", "*a",
    "!b!ary {}", "!!binary {}", "!!bin%61ry {}",
)


@st.composite
def yaml(draw: Callable[..., Any]) -> str:
    lines = [draw(st.sampled_from(HEADS)) for _ in range(draw(st.integers(0, 1)))]
    for number in range(draw(st.integers(1, 4))):
        key = draw(st.sampled_from(KEYS)) + draw(st.sampled_from(("", str(number))))
        value = draw(st.sampled_from(STYLES)).format(draw(TEXT), draw(TEXT))
        lines.append(f"{key}: {value}{draw(st.sampled_from(('', '', ' # note', f' {COMMENTS[0]}')))}")
        lines += [draw(st.sampled_from(COMMENTS))] * draw(st.integers(0, 1))
    return "\n".join(lines)


@st.composite
def code(draw: Callable[..., Any]) -> str:
    piece = st.sampled_from((*WORDS, *WORDS, *TOKENS, *MARKS, *MARKS, *COMMENTS, " => ", " != ", '("', ' @"', '";', "_id", "x"))
    return "\n".join("".join(line) for line in draw(st.lists(st.lists(piece, max_size=9), max_size=6)))


def encoded(text: str, way: str) -> bytes:
    if way in ("\r\n", "\r"):
        return text.replace("\n", way).encode()
    return b"\xef\xbb\xbf" + text.encode() if way == "BOM" else text.encode(way) if way else text.encode() + b"\xff"


MADE = {
    "ini": (ini(), (".ini", ".txt", "", ".yml", ".json")),
    "yaml": (yaml(), (".yml", ".yml", ".yml", ".txt")),
    "code": (code(), SOURCE),
}


@pytest.mark.parametrize("kind", MADE)
def test_what_is_reported_of_a_file_is_what_detect_secrets_reports(tmp_path: Path, kind: str) -> None:
    made, endings = MADE[kind]

    @MANY
    @given(made, st.sampled_from(endings), st.sampled_from(("utf-8", "utf-8", "utf-8", "utf-8", "\r\n", "\r", "BOM", "utf-16", "")))
    def drawn(text: str, ending: str, way: str) -> None:
        path = tmp_path / f"x{ending}"
        path.write_bytes(encoded(text, way))
        expected = theirs(path)
        assume(expected is not None)
        assert ours(path) == expected
        assert everything(path) == expected

    drawn()


@pytest.mark.parametrize(("name", "text"), [
    ("x.ini", f"[a]\naws_key = x'{DULL}\n"),
    ("x.ini", f'[a]\naws_key = x"{DULL}\n'),
    ("x.txt", f"aws_key{' ' * 99}= x'{DULL}' y\n"),
    ("x.ini", f"[a]\naws_key =\n  {DULL}\n"),
    ("x.ini", f"[a]\naws_key = q\x0b{DULL}\n  y\n"),
    ("x.ini", f"[a]\ncl_key = q\x85{PLAIN}\n  y\n"),
    ("x.ini", f"[a]\ncl_key = q\u2028{PLAIN}\n  y\n"),
    ("x.ini", f"[a]\ncl_key{' ' * 99}= {PLAIN}\n"),
    ("x.ini", f'[a]\nx = q {SQUARE}"y\n'),
    ("x.ini", f"[a]\nb = {BASE64[:12]}\nc = {BASE64[12:]}\nx = 1\n  %(b)s%(c)s\n"),
    ("x.ini", f'[a]\nx = {BASE64[:22]}"q\n'),
    ("x.txt", f"password = {WORD}\n"),
    ("x.yml", "%TAG !b! tag:yaml.org,2002:bin\n---\nk: !b!ary |\n  aZ3+bY4/cX5d\n  W6eV7fU8gT9h\n  S0iR1jQ2kPaa\n"),
    ("x.yml", "k: !!binary |\n  aZ3+bY4/cX5d\n  W6eV7fU8gT9h\n  S0iR1jQ2kPaa\n"),
    ("x.yml", "k: !!bin%61ry |\n  aZ3+bY4/cX5d\n  W6eV7fU8gT9h\n  S0iR1jQ2kPaa\n"),
    ("x.yml", "k: BEGIN\x85  RSA " + "PRIVATE KEY\n"),
    ("x.yml", "k: BEGIN\n  RSA " + "PRIVATE KEY\n"),
    ("x.yml", f'k: "x\\n{"A" + "P1abcdefgh"}"\n'),
    ("x.yml", f"cl_key: |\n  {PLAIN}\n"),
    ("x.yml", f"cl_key:\n  {PLAIN}\n"),
    ("x.yml", f"? cl_key\n: {PLAIN}\n"),
    ("x.yml", f"cl_key: !!str {PLAIN}\n"),
    ("x.yml", f"{{{'A' + 'P1abcdefgh'} x: v}}\n"),
    ("x.yml", f"{{x: y, password: &a {WORD}}}\n"),
    ("x.yml", f"{{x: y, pa\u017f\u017fword: &a {WORD}}}\n"),
    ("x.ini", f"[a]\nx = {'='.join((MIXED[:20], MIXED[20:40], MIXED[40:]) * 8)}{'=z1y2' * 40}\n"),
    ("x.ini", f"[a]\nx = {HEX[13:4:-1]}\n"),
    ("x.py", f"x = '{HEX[13:4:-1]}'\n"),
    ("x.py", f"x = '{ALPHABET[26:3:-1]}'\n"),
    ("x.yml", f'k: "{BASE64[:15]}\\\n  {BASE64[15:]}"\n'),
    ("x.yml", f'k: {BASE64[:22]}"x\n'),
    ("x.yml", f'"pass\\x77ord": {WORD}\n'),
    ("x.yml", f'? "pass\\\n  word"\n: {WORD}\n'),
])
def test_what_stands_in_no_file_as_it_is_reported_is_reported(tmp_path: Path, name: str, text: str) -> None:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    assert theirs(path)
    assert ours(path) == theirs(path)


@MANY
@given(st.data(), st.sampled_from(("x.py", "x.yaml")))
def test_what_the_filters_leave_out_is_left_out(data: st.DataObject, name: str) -> None:
    from detect_secrets.filters import allowlist, heuristic

    comments = [regex for regexes in allowlist._get_allowlist_regexes_for_file(name) for regex in regexes]
    piece = st.one_of(*map(st.from_regex, (heuristic._get_indirect_reference_regex(), *comments)), code())
    above, line = data.draw(st.one_of(st.just(""), piece)), data.draw(piece)
    context = detect_secrets._scan().snippet(lines=[above, line], line_number=2)
    expected = core()._is_filtered_out(required_filter_parameters=["line"], filename=name, line=line, context=context)
    assert detect_secrets._left_out(name, line, above, context) == expected


def test_a_value_that_is_no_text_is_reported() -> None:
    (item,) = detectors().reported("x.yml", b'{"\\ude00password": "%s"}' % WORD.encode())
    assert (item.type, item.line, item.value) == ("Secret Keyword", 1, WORD)
