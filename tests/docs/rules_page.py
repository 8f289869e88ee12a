"""The page of secret rules, from the rule files: every rule with what leaks, how bad it is, where its format is described, what to do."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from scanner.secrets import detect_secrets, filenames
from scanner.secrets import rules as _rules

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scanner.secrets import Rule

FAMILIES = {
    "ai": (
        "AI providers",
        "Whoever has the key spends on the account, and may read its prompts, files and fine-tuned models.",
    ),
    "arguments": (
        "Passwords and keys passed to calls and commands",
        "The call or the command says that the value is a credential, and often also what it opens.",
    ),
    "assignments": (
        "Passwords, tokens and keys in assignments",
        "The name says that the value is a credential; only its authors know what it opens, so it counts as if it opened all.",
    ),
    "aws": (
        "Amazon Web Services",
        "The key acts as its user or role: it reads buckets, starts machines, and often may make further keys.",
    ),
    "azure": (
        "Microsoft Azure",
        "Storage, message and service keys open all data of the account and cannot be narrowed afterwards.",
    ),
    "chat": (
        "Chat, messaging and telephony",
        "The token reads conversations, speaks in the name of the company, and sends messages at its cost.",
    ),
    "ci": (
        "Continuous integration and code quality",
        "The token starts builds and reads their variables, which hold the keys to everything else.",
    ),
    "commands": (
        "Secrets on command lines",
        "What a script types, everybody reads who reads the script, the history of the shell or the list of processes.",
    ),
    "credentials": (
        "Credentials in URLs, headers and connection strings",
        "User and password stand together with the address they open.",
    ),
    "databases": (
        "Databases, search and data platforms",
        "The credential reads and writes the data itself, past every check of the application.",
    ),
    "google": ("Google", "A service account key or API key acts for the project until somebody revokes it."),
    "hosting": (
        "Hosting and delivery networks",
        "The token changes what visitors get, and where domain names lead.",
    ),
    "infrastructure": (
        "Infrastructure tools",
        "The token reads the secret store or the state of the infrastructure, which hold all other secrets.",
    ),
    "code": (
        "Source code",
        "The password, key or salt is in every clone of the code and in every build of it, and cannot be changed without a new release.",
    ),
    "mail": (
        "Mail and marketing",
        "The key sends mail in the company's name, past the recipients' filters, and reads the address lists.",
    ),
    "network": (
        "Network devices",
        "The key or password opens the router or the switch, or lets a foreign one into the network.",
    ),
    "observability": (
        "Monitoring, logging and feature flags",
        "Logs and traces hold personal data and, too often, further secrets; flags change behaviour.",
    ),
    "payment": (
        "Payment and commerce",
        "The key moves money, issues refunds, and reads customers' orders and payment data.",
    ),
    "private-keys": (
        "Private keys",
        "Whoever has the key is its owner: it signs, decrypts and logs in, and nobody notices.",
    ),
    "records": (
        "Secrets in records, templates and dumps",
        "A name and its value stand in two fields; what wrote them down knew both, and so does whoever reads them.",
    ),
    "registries": (
        "Package and image registries",
        "The token publishes packages that everyone who depends on them then runs.",
    ),
    "saas": (
        "Software services",
        "The token acts as its owner in documents, designs, directories and social networks.",
    ),
    "source-hosts": (
        "Source hosts",
        "The token reads private code and often writes it, workflows and releases included.",
    ),
    "texts": (
        "Passwords in texts and scenarios",
        "What a text says for convenience stays in every copy of it, long after the password was to be changed.",
    ),
}
"""Each rule file's title, and why a leak of its kind matters."""

NAMES = (
    "Some files are secrets as a whole. They are told by their name and, where a few bytes can say, by how they begin; in the history each"
    " version of them is reported."
)
DETECTORS = (
    "Two detectors of detect-secrets, `entropy-hex` and `entropy-base64`, also take part in the default rules, at low severity. With"
    " `secrets: {rules: detect-secrets}` exactly its own detectors judge, under these ids; their severity is ours."
)


CHECKED = {
    "crc32-base62": "its check digits are verified",
    **dict.fromkeys(
        ("assignment", "argument", "stated", "key-bytes", "password", "url-password", "opaque", "base32"), "its value and place are judged"
    ),
    **dict.fromkeys(("basic-auth", "jwt", "pem"), "its content is read"),
    "dumped-hash": "only in data, not in code and texts",
}
"""What is asked of a match beyond its regex, by the check that the rule names."""


def families() -> str:
    """One line a rule file."""
    rows = [f"| [{FAMILIES[name][0]}](rules.md#{_anchor(FAMILIES[name][0])}) | {len(found)} |\n" for name, found in packs().items()]
    return "| family | rules |\n| --- | --- |\n" + "".join(rows)


def _page() -> Iterator[str]:
    """The page's lines."""
    for name, found in packs().items():
        title, why = FAMILIES[name]
        yield f"## {title}\n\n{why}\n\n"
        yield from map(_entry, found)
    yield f"## Files that are secrets\n\n{NAMES}\n\n"
    yield from map(_entry, map(filenames.rule, filenames.KINDS))
    yield f"## Detectors of detect-secrets\n\n{DETECTORS}\n\n"
    yield from map(_entry, detectors())


def rules() -> str:
    """Every rule of every file."""
    return "".join(_page())


@cache
def packs() -> dict[str, tuple[Rule, ...]]:
    """The built-in rules by the name of their file."""
    folder = files("scanner.secrets").joinpath("rules")
    found = sorted((item for item in folder.iterdir() if item.name.endswith(".yaml")), key=lambda item: item.name)
    return {item.name.removesuffix(".yaml"): _rules.read(item.read_text("utf-8"), item.name, shipped=True) for item in found}


def detectors() -> list[Rule]:
    """What stands for each of detect-secrets' detectors."""
    return [detect_secrets.rule(kind) for kind in detect_secrets.types()]


def _entry(rule: Rule) -> str:
    where = [f"only in {', '.join(f'`{glob}`' for glob in rule.paths)}"] if rule.paths else []
    checked = [CHECKED[rule.checksum]] if rule.checksum else []
    source = [f"[format]({rule.reference})"] if rule.reference else []
    facts = "; ".join([f"severity {rule.severity.label}", *where, *checked, *source])
    return f"### {rule.id}\n\n{rule.description} ({facts}). {rule.revoke}\n\n"


def _anchor(title: str) -> str:
    return "".join(char for char in title.lower().replace(" ", "-") if char.isalnum() or char == "-")
