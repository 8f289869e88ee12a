"""No name, version or word of a report is a secret; where nothing looks like one, nothing is loaded to look."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import msgspec
import pytest

from scanner import redaction
from scanner.models import (
    Advisory,
    Finding,
    Judged,
    Kind,
    Location,
    Notice,
    Outcome,
    Package,
    Problem,
    Run,
    Scanned,
    Severity,
    Skipped,
    Step,
    Suppression,
    Verdict,
    Vulnerable,
)
from scanner.secrets import reading
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


@pytest.mark.parametrize("odd", ["AA\0 and so on", "\0", "\ufeff", "\ufeffa version that is long"])
@pytest.mark.parametrize("place", ["before", "at the start", "inside", "behind"])
def test_a_nul_or_a_byte_order_mark_hides_nothing(odd: str, place: str) -> None:
    from scanner.secrets import redact

    said = {
        "before": (odd, f"of {TOKEN} x"), "at the start": (f"{odd} {TOKEN} x",), "inside": (f"x {odd} {TOKEN} x",), "behind": (TOKEN, odd),
    }
    assert redact.redacted(said[place]) == tuple(text.replace(TOKEN, "…") for text in said[place])


@pytest.mark.parametrize("blanks", [0, 3, reading.WINDOW - 20, reading.WINDOW + 9, 2 * reading.WINDOW + 900_000])
def test_a_very_long_text_is_looked_at_whole(blanks: int) -> None:
    long = f"{'x ' * (blanks // 2)} {TOKEN} {'y ' * (reading.WINDOW // 2 + 100_000)}{TOKEN} end"
    assert redaction.text(long) == long.replace(TOKEN, "…")


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


def accepted(by: str = "config", **fields: str) -> Suppression:
    return Suppression(**{"by": by, "id": "GHSA-1", "reason": "in the build step", **fields})  # type: ignore[arg-type]


FOUND = Finding(
    id="f1", kind=Kind.VULNERABILITY, rule_id="GHSA-1", severity=Severity.HIGH, audit="npm", message=f"left-pad@1 (through {TOKEN})",
    location=Location(path="package-lock.json"),
    vulnerable=Vulnerable(
        package=verdict().packages[0], advisory=Advisory(id="GHSA-1"), paths=((f"{TOKEN[:-1]}v", TOKEN, "left-pad"),),
        fix=(Step(text=f"poetry update {TOKEN}"),),
    ),
)


@pytest.mark.parametrize(
    "said",
    [
        *({"stale": (accepted(**{field: f"a {TOKEN}/x"}),)} for field in ("reason", "id", "package", "version", "path", "fingerprint")),
        {"expired": (accepted(reason=f"it is {TOKEN}"),)}, {"expiring": (accepted(path=f"docs/{TOKEN}/x"),)},
        {"loosened": (Notice(subject=f"allow {TOKEN}", reason=f"{TOKEN} is no longer scanned"),)},
        {"scanned": Scanned(files=1, skipped=(Skipped(path=f"docs/{TOKEN}.png", reason="binary"),))},
        *({"judged": (Judged(finding=FOUND, blocking=False, suppression=accepted(by, reason=TOKEN)),)} for by in ("config", "inline")),
        {"judged": (Judged(finding=FOUND, blocking=True),)},
    ],
    ids=str,
)  # fmt: skip
def test_what_a_policy_says_of_itself_and_names_of_files_are_looked_through(said: dict[str, Any]) -> None:
    whole = msgspec.structs.replace(verdict(name=TOKEN), **said)
    shown = str(redaction.verdict(whole))
    assert "…" in shown
    assert TOKEN[4:-1] not in shown


def test_an_entry_that_says_nothing_secret_stays_as_it_is() -> None:
    entry = accepted(id="GHSA-jf85-cpcp-j695", path="apps/Web/**", fingerprint=DIGEST[:20], reason="only in the build step, see no. 4711")
    skipped = Skipped(path="Docs/Company-Logo.PNG", reason="binary")
    whole = msgspec.structs.replace(verdict(), stale=(entry,), scanned=Scanned(skipped=(skipped,)))
    assert redaction.verdict(whole) == whole


def test_the_place_of_a_finding_stays() -> None:
    place = Location(path=f"docs/{TOKEN}/x", line=3)
    word = accepted("inline", path=place.path, fingerprint="f1", reason=TOKEN)
    found = msgspec.structs.replace(FOUND, location=place, vulnerable=None, message="m")
    whole = msgspec.structs.replace(verdict(), judged=(Judged(finding=found, blocking=False, suppression=word),))
    (judged,) = redaction.verdict(whole).judged
    assert (judged.finding.location, judged.suppression and judged.suppression.reason) == (place, "…")
