"""Files in, accepted candidates out: hyperscan proposes, ``spans`` finds the place, the rule's conditions and ``judge`` decide."""

from __future__ import annotations

import os
from itertools import chain, groupby
from typing import TYPE_CHECKING

from msgspec.structs import replace

from scanner import globs
from scanner.errors import WorkspaceError
from scanner.secrets import compile as compiled
from scanner.secrets import decode, filenames, found, inline, judge, kinds, place, reading, spans, spoken
from scanner.secrets.found import Found
from scanner.secrets.judged import judged
from scanner.secrets.news import Change, News
from scanner.secrets.sight import Sight
from scanner.secrets.strings import Strings
from scanner.secrets.tally import MOST_PER_RULE
from scanner.secrets.team import Team

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from scanner.models import File
    from scanner.secrets import Opener, Options, Rule
    from scanner.secrets.tally import Tally

    Windows = Callable[[], Iterable[reading.Window]]


class Engine:
    """The rules in force, loaded. One to a process: its scratch space is not shared."""

    def __init__(self, options: Options) -> None:
        self._compiled = compiled.ready(options.rules)
        self._off = frozenset(number for number, rule in enumerate(self._compiled.rules) if rule.id in options.disable)
        self._placed = tuple(dict.fromkeys(glob for number in (self._compiled.placed.numbers if self._compiled.placed else ())
                                           for glob in self._compiled.rules[number].paths))
        self._strings = Strings(self._compiled.strings, options.disable) if self._compiled.strings else None
        own = tuple(rule for rule in options.patterns if rule.id not in options.disable)
        self._team = Team(own) if own else None
        self._keywords = spoken.Keywords((*self._compiled.rules, *own))
        self._baseline = options.baseline
        self._disabled = options.disable
        self._news = News(self._compiled, self._team, own, self._for)
        self.kind = kinds.teller((*self._compiled.rules, *own), options)

    def scan(self, file: File, open_file: Opener, tally: Tally) -> None:
        """Read one file and add what it holds to ``tally``; what cannot be read becomes a Problem there."""
        kind = filenames.suspect(file.path)
        if not kind and reading.binary_name(file.path):
            return tally.skip(file.path, "binary")
        try:
            handle = open_file(file.name)
        except WorkspaceError as error:
            return tally.problem(file.path, error.reason, error.hint)
        try:
            if kind:
                head = reading.head(handle, file.size)
                os.lseek(handle, 0, os.SEEK_SET)
                tally.add(file.path, self.whole(file.path, head), self._baseline.get(file.path, frozenset()))
            self._read(file, handle, tally)
        except OSError as error:
            tally.problem(file.path, f"cannot be read: {error.strerror}", "check the file and the disk it is on")
        finally:
            os.close(handle)
        return None

    def whole(self, path: str, data: bytes) -> list[Found]:
        """The file, where it is a secret itself: what it holds, up to a window, is the value."""
        kind = filenames.suspect(path)
        if not kind or kind.id in self._disabled or not filenames.fits(kind, data[: filenames.HEAD]):
            return []
        rule, data = filenames.rule(kind), data[: reading.WINDOW]
        return [Found(rule=rule, severity=rule.severity, start=0, end=len(data), value=data.decode("latin-1"), detector=rule.id)]

    def text(self, path: str, data: bytes, tally: Tally) -> list[Found]:
        """The secrets of a file's bytes in memory, with their places; none where they are binary."""
        if reading.binary_name(path):
            return []
        return self._windows(path, reading.split(data), lambda: reading.split(data), tally)

    def changed(self, path: str, data: bytes, before: bytes, tally: Tally) -> list[Found]:
        """What ``text`` finds where ``data`` differs from ``before``, a version of the file that was looked at already; what stands near
        by may be among it, as a line may make a secret of the one below."""
        change = Change(path, data, before, *reading.difference(data, before))
        span = self._news.span(change)
        if span is None:
            tally.bytes += change.high - change.low
            return []
        return [item for item in self.text(path, data, tally) if self._news.touches(item, span)]

    def _for(self, path: str) -> tuple[compiled.Part, ...]:
        """The rules for files of certain paths, where this is one."""
        placed = self._compiled.placed
        return (placed,) if placed and globs.matches(self._placed, path) else ()

    def _read(self, file: File, handle: int, tally: Tally) -> None:
        def again() -> Iterable[reading.Window]:
            os.lseek(handle, 0, os.SEEK_SET)
            return reading.windows(handle, file.size)

        before = tally.bytes
        items = self._windows(file.path, reading.windows(handle, file.size), again, tally)
        if tally.bytes == before and file.size:
            return tally.skip(file.path, "binary")
        tally.files += 1
        if items:
            tally.add(file.path, items, self._baseline.get(file.path, frozenset()))
        return None

    def _windows(self, path: str, windows: Iterable[reading.Window], again: Windows, tally: Tally) -> list[Found]:
        """What is found in a text, with its places. To count the lines of a large one takes half as long as to look for secrets in it: that
        is done where there are some, in the same windows once more."""
        windows, said, count = self._said(windows, again)
        found: list[list[Found]] = []
        for window in windows:
            tally.bytes += window.end - window.begin
            found.append(self._window(path, window, tally, said))
        if len(found) != count:
            raise WorkspaceError("changed while it was read", subject=path, hint="scan again when nothing writes to it")
        if not any(found):
            return []
        cursor = place.Cursor()
        pairs = zip((window,) if len(found) == 1 else again(), found, strict=True)
        return [item for window, items in pairs for item in _located(window, items, cursor)]

    def _said(self, windows: Iterable[reading.Window], again: Windows) -> tuple[Iterable[reading.Window], frozenset[bytes] | None, int]:
        """The windows of a text; where they are several, the keywords that stand in any of them; how many they are."""
        rest = iter(windows)
        first = next(rest, None)
        if first is None or first.end == len(first.data):
            return ((first,), None, 1) if first else ((), None, 0)
        said, count = self._keywords.said(chain((first,), rest))
        return again(), said, count

    def _window(self, path: str, window: reading.Window, tally: Tally, said: frozenset[bytes] | None) -> list[Found]:
        items = self._look(Sight(path, window.data, said), tally, range(window.begin, window.end))
        return found.apart(item for item in items if window.begin <= item.start < window.end) if items else items

    def _look(self, sight: Sight, tally: Tally, own: range, depth: int = 0) -> list[Found]:
        """Everything that any rule accepts; what is wrapped where its trigger is the window's ``own``. ``depth`` is how many wrappings were
        taken off the text."""
        items: list[Found] = []
        ends = self._compiled.hot.matcher.ends(sight.data)
        if ends or sight.said:
            part = self._compiled.hot
            items += self._rules(sight, part, ends, tally)
            others = [(number - len(part.numbers), end) for number, end in ends if number >= len(part.numbers)]
            if others or sight.said:
                items += self._others(sight, others, tally, own, depth)
        if self._strings:
            items += self._strings.find(sight, tally)
        for part in self._for(sight.path):
            items += self._rules(sight, part, part.matcher.ends(sight.data), tally)
        if self._team:
            items += self._team.find(sight, tally)
        return items

    def _others(self, sight: Sight, others: list[tuple[int, int]], tally: Tally, own: range, depth: int) -> Iterator[Found]:
        """What follows from matches that are no rule's: ``(place among the wrapped kinds, then the words; end)``."""
        first = len(self._compiled.wrapped)
        asked = {one for number, _ in others if number >= first for one in self._compiled.words[number - first]} | self._called(sight.said)
        for weak in (self._compiled.weak[one] for one in sorted(asked)):
            yield from self._rules(sight, weak, weak.matcher.ends(sight.data), tally)
        for which, kind in enumerate(self._compiled.wrapped if depth < decode.DEPTH else ()):
            for run in decode.unwrap(sight.data, kind, [end for number, end in others if number == which and end - 1 in own]):
                inside = found.apart(self._look(Sight(sight.path, run.data), tally, range(len(run.data)), depth + 1))
                for item in {(item.rule.id, item.value): item for item in inside}.values():
                    yield replace(item, start=max(run.start, own.start), end=run.end, wrapped=(kind, *item.wrapped))

    def _called(self, said: frozenset[bytes] | None) -> set[int]:
        """The places in ``weak`` of the rules for which one of these keywords calls."""
        numbers = (part.numbers[0] for part in self._compiled.weak) if said else ()
        return {place for place, number in enumerate(numbers) if said and not said.isdisjoint(spoken.folded(self._compiled.rules[number]))}

    def _rules(self, sight: Sight, part: compiled.Part, ends: list[tuple[int, int]], tally: Tally) -> Iterator[Found]:
        by_rule: dict[int, list[int]] = {}
        for number, end in ends:
            if number < len(part.numbers):
                by_rule.setdefault(part.numbers[number], []).append(end)
        for number, places in sorted(by_rule.items()):  # of equals the first in the rule files is told, whatever the engine makes of them
            rule = self._compiled.rules[number]
            if number in self._off or not sight.applies(rule, places[0]):
                continue
            if reason := judge.file(rule, sight.path):
                tally.reject(sight.path, rule.id, reason)
            else:
                yield from _rule(rule, sight, places, tally)


