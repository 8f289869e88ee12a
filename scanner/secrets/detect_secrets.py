"""The only door to detect-secrets: its plugins and filters judge the lines that hyperscan proposes; they never read a file.

With ``rules: detect-secrets`` the outcome is what ``detect-secrets scan --all-files --no-verify`` reports, its INI and YAML ways included.
"""

from __future__ import annotations

import io
import re
import sys
from contextlib import contextmanager
from functools import cache, partial
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any, NamedTuple

from scanner.models import Severity
from scanner.secrets import Rule, keywords, proposals

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

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

MODULES = {
    "ArtifactoryDetector": "artifactory",
    "AWSKeyDetector": "aws",
    "AzureStorageKeyDetector": "azure_storage_key",
    "Base64HighEntropyString": "high_entropy_strings",
    "BasicAuthDetector": "basic_auth",
    "CloudantDetector": "cloudant",
    "DiscordBotTokenDetector": "discord",
    "GitHubTokenDetector": "github_token",
    "GitLabTokenDetector": "gitlab_token",
    "HexHighEntropyString": "high_entropy_strings",
    "IbmCloudIamDetector": "ibm_cloud_iam",
    "IbmCosHmacDetector": "ibm_cos_hmac",
    "IPPublicDetector": "ip_public",
    "JwtTokenDetector": "jwt",
    "KeywordDetector": "keyword",
    "MailchimpDetector": "mailchimp",
    "NpmDetector": "npm",
    "OpenAIDetector": "openai",
    "PrivateKeyDetector": "private_key",
    "PypiTokenDetector": "pypi_token",
    "SendGridDetector": "sendgrid",
    "SlackDetector": "slack",
    "SoftlayerDetector": "softlayer",
    "SquareOAuthDetector": "square_oauth",
    "StripeDetector": "stripe",
    "TelegramBotTokenDetector": "telegram_token",
    "TwilioKeyDetector": "twilio",
}
"""Its plugins and the modules below ``detect_secrets.plugins`` that hold them: most scans need two or three of them."""

_COMMENT = "pragma:"
_CALL = re.compile(r"[:=!]\s*[\w.-]+[\[\(]")
"""What the filters of lines must find on a line or, the comment, on the one before it."""


class Reported(NamedTuple):
    """One entry of detect-secrets' report, with the value."""

    type: str
    line: int
    value: str


class Line(NamedTuple):
    """A line to judge: its place among the text's lines (from 0), the line before it, and the plugins (class names) that are to look."""

    number: int
    text: str
    above: str
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


def judged(path: str, lines: Iterable[Line]) -> Iterator[Reported]:
    """What detect-secrets finds on the lines, in order; the same type and value only once."""
    seen: set[tuple[str, str]] = set()
    for line in lines:
        for found in _found(path, line):
            if (found.type, found.value) not in seen:
                seen.add((found.type, found.value))
                yield found


def kinds(path: str, above: str, line: str, plugin: str, value: str) -> list[str]:
    """The types under which a plugin reports a value on a line; ``above`` is the line before it."""
    return [found.type for found in _found(path, Line(1, line, above, frozenset((plugin,)))) if found.value == value]


def types() -> list[str]:
    """The names under which its plugins report, in their order."""
    return sorted(_plugin(name).secret_type for name in MODULES)


def settings() -> dict[str, Any]:
    """detect-secrets' default plugins and filters as its baseline writes them."""
    _scan()
    with _without_requests():
        from detect_secrets.settings import get_settings

        get_settings().configure_plugins([{"name": name} for name in MODULES])
        shown: dict[str, Any] = get_settings().json()
    return shown


