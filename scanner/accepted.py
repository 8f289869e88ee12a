"""Words that accept findings, and what a pull request changes in, those that count and what is to be said of them out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scanner.models import Notice

if TYPE_CHECKING:
    from scanner.changes import Change
    from scanner.models import Location, Suppression
    from scanner.review import Review


def honoured(words: tuple[Suppression, ...], review: Review) -> tuple[Suppression, ...]:
    """Where the base's policy judges, an inline word that the change itself adds accepts nothing."""
    if not review.by_base:
        return words
    return tuple(word for word in words if word.by != "inline" or _stood_before(word, review))


def _stood_before(word: Suppression, review: Review) -> bool:
    """Whether the base has all comments that accept a finding, on the same values; only where that is known."""
    change = review.change
    if change is None or word.commit:
        return change is not None and bool(change.commits) and word.commit not in change.commits
    return bool(word.places) and all(change.knows(one.path) and not change.adds(one) for one in word.places)


def added(words: tuple[Suppression, ...], review: Review) -> tuple[Notice, ...]:
    """The inline words that the change itself adds: shown to the reviewer whoever's policy judges."""
    if review.change is None:
        return ()
    added = (word for word in words if word.by == "inline" and not _stood_before(word, review))
    said = (
        Notice(subject=word.id, reason=f"an inline comment accepts {word.id}: {word.reason}", location=_newest(word, review.change))
        for word in added
    )
    return tuple(dict.fromkeys(said))  # a commit of the change and the tree may both hold it


def _newest(word: Suppression, change: Change) -> Location | None:
    """Of several comments the first that the change adds."""
    return next((place for place in word.places if change.adds(place)), word.location)
