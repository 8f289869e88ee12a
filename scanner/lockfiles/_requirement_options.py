"""The options of a line of a requirements file in, what they include out; read as pip reads them, refused where pip refuses them.

https://pip.pypa.io/en/stable/reference/requirements-file-format/
"""

from __future__ import annotations

import re
import shlex
from functools import cache
from typing import TYPE_CHECKING, NamedTuple, NoReturn

from scanner.errors import ParseError

if TYPE_CHECKING:
    from optparse import OptionParser

_HINT = "what the line asks for is not audited"
_HASHES = re.compile(r"(?:--hash(?:=|\s++)\S++\s*+)+$")
_INCLUDES: tuple[tuple[str, ...], ...] = (("-r", "--requirement"), ("-c", "--constraint"), ("-e", "--editable"))
_VALUES = (
    *(("-i", "--index-url", "--pypi-url"), ("-f", "--find-links"), ("-C", "--config-settings"), ("--extra-index-url",), ("--no-binary",)),
    *(("--only-binary",), ("--trusted-host",), ("--use-feature",), ("--hash",), ("--all-releases",), ("--only-final",)),
    *(("--global-option",), ("--install-option",), ("--allow-external",), ("--allow-unverified",), ("--retries",)),
    *(("--default-timeout", "--timeout"), ("--cert",), ("--client-cert",)),
)
_FLAGS = (
    *("--no-index", "--pre", "--prefer-binary", "--require-hashes", "--no-require-hashes", "--no-build-isolation"),
    *("--process-dependency-links", "--always-unzip", "--use-wheel", "--no-use-wheel", "--allow-all-external"),
)
"""Those of pip, and of former versions of pip: old files have them still."""


class Included(NamedTuple):
    """What a line includes: its kind (``requirement``, ``constraint`` or ``editable``) and the path or URL."""

    kind: str
    value: str


def included(text: str) -> list[Included]:
    """Everything that an option line includes, in pip's order. Raises ParseError for what pip refuses; no message shows the text."""
    try:
        words = shlex.split(text)
    except ValueError as error:
        raise ParseError("quotes that do not close", hint=_HINT) from error
    options, _ = _parser().parse_args(words)
    kinds = ("editable", "requirement", "constraint")
    return [Included(kind, value.lstrip("=")) for kind in kinds for value in getattr(options, kind) or ()]


def refuse_unknown(text: str) -> None:
    """Raise ParseError for options behind a requirement that pip refuses, or that include something: pip passes over that."""
    if text and not _HASHES.match(text) and included(text):
        raise ParseError("includes something behind a requirement, which pip passes over", hint=f"put it on a line of its own; {_HINT}")


@cache
def _parser() -> OptionParser:
    """pip's own kind of parser, with its rules for abbreviations."""
    from optparse import SUPPRESS_HELP, OptionParser

    class Parser(OptionParser):
        def error(self, msg: str) -> NoReturn:  # noqa: ARG002 -- it quotes the line
            raise ParseError("options that pip refuses", hint=_HINT)

    parser = Parser(add_help_option=False)
    for names in (*_INCLUDES, *_VALUES):
        parser.add_option(*names, action="append", help=SUPPRESS_HELP)
    for name in _FLAGS:
        parser.add_option(name, action="store_true", help=SUPPRESS_HELP)
    return parser
