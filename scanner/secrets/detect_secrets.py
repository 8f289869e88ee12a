"""The only door to detect-secrets: its plugins and filters judge the lines that hyperscan proposes; they never read a file.

With ``rules: detect-secrets`` the outcome is what ``detect-secrets scan --all-files --no-verify`` reports, its INI and YAML ways included.
"""

from __future__ import annotations

import io
import re
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from scanner.models import Severity
from scanner.secrets import Rule, proposals

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

IDS = {"Hex High Entropy String": "entropy-hex", "Base64 High Entropy String": "entropy-base64", "Secret Keyword": "secret-keyword"}
SEVERITIES = {
    "Hex High Entropy String": Severity.LOW,
    "Base64 High Entropy String": Severity.LOW,
    "Public IP (ipv4)": Severity.LOW,
    "Secret Keyword": Severity.MODERATE,
    "Basic Auth Credentials": Severity.MODERATE,
    "Artifactory Credentials": Severity.MODERATE,
    "Private Key": Severity.CRITICAL,
}
"""What is not named here is a provider's token: high."""


class Reported(NamedTuple):
    """One entry of detect-secrets' report, with the value."""

    type: str
    line: int
    value: str


class Line(NamedTuple):
    """A line to judge: its place among the text's lines and the plugins (class names) that may find something on it; none: all of them."""

    number: int
    plugins: frozenset[str]


@cache
def rule(kind: str) -> Rule:
    """The rule that stands for a detector, by detect-secrets' type name."""
    words = re.sub(r"[^a-z0-9]+", "-", kind.lower()).strip("-")
    return Rule(id=IDS.get(kind, f"detect-secrets-{words}"), description=kind, regex="", severity=SEVERITIES.get(kind, Severity.HIGH))


def file_is_left_out(path: str) -> bool:
    """Whether detect-secrets does not look into a file of this name."""
    return bool(_scan().core._is_filtered_out(required_filter_parameters=["filename"], filename=path))


def transformed(path: str, text: str, *, eager: bool) -> list[str] | None:
    """The lines detect-secrets makes of an INI or YAML file before it looks; None where it takes the file as it is."""
    file = io.StringIO(text)
    file.name = path
    lines: list[str] | None = _scan().transform(file, use_eager_transformers=eager)
    return lines or None


def judged(path: str, lines: Sequence[str], wanted: Iterable[Line]) -> Iterator[Reported]:
    """What detect-secrets finds on the wanted lines, in order; the same type and value only once."""
    seen: set[tuple[str, str]] = set()
    for item in wanted:
        for found in _line(path, lines, item):
            if (found.type, found.value) not in seen:
                seen.add((found.type, found.value))
                yield found


def kinds(path: str, above: str, line: str, plugin: str, value: str) -> list[str]:
    """The types under which a plugin reports a value on a line; ``above`` is the line before it."""
    return [found.type for found in _line(path, (above, line), Line(1, frozenset((plugin,)))) if found.value == value]


def settings() -> dict[str, Any]:
    """detect-secrets' default plugins and filters as its baseline writes them."""
    from detect_secrets.settings import get_settings

    _scan()
    shown: dict[str, Any] = get_settings().json()
    return shown


def telling(data: bytes, plugin: str, end: int) -> bool:
    """Whether a proposal can come to anything: a string of few different characters never exceeds the entropy plugins' limits."""
    least = proposals.LEAST_DISTINCT.get(plugin, 0)
    if not least:
        return True
    start = data.rfind(data[end - 1 : end], 0, end - 1) + 1
    return len(set(data[start : end - 1])) >= least


def _line(path: str, lines: Sequence[str], item: Line) -> Iterator[Reported]:
    """Plugins first, the line's filters after them: the outcome is the same and most lines never see a filter."""
    scan = _scan()
    line = lines[item.number].rstrip()
    context = scan.snippet(lines=lines, line_number=item.number + 1)
    wanted = [plugin for plugin in scan.plugins if not item.plugins or type(plugin).__name__ in item.plugins]
    candidates = [
        (plugin, secret)
        for plugin in wanted
        for secret in scan.core._scan_line(plugin=plugin, filename=path, line=line, line_number=item.number + 1, context=context)
    ]
    filtered = scan.core._is_filtered_out
    if not candidates or filtered(required_filter_parameters=["line"], filename=path, line=line, context=context):
        return
    for plugin, secret in candidates:
        value = secret.secret_value
        if not filtered(required_filter_parameters=["context"], filename=path, secret=value, plugin=plugin, line=line, context=context):
            yield Reported(secret.type, item.number + 1, value)


class _Scan(NamedTuple):
    core: Any
    plugins: tuple[Any, ...]
    snippet: Any
    transform: Any


@cache
def _scan() -> _Scan:
    """detect-secrets with its default settings, but without what touches the disk (is it a file?) or the network (verification)."""
    from detect_secrets.core import scan
    from detect_secrets.core.plugins.util import get_mapping_from_secret_type_to_class
    from detect_secrets.settings import get_plugins, get_settings
    from detect_secrets.transformers import get_transformed_file
    from detect_secrets.util.code_snippet import get_code_snippet

    classes: dict[str, Any] = dict(get_mapping_from_secret_type_to_class())
    names = [{"name": plugin.__name__} for plugin in classes.values()]
    chosen = get_settings()
    chosen.clear()
    chosen.configure_plugins(names)
    common = "detect_secrets.filters.common."
    chosen.disable_filters(f"{common}is_invalid_file", f"{common}is_ignored_due_to_verification_policies")
    return _Scan(core=scan, plugins=tuple(get_plugins()), snippet=get_code_snippet, transform=get_transformed_file)
