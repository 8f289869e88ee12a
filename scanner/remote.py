"""What a change introduced, asked of GitHub's REST API: for shallow clones that do not hold the base.

https://docs.github.com/rest/commits/commits#compare-two-commits and https://docs.github.com/rest/repos/contents
"""

from __future__ import annotations

import base64
import binascii
import posixpath
import re
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import quote

import msgspec
from msgspec import Struct

from scanner.changes import Change
from scanner.difference import EVERY_LINE, Ranges, ranges
from scanner.errors import SourceError
from scanner.fetch import Asked, Session, StatusError

if TYPE_CHECKING:
    from collections.abc import Callable

MOST_FILES = 300
ASKED = Asked(service="GitHub's API", hint="check out with fetch-depth: 0, or give the action a token with contents: read")
_HUNK = re.compile(r"^@@ -[0-9,]+ \+(\d+)(?:,(\d+))? @@.*((?:\n(?!@@).*+)*+)", re.MULTILINE)

T = TypeVar("T")


class Repository(Struct, frozen=True, kw_only=True):
    """Where to ask: the API's address (GITHUB_API_URL), ``owner/name``, a token (may be empty: public repositories answer anyone)."""

    api_url: str
    name: str
    token: str = ""
    prefix: str = ""


class _Date(Struct):
    date: str = ""


class _Inner(Struct):
    committer: _Date


class _Commit(Struct):
    sha: str
    commit: _Inner


class _File(Struct):
    filename: str
    status: str
    additions: int | None = None
    patch: str | None = None


class _Comparison(Struct):
    merge_base_commit: _Commit
    files: tuple[_File, ...] = ()


class _Content(Struct):
    sha: str = ""
    type: str = "file"


class _Blob(Struct):
    content: str
    encoding: str


def compare(session: Session, repository: Repository, base: str, head: str) -> Change:
    """The change between two commits. Raises SourceError. ``complete`` is false where GitHub lists no more than its 300 files."""
    url = f"{_root(repository)}/compare/{quote(base, safe='')}...{quote(head, safe='')}"
    found = _decoded(_ask(session, repository, url), _Comparison)
    prefix = repository.prefix
    ours = (one for one in found.files if one.filename.startswith(prefix))
    return Change(
        base=found.merge_base_commit.sha, base_date=found.merge_base_commit.commit.committer.date,
        added={one.filename[len(prefix) :]: _added(one) for one in ours},
        read_base=_reader(session, repository, found.merge_base_commit.sha), complete=len(found.files) < MOST_FILES,
    )


def _added(file: _File) -> Ranges:
    """The added lines of a patch; every line where GitHub gives none, or not all of it: rather introduced than missed.

    There is no patch of a large file, of one that ``.gitattributes`` calls binary (then nothing is said to have changed in it either, even
    where it was renamed, too), and of one that was only renamed. A full clone takes that for new as well.
    """
    if file.status == "removed":
        return ()
    signs = [line[:1] for line in (file.patch or "").split("\n")]
    if file.patch is None or file.additions not in (None, signs.count("+")):
        return EVERY_LINE
    found: list[tuple[int, int]] = []
    for start, lines, text in _HUNK.findall(file.patch):
        found += ranges(int(start) + (lines == "0"), (line[:1] for line in text.split("\n")))
    return tuple(found)


def _reader(session: Session, repository: Repository, commit: str) -> Callable[[str], str | None]:
    def read(path: str) -> str | None:
        url = f"{_root(repository)}/contents/{quote(posixpath.normpath(repository.prefix + path))}?ref={commit}"
        try:
            content = _decoded(_ask(session, repository, url), _Content)
        except StatusError as error:
            if error.status == 404:
                return None
            raise
        blob = _decoded(_ask(session, repository, f"{_root(repository)}/git/blobs/{quote(content.sha, safe='')}"), _Blob)
        return _text(blob)

    return read


def _text(blob: _Blob) -> str:
    try:
        return base64.b64decode(blob.content).decode("utf-8", "replace") if blob.encoding == "base64" else blob.content
    except binascii.Error:
        raise SourceError("gave a file that is not base64", subject=ASKED.service, hint=ASKED.hint) from None


def _ask(session: Session, repository: Repository, url: str) -> bytes:
    if repository.token:
        return session.call("GET", url, ASKED, token=repository.token)
    return session.get(url, ASKED)


def _decoded(data: bytes, form: type[T]) -> T:
    try:
        return msgspec.json.decode(data, type=form)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise SourceError("gave an answer of another form than documented", subject=ASKED.service, hint=ASKED.hint) from None


def _root(repository: Repository) -> str:
    return f"{repository.api_url.rstrip('/')}/repos/{repository.name}"
