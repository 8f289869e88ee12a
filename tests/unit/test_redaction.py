"""No name, version or word of a report is a secret; where nothing looks like one, nothing is loaded to look."""

from __future__ import annotations

import subprocess
import sys

import msgspec
import pytest

from scanner import redaction
from scanner.models import Location, Outcome, Package, Problem, Run, Verdict
from tests.conftest import ROOT

TOKEN = "gh" + "p_" + "wWPw5k4aXcaT4fNP0UcnZwJUVFk6LO0pINUx"
LOGIN = "//ci:" + "s3cr3t" + "@g.example/x"
DIGEST = "0123456789" + "abcdef" * 5


def verdict(name: str = "left-pad", version: str = "1.0.0", subject: str = "") -> Verdict:
    package = Package(ecosystem="npm", name=name, version=version, location=Location(path="package-lock.json"))
    problems = (Problem(subject=subject, reason="is odd"),) if subject else ()
    return Verdict(outcome=Outcome.PASS, exit_code=0, packages=(package,), problems=problems, run=Run(version="1", target="."))


@pytest.mark.parametrize(
    "one", [verdict(name=TOKEN), verdict(version=f"git+https:{LOGIN}"), verdict(version=f"ssh:{LOGIN}"), verdict(subject=f"a {TOKEN}")]
)
def test_secrets_are_taken_out(one: Verdict) -> None:
    shown = str(redaction.verdict(one))
    assert "…" in shown
    assert TOKEN[4:] not in shown
    assert "s3cr3t" not in shown


def test_more_secrets_than_are_listed_of_a_file_are_all_taken_out() -> None:
    names = [f"{TOKEN[:-4]}{number:04}" for number in range(2500)]
    one = verdict()
    shown = redaction.verdict(msgspec.structs.replace(one, packages=tuple(verdict(name=name).packages[0] for name in names)))
    assert {package.name for package in shown.packages} == {"…"}


def test_words_that_are_full_of_secrets_are_not_shown_at_all() -> None:
    assert redaction.text(" ".join(f"{TOKEN[:-4]}{number:04}" for number in range(1500))) == "…"


def test_very_many_names_are_looked_at_in_parts() -> None:
    from scanner.secrets import redact

    names = [f"Package-Of-Ours-{number:010}-{'x' * 100}" for number in range(20_000)]
    assert redact.redacted([*names, TOKEN, *names]) == (*names, "…", *names)


@pytest.mark.parametrize("name", ["@babel/plugin-transform-async-to-generator", "@rollup/rollup-linux-x64-gnu", "is-odd", f"x-{DIGEST}"])
def test_names_of_packages_stay(name: str) -> None:
    one = verdict(name=name)
    assert redaction.verdict(one) == one


def test_plain_names_load_nothing() -> None:
    code = (
        "import sys\nfrom scanner import redaction\nfrom tests.unit.test_redaction import verdict\n"
        "redaction.verdict(verdict(name='@babel/plugin-transform-async-to-generator', version='10.20.30-beta.4'))\n"
        "print('hyperscan' in sys.modules)\n"
        "redaction.verdict(verdict(version='ssh:' + '//a:b@c.example'))\n"
        "print('hyperscan' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "True"]
