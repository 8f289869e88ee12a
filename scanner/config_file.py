"""What a ``.security-scan.yml`` may hold, as the JSON Schema and editors show it: sections, their keys, and the words keys take."""

from __future__ import annotations

import datetime as dt  # noqa: TC003 -- msgspec reads the annotations at run time
from enum import Enum
from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from scanner.models import Mode

CONFIG_NAME = ".security-scan.yml"


class Level(Enum):
    """A threshold in words; ``medium`` is ``moderate``."""

    NONE = "none"
    LOW = "low"
    MODERATE = "moderate"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


class Gate(Enum):
    """Whether something stops the job."""

    BLOCK = "block"
    WARN = "warn"


class OnIncomplete(Enum):
    """What a scan that could not check everything ends as."""

    FAIL = "fail"
    WARN = "warn"


class Resolve(Enum):
    """Whether unpinned requirements are resolved."""

    AUTO = "auto"
    NEVER = "never"


class RuleSet(Enum):
    """Which secret rules are in force."""

    DEFAULT = "default"
    DETECT_SECRETS = "detect-secrets"


class _Section(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab"):
    """A mapping of the config file: an unknown key is an error."""


Text = Annotated[str, Meta(min_length=1)]
_AUDIT = ["block", {"mode": "warn", "level": "critical"}]


class AuditEntry(_Section, frozen=True):
    """One audit with its own level."""

    mode: Annotated[Mode, Meta(description="block fails the job, warn only shows, off does not run")] = Mode.BLOCK
    level: Annotated[Level | UnsetType, Meta(description="the least severity that blocks here; default: fail-on")] = UNSET


class Audits(_Section, frozen=True):
    """What each package manager's audit does to the job."""

    python: Annotated[Mode | AuditEntry | UnsetType, Meta(description="requirements, poetry, uv, pdm, Pipenv", examples=_AUDIT)] = UNSET
    npm: Annotated[Mode | AuditEntry | UnsetType, Meta(description="package-lock.json and bun.lock", examples=_AUDIT)] = UNSET
    pnpm: Annotated[Mode | AuditEntry | UnsetType, Meta(description="pnpm-lock.yaml", examples=_AUDIT)] = UNSET
    yarn: Annotated[Mode | AuditEntry | UnsetType, Meta(description="yarn.lock", examples=_AUDIT)] = UNSET


class Dependencies(_Section, frozen=True):
    """How dependencies are audited."""

    include_dev: Annotated[bool | UnsetType, Meta(description="audit development dependencies too")] = UNSET
    resolve: Annotated[Resolve | UnsetType, Meta(description="auto resolves unpinned requirements; never makes them a problem")] = UNSET
    allow_unaudited: Annotated[
        tuple[Text, ...] | UnsetType,
        Meta(description="package names or manifest globs that may stay unaudited", examples=[["my-package", "libs/*/package.json"]]),
    ] = UNSET


class PatternExamples(_Section, frozen=True):
    """Lines a pattern must find, and lines it must leave alone."""

    match: Annotated[tuple[str, ...], Meta(description="lines that it must find", examples=[["KEY = ours_0123456789abcdef"]])] = ()
    ignore: Annotated[tuple[str, ...], Meta(description="lines that it must leave alone", examples=[["KEY = ours_"]])] = ()


class Pattern(_Section, frozen=True):
    """A secret rule of the team's own."""

    id: Annotated[
        str,
        Meta(
            pattern=r"^[a-z0-9][a-z0-9._-]*$",
            description="lower-case letters, digits, dot, dash, underscore",
            examples=["our-service-token"],
        ),
    ]
    description: Annotated[Text, Meta(description="what leaks, in a few words", examples=["Token of our service"])]
    regex: Annotated[Text, Meta(description="PCRE syntax without look-around and back-references", examples=["ours_[a-f0-9]{16}"])]
    keywords: Annotated[
        tuple[Text, ...], Meta(description="one of these must stand in the file, or the regex is not tried", examples=[["ours_"]])
    ] = ()
    paths: Annotated[tuple[Text, ...], Meta(description="globs; empty means every file", examples=[["apps/web/src/**/*.ts"]])] = ()
    exclude: Annotated[tuple[Text, ...], Meta(description="globs of files that are left out", examples=[["**/*.test.ts"]])] = ()
    severity: Annotated[Level, Meta(description="of its findings; default high")] = Level.HIGH
    entropy: Annotated[float, Meta(ge=0, le=8, description="least Shannon entropy of the value, bits per character", examples=[3.5])] = 0.0
    allow: Annotated[tuple[Text, ...], Meta(description="regexes on the value that make it no secret", examples=[["_example$"]])] = ()
    examples: Annotated[PatternExamples, Meta(description="proved before every scan")] = PatternExamples()


class Secrets(_Section, frozen=True):
    """How secrets are looked for."""

    mode: Annotated[Mode | UnsetType, Meta(description="block fails the job, warn only shows, off does not look; default block")] = UNSET
    rules: Annotated[RuleSet | UnsetType, Meta(description="detect-secrets: exactly what detect-secrets itself would report")] = UNSET
    disable: Annotated[tuple[Text, ...] | UnsetType, Meta(description="rule ids", examples=[["entropy-hex"]])] = UNSET
    patterns: Annotated[tuple[Pattern, ...], Meta(description="the team's own rules")] = ()


class Allow(_Section, frozen=True):
    """An accepted finding."""

    id: Annotated[Text, Meta(description="advisory id or any alias, or a secret rule id", examples=["GHSA-xxxx-xxxx-xxxx"])]
    reason: Annotated[Text, Meta(description="why this is accepted; reviewers read it", examples=["only our own arguments reach it"])]
    expires: Annotated[
        dt.date | None, Meta(description="last day it holds; required for high and critical findings", examples=["2027-01-31"])
    ] = None
    package: Annotated[str, Meta(description="only in this package", examples=["lodash"])] = ""
    version: Annotated[str, Meta(description="only in this version of it", examples=["4.17.20"])] = ""
    path: Annotated[str, Meta(description="only in files that this glob matches", examples=["tests/fixtures/**"])] = ""
    fingerprint: Annotated[str, Meta(description="only this finding: its id in the JSON report")] = ""


class ConfigFile(_Section, frozen=True):
    """Security Scan Gate configuration (.security-scan.yml)."""

    fail_on: Annotated[Level | UnsetType, Meta(description="the least severity that blocks; default high")] = UNSET
    unknown_severity: Annotated[Gate | UnsetType, Meta(description="advisories that nobody has scored; default block")] = UNSET
    on_incomplete: Annotated[OnIncomplete | UnsetType, Meta(description="warn is the only way to make an incomplete scan green")] = UNSET
    block_existing: Annotated[bool | UnsetType, Meta(description="whether findings that the base already has block; default true")] = UNSET
    unfixed: Annotated[Gate | UnsetType, Meta(description="advisories without a fix; default block")] = UNSET
    timeout: (
        Annotated[int, Meta(gt=0, lt=1_000_000, description="seconds for the whole scan; default 1800", examples=[600])] | UnsetType
    ) = UNSET
    audits: Annotated[Audits, Meta(description="what each package manager's audit does to the job")] = Audits()
    exclude: Annotated[
        tuple[Text, ...] | UnsetType,
        Meta(description="gitignore patterns, on top of .gitignore; for commits, too", examples=[["third-party/**"]]),
    ] = UNSET
    dependencies: Annotated[Dependencies, Meta(description="how dependencies are audited")] = Dependencies()
    secrets: Annotated[Secrets, Meta(description="how secrets are looked for")] = Secrets()
    allow: Annotated[tuple[Allow, ...], Meta(description="accepted findings")] = ()
