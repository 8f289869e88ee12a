"""Sentences that several reports share."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from scanner.models import Finding, Step
from scanner.reporters import Style, _advice, reporter
from scanner.reporters import _wording as wording
from scanner.reporters.markdown import comment
from tests.unit.reporters import sample

COMMANDS = [
    "npm install lib@1.2.3 -w apps/web", "npm update lib", "cd apps/web && npm install lib@1.2.3", "cd 'a && b' && yarn up lib@1.2.3",
    "pnpm --filter ./apps/web update lib@1.2.3", "bun add lib@1.2.3", "uv lock --upgrade-package lib", "poetry update lib",
    "pdm update lib", "pipenv update lib",
]  # fmt: skip
SENTENCES = [
    "change line 8 of services/api/requirements.txt to pyyaml==5.4", "lock again with lib>=1.2.3", "add lib>=1.2.3 to requirements.txt",
    'add "lib": "1.2.3" to overrides in package.json, then npm install', "pyproject.toml:5: allow lib>=1.2.3, then poetry update lib",
    "compile requirements.txt again with --upgrade-package lib==1.2.3", "",
    "change line 4 of requirements.txt to what this prints: echo lib==1.2.3 | uv pip compile - --no-deps --no-header --generate-hashes",
]  # fmt: skip


def fixed_by(fix: str) -> Finding:
    found = sample.jinja("GHSA-aaaa-1111-bbbb", sample.Severity.HIGH, sample.Origin.EXISTING)
    assert found.vulnerable is not None
    return replace(found, vulnerable=replace(found.vulnerable, fix=(Step(text=fix),)))


@pytest.mark.parametrize(("fix", "typed"), [*((fix, True) for fix in COMMANDS), *((fix, False) for fix in SENTENCES)])
def test_only_a_command_is_set_as_one(fix: str, typed: bool) -> None:
    found = fixed_by(fix)
    assert _advice.typed(found) is typed
    verdict = replace(sample.clean(), judged=(sample.Judged(finding=found, blocking=True),))
    assert ('<code class="fix">' in reporter("html").render(verdict, Style())) is typed
    (row,) = [line for line in reporter("markdown").render(verdict, Style()).splitlines() if "jinja2" in line]
    assert (f"| `{fix}` |" in row) is typed


def test_a_secret_has_no_command() -> None:
    assert not _advice.typed(sample.token())


PUT = "Not a secret? Accept it: put "
ENTRY = "an allow entry into .security-scan.yml"


@pytest.mark.parametrize(
    ("revoke", "said"),
    [
        ("Delete it in the settings.", "Delete it in the settings; then take it out of the code"),
        ("", "Take it out of the code; a value that was live must be revoked where it was issued"),
    ],
)
def test_what_nobody_knows_how_to_revoke_may_be_a_mere_name(revoke: str, said: str) -> None:
    found = sample.token()
    assert found.secret is not None
    assert wording.remedy(replace(found, secret=replace(found.secret, revoke=revoke))) == said


def in_commit() -> Finding:
    found = sample.token()
    assert found.secret is not None
    return replace(found, secret=replace(found.secret, commit="0d1c2b3a49586776859403f2e1d0c9b8a7f6e5d4"))


@pytest.mark.parametrize(
    ("found", "by_base", "said"),
    [
        ((), False, ""),
        ((sample.minimist(),), False, ""),
        ((sample.token(),), False, f'{PUT}"security-scan: allow github-token reason" in a comment on that line, or {ENTRY}'),
        (
            (sample.minimist(), sample.token(), replace(sample.token(), rule_id="other")), False,
            f'{PUT}"security-scan: allow RULE reason" in a comment on that line, or {ENTRY}',
        ),
        ((in_commit(),), False, f"{PUT}{ENTRY}"),
        (
            (sample.token(),), True,
            "Not a secret? An allow entry in the base's .security-scan.yml accepts it; one of this change does not count",
        ),
    ],
)  # fmt: skip
def test_what_looks_like_a_secret_and_is_none_can_be_accepted(found: tuple[Finding, ...], by_base: bool, said: str) -> None:
    assert _advice.no_secret(found, replace(sample.run(), by_base=by_base)) == said


@pytest.mark.parametrize(
    ("config", "here", "there"),
    [
        (".security-scan.yml", "web/.security-scan.yml", "apps/web/.security-scan.yml"),
        ("../ci/scan.yml", "ci/scan.yml", "apps/ci/scan.yml"),
    ],
)
def test_the_config_file_is_named_where_the_reader_finds_it(config: str, here: str, there: str) -> None:
    verdict = replace(sample.verdict(), run=replace(sample.run(), prefix="apps/web/", here="web/", config=config))
    pages = {name: reporter(name).render(verdict, Style(width=200)) for name in ("console", "github", "markdown", "html")}
    for name, page in (*pages.items(), ("comment", comment(verdict))):
        assert f"an allow entry into {here if name == 'console' else there}" in page.replace("\\", ""), name


def test_the_comment_names_files_as_the_summary_does() -> None:
    verdict = replace(sample.verdict(), run=replace(sample.run(), prefix="sub/"))
    assert f"sub/{sample.API}:4" in comment(verdict)


@pytest.mark.parametrize("name", ["console", "github", "markdown", "html"])
def test_every_report_for_people_says_how_to_accept_a_secret_that_is_none(name: str) -> None:
    def pages(verdict: sample.Verdict) -> int:
        return reporter(name).render(verdict, Style(width=200)).count("Not a secret?")

    assert pages(sample.verdict()) == (2 if name == "github" else 1), "in the log also at the line itself"
    assert pages(replace(sample.verdict(), judged=tuple(replace(one, blocking=False) for one in sample.judged()))) == 0


@pytest.mark.parametrize(
    ("target", "prefix", "commit", "said"),
    [
        (".", "", "", ""), (".", "", "5f0e9b5d2c1a4f3e", "commit 5f0e9b5d2c1a"), ("apps/web", "apps/web/", "", "apps/web"),
        (".", "apps/web/", "5f0e9b5d2c1a4f3e", "apps/web at 5f0e9b5d2c1a"), ("web", "apps/web/", "5f0e9b5d2c1a4f3e", "web at 5f0e9b5d2c1a"),
    ],
)  # fmt: skip
def test_what_was_scanned_and_no_lone_dot(target: str, prefix: str, commit: str, said: str) -> None:
    verdict = replace(sample.clean(), run=replace(sample.run(), target=target, prefix=prefix, commit=commit, base=""))
    assert wording.target(verdict) == said
    head = reporter("console").render(verdict, Style(width=300)).splitlines()[1]
    assert head.startswith(f"  {said} · blocks at high" if said else "  blocks at high")
    assert f"<p>{said}{', ' if said else ''}2026-05-04T10:11:12Z; blocks" in reporter("html").render(verdict, Style())


@pytest.mark.parametrize(
    ("fail_on", "levels", "said"),
    [
        (sample.Severity.HIGH, (), "blocks at high and above"),
        (sample.Severity.CRITICAL, (("npm", sample.Severity.HIGH),), "blocks at critical (npm: high)"),
        (
            sample.Severity.HIGH, (("python", None), ("yarn", sample.Severity.LOW)), "blocks at high and above (python: none, yarn: low)",
        ),
        (None, (("npm", sample.Severity.HIGH),), "no severity blocks (fail-on: none, npm: high)"),
    ],
)  # fmt: skip
def test_the_head_names_the_audits_that_have_a_level_of_their_own(
    fail_on: sample.Severity | None, levels: tuple[tuple[str, sample.Severity | None], ...], said: str
) -> None:
    assert wording.threshold(replace(sample.clean(), run=replace(sample.run(), fail_on=fail_on, levels=levels))) == said
