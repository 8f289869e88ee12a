"""A place where a rule's regex matched, with the text around it: what ``judge`` looks at. Lives and dies inside this room."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from scanner.secrets import Rule  # noqa: TC001 -- msgspec reads the annotations at run time

if TYPE_CHECKING:
    from collections.abc import Mapping


class Candidate(Struct, frozen=True, kw_only=True):
    """One match, before anybody said that it is a secret.

    ``text`` is the decoded file around the match (whole lines where they are short, never more than some kilobytes); ``start``, ``end``
    and ``value_start``, ``value_end`` are the match and its value in ``text``. ``groups`` are the regex's named groups that took part;
    the value is the first group whose name begins with ``value``, else the whole match. ``path`` is the file's (POSIX, below the root).
    ``wrapped`` names the encodings that were taken off, outermost first (``base64``, ``url``): ``text`` is then the decoded text.
    """

    rule: Rule
    path: str
    text: str
    start: int
    end: int
    value_start: int
    value_end: int
    groups: Mapping[str, str] = {}
    wrapped: tuple[str, ...] = ()

    @property
    def value(self) -> str:
        """What would be the secret."""
        return self.text[self.value_start : self.value_end]

    @property
    def match(self) -> str:
        """Everything the regex matched."""
        return self.text[self.start : self.end]

    @property
    def key(self) -> str:
        """The named group that begins with ``key``: the name that the value is assigned to; empty where the regex has none."""
        return next((text for name, text in self.groups.items() if name.startswith("key")), "")

    @property
    def line(self) -> str:
        """The line on which the value begins, without its end."""
        first = self.text.rfind("\n", 0, self.value_start) + 1
        last = self.text.find("\n", self.value_start)
        return self.text[first : last if last >= 0 else len(self.text)].rstrip("\r")

    @property
    def before(self) -> str:
        """What stands before the value on its line."""
        return self.text[self.text.rfind("\n", 0, self.value_start) + 1 : self.value_start]

    @property
    def after(self) -> str:
        """What stands after the value on the line on which it ends."""
        last = self.text.find("\n", self.value_end)
        return self.text[self.value_end : last if last >= 0 else len(self.text)].rstrip("\r")
