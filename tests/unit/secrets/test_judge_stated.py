"""What counts where nothing but a password or a key can stand. Samples are built from templates at run time."""

from __future__ import annotations

import pytest

from scanner.secrets.judge import Judgement
from tests.unit.secrets.test_judge import decide


def connects(value: str, path: str = "app/db.py") -> Judgement:
    return decide("connection-arguments", f"pymysql.connect('db', 'app', '{value}')", path)


@pytest.mark.parametrize("value", ["zahlen4you", "beproductive", "Join-Me-2-Lab", "Midsommar!", "mastani biryani 420"])
def test_a_password_of_words(value: str) -> None:
    assert connects(value).secret


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("your-password", "masked or sample"),
        ("changeit", "placeholder word"),
        ("a secret", "reads like words"),
        ("user_signature", "reads like words"),
        ("config.password", "reads like words"),
        ("HmacSHA256", "another kind of text"),
        ("etc/app.pem", "another kind of text"),
        ("https://acme.io", "another kind of text"),
        ("one of many words here", "another kind of text"),
        ("101112131415161718191a1b1c1d1e1f", "bytes that count up"),
    ],
)
def test_another_text(value: str, reason: str) -> None:
    assert connects(value) == Judgement(secret=False, reason=reason)


def test_in_documentation_words_are_words() -> None:
    assert not connects("beproductive", "README.md").secret
    assert connects("zahlen4you{digit:2}", "README.md").secret


BYTES = "const MASTER_KEY: [u8; 8] = [0x{hex:2}, 203, 0x5e, 94, 6, 151, 0xe1, 230];"


@pytest.mark.parametrize(
    ("line", "path", "reason"),
    [
        (BYTES, "src/boot.rs", "the bytes of a key"),
        (BYTES, "tests/boot.rs", "a vector of a test"),
        (BYTES, "src/aes_ctr.rs", "a vector of a test"),
        (BYTES.replace("MASTER", "PUBLIC"), "src/boot.rs", "a public value"),
        (BYTES.replace("203", "903"), "src/boot.rs", "not the bytes of a key"),
        ("char salt[] = {0, 0, 0, 0, 0, 0, 0, 1};", "src/boot.c", "not the bytes of a key"),
        ("char salt[] = {0x10, 0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17};", "src/boot.c", "bytes that count up, or a sample"),
    ],
)
def test_bytes(line: str, path: str, reason: str) -> None:
    assert decide("key-bytes", line, path).reason == reason


def test_a_key_full_of_signs() -> None:
    value = "".join(("D{alnum:2}%v#}", "T{alnum:4}~P:D^l~", "k[+I{alnum:6}@d[", "0=,4[59)u,[03x%o_!)8cK"))
    assert decide("assigned-secret", f"SECRET_KEY = '{value}'", "app/settings.py").secret


def test_a_key_that_stands_bare_below_the_code() -> None:
    assert decide("assigned-key", "__DATA__\napi_key = b888{hex:36}", "backup.pl").secret


@pytest.mark.parametrize(
    "line",
    ['contra{}seña = "{lower:5}{digit:4}"', "hes{}lo = '{lower:6}{digit:3}'", 'Private Const Cla{}ve As String = "{alnum:24}"'],
)
def test_a_name_in_another_language(line: str) -> None:
    assert decide("assigned-password", line, "app/datos.vb").secret


@pytest.mark.parametrize("line", ['enclave = "{alnum:16}"', 'clave = "nombre_de_campo"'])
def test_another_word_that_looks_like_such_a_name(line: str) -> None:
    assert not decide("assigned-password", line, "app/datos.py").secret
