"""Passwords of words: found where a name says that one stands there, never for their letters alone. Values are put together from pieces."""

from __future__ import annotations

import pytest

from tests.unit.secrets.test_judge import decide

FOUND = [
    'password = "{}Tulpen' 'Zwiebel!"',
    'db_password = "{}Regen&' 'Schirm"',
    'admin_passwd = "{}kanel' 'bulle7"',
    'password = "{}sl0' 'neczko"',
    'root_password = "{}polka_z_' 'kolorami"',
    'passphrase = "{}otwor' 'z-sie"',
]
LEFT = [
    'password = "user_profile_card"', 'label_password = "Wacht' 'woord!"', 'password = "HTTP2_HEADER"', 'update_password = "on_' 'create"',
    'password = "credit_card"', 'password = "Required!"',
]


@pytest.mark.parametrize("line", FOUND)
def test_a_password_of_words(line: str) -> None:
    assert decide("assigned-password", line).secret


@pytest.mark.parametrize("line", LEFT)
def test_words_of_code_and_of_forms(line: str) -> None:
    assert not decide("assigned-password", line).secret
