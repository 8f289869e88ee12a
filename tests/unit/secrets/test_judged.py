"""What of a secret makes it another one: keys of one kind begin alike."""

from __future__ import annotations

import base64
import random

import pytest

from scanner.secrets import Options, found
from scanner.secrets.engine import Engine
from scanner.secrets.found import Found
from scanner.secrets.tally import Tally

KINDS = {
    "openssh": ("-----BE{}GIN OPENSSH PRIVATE KEY-----", "b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQ", "-----END OPENSSH PRIVATE KEY-----"),
    "pkcs8": ("-----BE{}GIN PRIVATE KEY-----", "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSj", "-----END PRIVATE KEY-----"),
    "ssh2": ("---- BE{}GIN SSH2 ENCRYPTED PRIVATE KEY ----", "P2/56wAAAUwAAAA3aWYtbW9kbntzaWdue3JzYS1wa2Nz", "---- END SSH2 ENCRYPTED"),
    "putty": ("PuTTY-User-{}Key-File-2: ssh-rsa", "Encryption: none\nComment: x\nPrivate-Lines: 4\nAAAA", "Private-MAC: 00"),
}


def block(kind: str, seed: int) -> str:
    """A key that is drawn anew for each seed."""
    head, fixed, end = KINDS[kind]
    drawn = base64.b64encode(random.Random(seed).randbytes(480)).decode()
    lines = "\n".join(drawn[at : at + 64] for at in range(0, len(drawn), 64))
    return f"{head.format('')}\n{fixed}\n{lines}\n{end}\n"


def find(text: str) -> list[Found]:
    return Engine(Options()).text("keys.txt", text.encode(), Tally())


@pytest.mark.parametrize("kind", KINDS)
def test_two_keys_of_one_kind_are_two_secrets(kind: str) -> None:
    one, other = block(kind, 1), block(kind, 2)
    findings, _ = found.report("keys.txt", find(f"{one}\n{other}"))
    assert len(findings) == 2
    assert [finding.related for finding in findings] == [(), ()]


@pytest.mark.parametrize("kind", KINDS)
def test_what_stands_around_a_key_does_not_make_it_another(kind: str) -> None:
    one, other = block(kind, 1), block(kind, 2)
    assert len({find(text)[0].value for text in (one, f"a\n{one}", f"{one}more\n\n{other}")}) == 1


def test_a_key_wrapped_in_base64_is_told_from_another() -> None:
    texts = [base64.b64encode(block("openssh", seed).encode()).decode() for seed in (1, 2)]
    values = {item.value for text in texts for item in find(f"key: {text}\n")}
    assert len(values) == 2
