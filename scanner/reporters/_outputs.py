"""What later steps read in ``if:`` expressions: Verdict in, names and values out, and the text of the GITHUB_OUTPUT file."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from scanner.models import Kind, Severity

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scanner.models import Verdict


def outputs(verdict: Verdict, *, json_file: str = "", sarif_file: str = "") -> dict[str, str]:
    """The action's outputs. Counts leave accepted findings out; a file is empty where none was asked for."""
    severities = Counter(found.severity for found in verdict.active)
    kinds = Counter(found.kind for found in verdict.active)
    counts = {
        "blocking": len(verdict.blocking),
        "findings": len(verdict.active),
        **{one.label: severities[one] for one in (Severity.CRITICAL, Severity.HIGH, Severity.MODERATE, Severity.LOW)},
        "vulnerabilities": kinds[Kind.VULNERABILITY],
        "secrets": kinds[Kind.SECRET],
    }
    numbers = {name: str(number) for name, number in counts.items()}
    return {"verdict": verdict.outcome.value, **numbers, "json-file": json_file, "sarif-file": sarif_file}


def output_block(values: Mapping[str, str], delimiter: str) -> str:
    """Text to append to GITHUB_OUTPUT. Raises ``ValueError`` when a value holds the delimiter: take another random one and try again."""
    if not delimiter or not delimiter.isalnum() or any(delimiter in value for value in values.values()):
        raise ValueError("the delimiter is empty, not alphanumeric, or part of a value")
    return "".join(f"{name}<<{delimiter}\n{value}\n{delimiter}\n" for name, value in values.items())
