"""Sentences that several reports share: Verdict and Finding in, short plain text out. No escaping here: each format does its own."""

from __future__ import annotations

import shlex
from collections import Counter
from typing import TYPE_CHECKING

from scanner.models import Origin, Outcome, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scanner.models import Audited, Finding, Step, Suppression, Verdict, Vulnerable

WORST_FIRST = sorted(Severity, reverse=True)


def count(number: int, word: str) -> str:
    """``1 finding``, ``2 findings``, ``1,234 advisories``."""
    several = f"{word[:-1]}ies" if word.endswith("y") else f"{word}s"
    return f"{number:,} {word if number == 1 else several}"


def severities(found: Iterable[Finding]) -> str:
    """``1 critical, 2 high``, worst first; unscored ones last."""
    counts = Counter(one.severity for one in found)
    return ", ".join(f"{counts[severity]:,} {severity.label}" for severity in WORST_FIRST if counts[severity])


def headline(verdict: Verdict) -> str:
    """Verdict and reason in one line: ``failed: 3 findings block (1 critical, 2 high)``."""
    missing = f"{count(len(verdict.problems), 'thing')} could not be checked" if verdict.problems else ""
    if verdict.blocking:
        blocks = "finding blocks" if len(verdict.blocking) == 1 else "findings block"
        reason = f"{len(verdict.blocking):,} {blocks} ({severities(verdict.blocking)})"
        return f"failed: {reason}" + (f"; incomplete: {missing}" if missing else "")
    if verdict.outcome is Outcome.INCOMPLETE:
        allowed = "; on-incomplete is warn, so the job passes" if verdict.exit_code == 0 else ""
        return f"incomplete: {missing or 'not everything was checked'}{allowed}"
    if verdict.outcome is Outcome.FAIL:
        return "failed"
    return f"passed: nothing blocks{_rest(verdict)}" if verdict.judged else "passed: nothing found"


def _rest(verdict: Verdict) -> str:
    warns, accepted = len(verdict.warning), sum(1 for _ in verdict.suppressed)
    parts = [f"{count(warns, 'finding')} only warn{'s' if warns == 1 else ''}"] if warns else []
    parts += [f"{accepted:,} accepted"] if accepted else []
    return f" ({', '.join(parts)})" if parts else ""


def whose(verdict: Verdict) -> str:
    """Whose the blocking findings are: ``12 introduced by this pull request, 3 already on main``; empty where nothing was compared."""
    counts = Counter(_whose(one) for one in verdict.blocking)
    if set(counts) <= {""}:
        return ""
    if len(verdict.blocking) == 1:
        return next(iter(counts))
    known = [f"{number:,} {words}" for words, number in counts.items() if words]
    if len(counts) == 1:
        return f"all {known[0]}"
    return ", ".join(known + ([f"{counts['']:,} of unknown origin"] if counts[""] else []))


def _whose(found: Finding) -> str:
    return "whose advisory was published since" if found.origin is Origin.NEWLY_PUBLISHED else origin(found)


def checked(verdict: Verdict) -> str:
    """``856 packages in 2 manifests, 213 files read``."""
    total = sum(one.packages for one in verdict.audited)
    manifests = f"{count(total, 'package')} in {count(len(verdict.audited), 'manifest')}"
    return f"{manifests}, {count(verdict.scanned.files, 'file')} read for secrets"


def threshold(verdict: Verdict) -> str:
    """``blocks at critical and above (npm: high)``, and what else decides that a reader would not expect."""
    fail_on, run = verdict.run.fail_on, verdict.run
    level = "no severity blocks" if fail_on is None else f"blocks at {fail_on.label}"
    above = " and above" if fail_on not in (None, Severity.CRITICAL) else ""
    named = (*((("fail-on", None),) if fail_on is None else ()), *run.levels)
    own = ", ".join(f"{name}: {'none' if least is None else least.label}" for name, least in named)
    existing = "" if run.block_existing else "; what was there before does not block"
    whose = "; the base's policy judges, not this change's own" if run.by_base else ""
    return f"{level}{above}{f' ({own})' if own else ''}{existing}{whose}"


def origin(found: Finding) -> str:
    """Whose it is: ``introduced by this pull request``, ``already on main``, ``advisory published on DATE``, or nothing."""
    published = found.vulnerable.advisory.published[:10] if found.vulnerable else ""
    return found.origin_note or {
        Origin.INTRODUCED: "introduced by this change",
        Origin.EXISTING: "already there before",
        Origin.NEWLY_PUBLISHED: f"advisory published on {published}" if published else "advisory published since",
        Origin.UNKNOWN: "",
    }[found.origin]


def target(verdict: Verdict) -> str:
    """What was scanned: ``apps/web at 3f2a91c04b7e``; the folder alone where it is no checkout, the commit alone for the whole checkout,
    nothing for the folder where the program was started.
    """
    run = verdict.run
    commit = run.commit[:12]
    folder = run.prefix.rstrip("/") if run.target == "." else run.target
    return f"{folder} at {commit}" if folder and commit else f"commit {commit}" if commit else folder


