"""The OSV service over ``Records``: bodies in, bodies out, in the shapes of the recorded exchanges."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.loopback.records import Records

LIMIT = 1000


class Refused(Exception):
    """An error answer: HTTP status and gRPC code."""

    def __init__(self, status: int, code: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.body = {"code": code, "message": message}


def query(records: Records, body: dict[str, Any]) -> dict[str, Any]:
    """``/v1/query``: full records, ``{}`` for none."""
    found = records.hits(*_asked(body))
    return {"vulns": found} if found else {}


def querybatch(records: Records, body: dict[str, Any], page_size: int, *, bare_tokens: bool) -> dict[str, Any]:
    """``/v1/querybatch``: ids only, in the order asked; pages of ``page_size`` (0: one); ``bare_tokens``: each first page is empty."""
    queries = body.get("queries") or []
    if len(queries) > LIMIT:
        raise Refused(400, 3, "Too many queries.")
    return {"results": [_page(records, one, page_size, bare_tokens=bare_tokens) for one in queries]}


def vuln(records: Records, identity: str) -> dict[str, Any]:
    """``/v1/vulns/ID``."""
    if identity not in records.by_id:
        raise Refused(404, 5, "Bug not found.")
    return records.by_id[identity]


def _page(records: Records, one: dict[str, Any], size: int, *, bare_tokens: bool) -> dict[str, Any]:
    token = one.get("page_token", "")
    found = [{"id": r["id"], "modified": r.get("modified", "")} for r in records.hits(*_asked(one))]
    if not found:
        return {}
    if bare_tokens and not token:
        return {"next_page_token": "0"}
    start = int(token or 0)
    end = start + size if size else len(found)
    page: dict[str, Any] = {"vulns": found[start:end]}
    return page | ({"next_page_token": str(end)} if end < len(found) else {})


def _asked(one: dict[str, Any]) -> tuple[str, str, str]:
    package = one.get("package") or {}
    if "name" not in package or "ecosystem" not in package:
        raise Refused(400, 3, "Invalid query.")
    return package["ecosystem"], package["name"], one.get("version", "")