def _found(path: str, item: Line) -> Iterator[Reported]:
    """Plugins first, the filters of lines after them: the outcome is the same and most lines never see a filter.

    detect-secrets then asks the filters that look at the lines around a value: of them it only has the one that looks at comments, which
    has been asked already, as it looks at the line too.
    """
    scan = _scan()
    line = item.text.rstrip()
    context = scan.snippet(lines=[item.above, item.text], line_number=2)
    candidates = [
        secret
        for plugin in map(_plugin, item.plugins)
        for secret in scan.core._scan_line(plugin=plugin, filename=path, line=line, line_number=item.number + 1, context=context)
    ]
    if candidates and not _left_out(path, line, item.above, context):
        for secret in candidates:
            yield Reported(secret.type, item.number + 1, secret.secret_value)


def _left_out(path: str, line: str, above: str, context: Any) -> bool:
    """What the filters of lines say: a comment allows it, or it is the call that gets the value.

    Each regex for comments holds ``_COMMENT`` as it stands, and the one for calls has ``_CALL`` as a part: where a line holds neither they
    are not asked, as they try each of its characters, and it may be as long as the file.
    """
    if _CALL.search(line) is None and _COMMENT not in line and _COMMENT not in above:
        return False
    return bool(_scan().core._is_filtered_out(required_filter_parameters=["line"], filename=path, line=line, context=context))


class _Scan(NamedTuple):
    core: Any
    snippet: Any
    transform: Any


@cache
def _scan() -> _Scan:
    """detect-secrets with its default settings, but without what touches the disk (is it a file?) or the network (verification)."""
    with _without_requests():
        from detect_secrets.core import scan
        from detect_secrets.settings import get_settings
        from detect_secrets.transformers import get_transformed_file
        from detect_secrets.util.code_snippet import get_code_snippet

    chosen = get_settings()
    chosen.clear()
    common = "detect_secrets.filters.common."
    chosen.disable_filters(f"{common}is_invalid_file", f"{common}is_ignored_due_to_verification_policies")
    return _Scan(core=scan, snippet=get_code_snippet, transform=get_transformed_file)


@cache
def _plugin(name: str) -> Any:
    """The plugin of this class name as detect-secrets itself sets it up: with its own defaults."""
    with _without_requests():
        module = import_module(f"detect_secrets.plugins.{MODULES[name]}")
    plugin = getattr(module, name)()
    if name in proposals.LEAST_DISTINCT:
        plugin.analyze_string = partial(_various, plugin.analyze_string, proposals.LEAST_DISTINCT[name])
    if name == "KeywordDetector":
        plugin.analyze_string = partial(_keyword, plugin.analyze_string, module.DENYLIST)
    return plugin


def _various(asked: Callable[[str], Iterator[str]], least: int, text: str) -> Iterator[str]:
    """An entropy plugin's strings without those of so few different characters that it would count them in vain: what it does not report
    has no say in what else it reports."""
    return (value for value in asked(text) if len(set(value)) >= least)


def _keyword(asked: Any, words: tuple[str, ...], text: str, denylist_regex_to_group: Mapping[re.Pattern[str], int]) -> Iterator[str]:
    """The keyword plugin, whose regexes are only asked where one of its words stands."""
    found: Iterator[str] = asked(text, {_near(regex, words): group for regex, group in denylist_regex_to_group.items()})
    return found


@cache
def _near(regex: re.Pattern[str], words: tuple[str, ...]) -> keywords.Near | re.Pattern[str]:
    return keywords.Near(regex, words) if keywords.begins_with(regex, words) else regex


class _Later(ModuleType):
    """Stands for ``requests`` where detect-secrets imports it: whoever asks it for anything gets the real one's answer, loaded then.

    Only verification asks, and that is never done here; loading it costs each process more than all the rest of detect-secrets.
    """

    Response: Any = None
    """What annotations name that are evaluated when a plugin is imported."""

    def __getattr__(self, name: str) -> Any:
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]
        return getattr(import_module(self.__name__), name)


@contextmanager
def _without_requests() -> Iterator[None]:
    """Imports in the block take ``requests`` for what is loaded when it is used; all others go on to get the real one."""
    name = "requests"
    if name in sys.modules:
        yield
        return
    later = sys.modules[name] = _Later(name)
    try:
        yield
    finally:
        if sys.modules.get(name) is later:
            del sys.modules[name]