def _rule(rule: Rule, sight: Sight, ends: list[int], tally: Tally) -> Iterator[Found]:
    """What a rule accepts; of a window that is full of it no more than it takes to say so."""
    form, left = spans.shape(rule.regex), MOST_PER_RULE
    hopeless = judge.value(rule) if not tally.explain else None  # that is told more exactly by who sees the place, too
    if hopeless:  # most values are no secrets of the rule, and finding where a match begins costs more than saying so
        ends = [end for end in ends if (value := spans.value(form, sight.data, end)) is None or hopeless(value) is None]
    for match in spans.matches(form, sight.data, ends):
        start, end = form.value(match)
        if not hopeless or not hopeless(sight.data[start:end]):
            found = list(judged(sight, sight.candidate(rule, match), (start, end), rule.id, tally))
            yield from found
            left -= len(found)
            if left < 0:
                return tally.full(sight.path, rule)


def _located(window: reading.Window, items: list[Found], cursor: place.Cursor) -> Iterator[Found]:
    """The findings of a window with their lines and columns; the cursor stands at the window's end then."""
    cursor.enter(window.data, window.begin)
    for span, here in groupby(items, lambda item: (item.start, item.end)):  # several may stand in one run of wrapped text
        start, end = cursor.move(span[0]), cursor.move(span[1])
        for item in here:
            yield found.placed(item, start, end, inline.word(window.data, *span, item.rule.id))
    if window.end < len(window.data):
        cursor.leave(window.end)