def origins(found: Iterable[Finding]) -> str:
    """The different origins of a group, worst finding's first."""
    return "; ".join(dict.fromkeys(text for text in map(origin, found) if text))


def subject(found: Finding) -> str:
    """What it is about: ``jinja2 2.11.2``, or the secret's title."""
    if found.vulnerable:
        return f"{found.vulnerable.package.name} {found.vulnerable.package.version}"
    return found.title or found.message or found.rule_id


def ids(found: Finding) -> str:
    """The advisory's id and its CVE where it has one, or the rule's id."""
    cve = next((name for name in found.aliases if name.startswith("CVE-")), "")
    return f"{found.rule_id} ({cve})" if found.vulnerable and cve and cve != found.rule_id else found.rule_id


def about(found: Finding) -> str:
    """What is wrong, without the title that stands beside it: the advisory's summary, or the rest of a secret's message."""
    if found.vulnerable:
        return found.vulnerable.advisory.summary or found.message
    return found.message.removeprefix(found.title).strip(" :") or found.message


def redacted(found: Finding) -> str:
    """What may be shown of a secret, where its message does not show it: ``sk-… (51 characters)``."""
    secret = found.secret
    if secret is None or secret.redacted in found.message:
        return ""
    return f"{secret.redacted} ({count(secret.length, 'character')})"


def remedy(found: Finding) -> str:
    """What to change, in one short sentence."""
    if found.vulnerable:
        return _upgrade(found.vulnerable)
    revoke = found.secret.revoke.rstrip(". ") if found.secret else ""
    if not revoke:  # a team's own pattern: it may match a mere name
        return "Take it out of the code; a value that was live must be revoked where it was issued"
    return f"{revoke}; then take it out of the code"


def _upgrade(vulnerable: Vulnerable) -> str:
    if vulnerable.fix:
        return fix(vulnerable)
    if target := cleared_by(vulnerable):
        return f"upgrade {vulnerable.package.name} to {target}"
    return f"no fixed version yet: replace {vulnerable.package.name}, or accept it with an allow entry and an end date"


def fix(vulnerable: Vulnerable) -> str:
    """The remedy in one line; empty where there is none."""
    return "".join(map(step, vulnerable.fix))


def step(one: Step) -> str:
    """A piece of a remedy."""
    if one.said == "cd":
        return f"cd {shlex.quote(one.text)} && " if one.text else ""
    if one.said == "in":
        return f" (all in {one.text})" if one.text else ""
    return one.text


def cleared_by(vulnerable: Vulnerable) -> str:
    """The version that clears it; empty where there is none."""
    return vulnerable.recommended_version or (vulnerable.fixed_versions[0] if vulnerable.fixed_versions else "")


def path(vulnerable: Vulnerable) -> str:
    """The shortest way from the root to the package, without the root: ``@babel/core > @babel/traverse``; empty where it is direct."""
    ways = sorted(vulnerable.paths, key=len)
    if not ways or len(ways[0]) < 3:
        return ""
    more = f" (and {len(ways) - 1:,} more)" if len(ways) > 1 else ""
    return " > ".join(ways[0][1:]) + more


def source(one: Audited) -> str:
    """Whose advisories of which day; empty where none could be asked."""
    return f"{one.source} of {one.source_date[:10]}" if one.source and one.source_date else one.source


def acceptance(suppression: Suppression) -> str:
    """Who accepted it, why, until when."""
    by = {"config": "allow entry", "inline": "inline comment", "baseline": "baseline"}.get(suppression.by, suppression.by)
    until = f", until {suppression.expires.isoformat()}" if suppression.expires else ""
    return f"{by}{until}: {suppression.reason}" if suppression.reason else f"{by}{until}"


def entry(suppression: Suppression) -> str:
    """An entry that accepts: its id and what narrows it."""
    narrowed = [value for value in (suppression.package, suppression.version, suppression.path, suppression.fingerprint) if value]
    return " ".join([suppression.id, *narrowed])


def together(found: Iterable[Finding]) -> list[tuple[Finding, ...]]:
    """Findings in groups a person fixes at once: one package in one file, or one secret. Order of the worst of each group."""
    groups: dict[tuple[str, ...], list[Finding]] = {}
    for one in found:
        groups.setdefault(_group(one), []).append(one)
    return [tuple(sorted(group, key=_scored)) for group in groups.values()]


def _scored(found: Finding) -> tuple[int, bool]:
    """Sort key within a group: what nobody has scored counts as high, after what somebody has called that."""
    unknown = found.severity is Severity.UNKNOWN
    return -(Severity.HIGH if unknown else found.severity), unknown


def _group(found: Finding) -> tuple[str, ...]:
    if found.vulnerable:
        return (found.location.path, found.vulnerable.package.purl)
    return (found.location.path, found.id)
