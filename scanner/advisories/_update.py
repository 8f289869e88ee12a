"""Fetching the published zips: a directory in, the zip of each ecosystem in it out; unchanged ones stay, broken-off ones go on."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING
from urllib.parse import quote

from scanner.errors import SourceError
from scanner.fetch import Asked, StatusError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from scanner.fetch import Session

_HINT = "check the network and the URL, then run `security-scan db update` again: it goes on where it broke off"
_ASKED = Asked(service="OSV downloads", hint=_HINT)


def fetched(folder: Path, session: Session, url: str, ecosystems: Sequence[str]) -> list[Path]:
    """The zip of each ecosystem below ``url``, current. Raises SourceError; what has come by then is kept for the next try."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return [_Zip(folder, name).fetch(session, f"{url.rstrip('/')}/{quote(name)}/all.zip") for name in ecosystems]
    except OSError as error:
        raise SourceError(f"cannot be written: {error.strerror}", subject=str(folder), hint="check the disk and SECURITY_SCAN_DB") from None


def forget(folder: Path) -> None:
    """Fetch everything anew next time: what is there turned out to be unusable."""
    for tag in folder.glob("*etag"):
        tag.unlink(missing_ok=True)


class _Zip:
    """One kept zip: ``whole`` with its ``tag``, and what has come of the next one: ``part`` with its ``part_tag``."""

    def __init__(self, folder: Path, name: str) -> None:
        self.whole, self.tag = folder / f"{name}.zip", folder / f"{name}.etag"
        self.part, self.part_tag = folder / f"{name}.part", folder / f"{name}.part-etag"

    def fetch(self, session: Session, url: str) -> Path:
        try:
            return self._fetch(session, url)
        except StatusError as error:
            if error.status != 416:
                raise
            self._drop()
            return self._fetch(session, url)

    def _fetch(self, session: Session, url: str) -> Path:
        going = _read(self.part_tag) if self.part.exists() else ""
        start = self.part.stat().st_size if going else 0
        if not start:
            self.part.unlink(missing_ok=True)
        etag = going if start else _read(self.tag) if self.whole.exists() else ""
        with self.part.open("ab") as file:
            new, status = session.download(url, file, _ASKED, etag=etag, start=start, began=self.part_tag.write_text)
        if status != 304:
            self._accept(url, new)
        self._drop()
        return self.whole

    def _accept(self, url: str, etag: str) -> None:
        if not zipfile.is_zipfile(self.part):
            self._drop()
            raise _ASKED.broken("sent something that is not a whole zip", url)
        self.tag.unlink(missing_ok=True)
        self.part.replace(self.whole)
        self.tag.write_text(etag)

    def _drop(self) -> None:
        self.part.unlink(missing_ok=True)
        self.part_tag.unlink(missing_ok=True)


def _read(path: Path) -> str:
    return path.read_text().strip() if path.exists() else ""
