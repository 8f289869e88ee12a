"""Whatever the bytes are: no crash, no time that outgrows them."""

from __future__ import annotations

import random
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scanner.secrets import Options
from scanner.secrets.engine import Engine
from scanner.secrets.examples import expand
from scanner.secrets.rules import builtin
from scanner.secrets.tally import MOST_PER_RULE, Tally

LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
PIECES = [
    b"pass" + b"word", b"to" + b"ken", b"key", b"secret", b"=", b": ", b'"', b"'", b"`", b"\\", b"\n", b"\r\n", b"://", b"@", b"eyJ", b".",
    b"AK" + b"IA",
    b"-----BEGIN RSA PRIVATE" + b" KEY-----", b"${", b"<", b">", b"\xff\xfe", b"\xef\xbb\xbf", b"\0", b"\xc3\xa9", b"\xe2", b"%3A%2F%2F",
    b"cGFzc3dvcmQ",
    b"70617373776f7264", b"x" * 300, b"9aB" * 20,
]


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine(Options())


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.lists(st.one_of(st.sampled_from(PIECES), st.binary(max_size=40)), max_size=60).map(b"".join))
def test_any_bytes_are_looked_through(engine: Engine, data: bytes) -> None:
    tally = Tally()
    for item in engine.text("src/a.conf", data, tally):
        assert 0 <= item.start < item.end
        assert item.line >= 1
    assert tally.problems == []


VALUES = [
    b"Zk83jq0LmPvxT2", b"nextToken", b"getPassword()", b"a1B2c3D4e5F6g7", b"${HOME}", b"true", b"x=Zk83jq0LmPvxT2", b"some words here"
]


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.lists(st.sampled_from([*PIECES[:12], *VALUES, b"=", b'"', b"'", b"_", b" ", b"=>", b"(", b", "]), max_size=60).map(b"".join))
def test_what_is_passed_over_quickly_is_what_would_be_rejected(engine: Engine, data: bytes) -> None:
    found = [
        {(item.start, item.end, item.rule.id, item.severity) for item in engine.text("src/a.conf", data, Tally(explain=explain))}
        for explain in (True, False)
    ]
    assert found[0] == found[1]


EXAMPLES = [expand(text) for rule in builtin() for text in rule.examples.match if rule.checksum == "assignment"]
WRAPPED = [
    'sh -c "mysqldump -h ${DB_HOST} {}"', 'command: "redis-cli -h {{ host }} {}"', 'run(f"mysqladmin -h {host} -u root {}", shell=True)',
    'os.system("vault login --sample {}")', "RUN sh -c 'echo; {}'", "deploy '{}' ${TARGET}", "x = `example ${a} {}`;", '{"a": "{}"}',
    '- "{{ x }} {}"', "{}", '"{}", "{}"',
]


@pytest.mark.parametrize("wrapped", WRAPPED)
def test_a_secret_in_a_quoted_text_is_no_less_one(engine: Engine, wrapped: str) -> None:
    """Whoever asks for the reasons of rejections gets the same findings."""
    value = "Xk9" + "qT7vLmz2" + "Rw4pB"
    for text in (*EXAMPLES, f"--password {value}", f"--token={value}", f"setx MY_TOKEN {value}"):
        for path in ("run.sh", "a.py", "a.yml", "Dockerfile"):
            data = wrapped.replace("{}", text).encode() + b"\n"
            assert engine.text(path, data, Tally()) == engine.text(path, data, Tally(explain=True)), text


@pytest.mark.parametrize("wrapped", WRAPPED[:5])
def test_a_password_on_a_quoted_command_line_is_found(engine: Engine, wrapped: str) -> None:
    value = "Xk9" + "qT7vLmz2" + "Rw4pB"
    found = engine.text("run.sh", wrapped.replace("{}", f"--password {value}").encode(), Tally())
    assert [item.value for item in found] == [value]


@pytest.mark.parametrize(
    "unit",
    [
        "token: ", 'token="', 'pwd=\\"', "key:", 'key="{r}",', 'token:"{r}" ', '"{r}{r}",', "https://a:{r}@h ",
        "eyJ{r}.eyJ{r}.{r}",
        "Basic {r} ", "--password ", "Server=a;Password=", "Server=", "-----BEGIN PRIVATE" + " KEY-----\n", 'kty:"RSA" ', "%3A%2F%2F",
        "cGFzc3dvcmQ",
    ],
)
def test_a_line_of_candidates_costs_its_length(engine: Engine, unit: str) -> None:
    def seconds(size: int) -> float:
        chance = random.Random(size)
        text = ""
        while len(text) < size:
            text += unit.replace("{r}", "".join(chance.choices(LETTERS, k=20)))
        start = time.process_time()
        engine.text("a.js", text[:size].encode(), Tally())
        return time.process_time() - start

    size, tries = (30_000, 0) if seconds(2_000) < 0.03 else (10_000, 0)  # what takes long for each byte says so sooner
    while (large := seconds(4 * size)) >= 4 * 3 * seconds(size) + size / 30_000:  # a busy machine may disturb one try
        tries += 1
        assert tries < 3, f"{large:.1f} s"


def test_a_window_full_of_findings_says_so(engine: Engine) -> None:
    chance = random.Random(5)
    text = "".join(f'token: "{"".join(chance.choices(LETTERS, k=20))}"\n' for _ in range(3 * MOST_PER_RULE))
    tally = Tally()
    tally.add("a.conf", engine.text("a.conf", text.encode(), tally), frozenset())
    assert len(tally.findings) == MOST_PER_RULE
    assert [problem.reason for problem in tally.problems] == ["more than 1,000 findings of assigned-token: only the first are listed"]
