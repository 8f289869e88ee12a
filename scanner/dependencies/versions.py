"""Order of versions: an ecosystem and a version text in, a comparable value out. PyPI by PEP 440, npm by SemVer."""

from __future__ import annotations

from functools import lru_cache

from msgspec import Struct

from scanner.dependencies import semver
from scanner.dependencies.intervals import Key  # noqa: TC001 -- msgspec reads the annotations at run time
from scanner.models import canonical


class Parsed(Struct, frozen=True, kw_only=True):
    """A version in its ecosystem's order; ``public`` leaves a PEP 440 local label (``+cu118``) out and equals ``key`` elsewhere."""

    key: Key
    public: Key
    prerelease: bool

    @property
    def local(self) -> bool:
        """Whether the version carries a local label."""
        return self.key != self.public


@lru_cache(maxsize=200_000)
def parse(ecosystem: str, text: str) -> Parsed | None:
    """A version of that ecosystem; None where the text is none (a Git hash, ``2004d``, an empty string) or is longer than any is."""
    if len(text) > semver.LONGEST:
        return None
    return _pep440(text) if ecosystem == "PyPI" else _semver(text)


same_name = lru_cache(maxsize=200_000)(canonical)
"""The form in which two names of one package are equal, kept: the same few are asked for over and over."""


def sort_versions(ecosystem: str, texts: frozenset[str]) -> tuple[str, ...]:
    """The texts that are versions, oldest first; of several spellings of one version the shortest."""
    spellings: dict[Key, str] = {}
    for text in sorted(texts, key=lambda text: (len(text), text)):
        parsed = parse(ecosystem, text)
        if parsed is not None:
            spellings.setdefault(parsed.key, text)
    return tuple(spellings[key] for key in sorted(spellings))


def _semver(text: str) -> Parsed | None:
    key = semver.version_key(text)
    return None if key is None else Parsed(key=key, public=key, prerelease=key[3] != (1,))


def _pep440(text: str) -> Parsed | None:
    from packaging.version import InvalidVersion, Version

    try:
        version = Version(text)
    except InvalidVersion:
        return None
    key = (version,)
    public = (Version(version.public),) if version.local else key
    return Parsed(key=key, public=public, prerelease=version.is_prerelease)
