"""The words of the scanner: severity, kind, scope, origin, mode, outcome."""

from __future__ import annotations

from enum import Enum, IntEnum


class Severity(IntEnum):
    """How bad a finding is; ``medium`` is another word for ``moderate``."""

    UNKNOWN = 0
    LOW = 1
    MODERATE = 2
    HIGH = 3
    CRITICAL = 4

    @property
    def label(self) -> str:
        """The word used in every output: ``critical``, ``high``, ``moderate``, ``low``, ``unknown``."""
        return self.name.lower()


class Kind(Enum):
    """What a finding is about."""

    VULNERABILITY = "vulnerability"
    SECRET = "secret"


class Scope(Enum):
    """What a package is needed for, as its lockfile says."""

    RUNTIME = "runtime"
    DEVELOPMENT = "development"
    OPTIONAL = "optional"
    UNKNOWN = "unknown"


class Origin(Enum):
    """Where a finding comes from, seen from the change under review."""

    INTRODUCED = "introduced"
    EXISTING = "existing"
    NEWLY_PUBLISHED = "newly-published"
    UNKNOWN = "unknown"


class Mode(Enum):
    """What an audit's findings do to the job."""

    BLOCK = "block"
    WARN = "warn"
    OFF = "off"


class Outcome(Enum):
    """The three ends of a scan; ``INCOMPLETE`` is never green."""

    PASS = "pass"
    FAIL = "fail"
    INCOMPLETE = "incomplete"
