"""GitHub's issue comments on the loopback, made from its published description: refuses what the real API would refuse."""

from __future__ import annotations

import json
import re
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

import jsonschema

if TYPE_CHECKING:
    from collections.abc import Iterator

OPERATIONS = json.loads(Path(__file__).with_name("operations.json").read_text(encoding="utf-8"))["operations"]
LONGEST_COMMENT = 65_536
MOST_PER_PAGE = 100


@dataclass
class Api:
    """The comments of one pull request; what may be done with the token; what was asked and what was refused."""

    url: str = ""
    token: str = "a-token"
    comments: list[dict[str, Any]] = field(default_factory=list)
    read_only: bool = False
    rate_limited: bool = False
    redirect: str = ""
    asked: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)

    def add(self, body: str, user: str = "Bot", association: str = "NONE") -> int:
        """Put a comment there; its id."""
        number = 1000 + len(self.comments)
        self.comments.append(_comment(number, body, user, association, self.url))
        return number


@contextmanager
def serving() -> Iterator[Api]:
    """The API, until the end of the block."""
    api = Api()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(api))
    api.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield api
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _handler(api: Api) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _any(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            api.asked.append(f"{self.command} {self.path}")
            api.headers.append(headers)
            status, answer = _answer(api, self.command, self.path, headers, body)
            if status >= 400:
                api.refused.append(f"{status} {answer['message']}")
            text = b"" if answer is None else json.dumps(answer).encode()
            self.send_response(status)
            if status == 307:
                self.send_header("Location", api.redirect)
            self.send_header("Content-Type", "application/json; charset=utf-8")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        do_GET = do_POST = do_PATCH = do_DELETE = do_PUT = _any

        def log_message(self, *args: object) -> None:
            """Say nothing."""

    return Handler


def _answer(api: Api, method: str, target: str, headers: dict[str, str], body: bytes) -> tuple[int, Any]:
    if "user-agent" not in headers:
        return 403, {"message": "Request forbidden by administrative rules. Please make sure your request has a User-Agent header"}
    if headers.get("authorization") != f"Bearer {api.token}":
        return 401, {"message": "Bad credentials"}
    if api.redirect:
        return 307, {"message": "Moved"}
    if api.rate_limited:
        return 403, {"message": "API rate limit exceeded for installation"}
    found = _operation(method, urlsplit(target).path)
    if found is None:
        return 404, {"message": "Not Found"}
    operation, path = found
    if complaint := _complaint(operation, path, dict(parse_qsl(urlsplit(target).query)), body):
        return 422, {"message": complaint}
    if api.read_only and method != "GET":
        return 403, {"message": "Resource not accessible by integration"}
    status, answer = _done(api, operation["id"], path, dict(parse_qsl(urlsplit(target).query)), body)
    _validated(operation["responses"][str(status)], answer)
    return status, answer


def _operation(method: str, path: str) -> tuple[dict[str, Any], dict[str, str]] | None:
    for operation in OPERATIONS:
        pattern = re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^/]+)", re.escape(operation["path"]))
        if operation["method"] == method and (match := re.fullmatch(pattern, path)):
            return operation, match.groupdict()
    return None


def _complaint(operation: dict[str, Any], path: dict[str, str], query: dict[str, str], body: bytes) -> str:
    known = {one["name"]: one["schema"] for one in operation["parameters"]}
    try:
        for name, value in {**path, **query}.items():
            if name not in known:
                return f"unknown parameter {name}"
            jsonschema.validate(int(value) if known[name]["type"] == "integer" else value, known[name])
        if int(query.get("per_page", "30")) > MOST_PER_PAGE:
            return "per_page is over 100"
        if operation["body"] is not None:
            _validated(operation["body"], json.loads(body))
            if len(json.loads(body)["body"]) > LONGEST_COMMENT:
                return "body is too long (maximum is 65536 characters)"
    except (ValueError, jsonschema.ValidationError) as error:
        return f"Validation failed: {error}"
    return ""


def _done(api: Api, operation: str, path: dict[str, str], query: dict[str, str], body: bytes) -> tuple[int, Any]:
    if operation == "issues/list-comments":
        size, page = int(query.get("per_page", "30")), int(query.get("page", "1"))
        return 200, api.comments[(page - 1) * size : page * size]
    if operation == "issues/create-comment":
        api.add(json.loads(body)["body"])
        return 201, api.comments[-1]
    (one,) = [comment for comment in api.comments if comment["id"] == int(path["comment_id"])]
    if operation == "issues/delete-comment":
        api.comments.remove(one)
        return 204, None
    one["body"] = json.loads(body)["body"]
    return 200, one


def _validated(schema: dict[str, Any] | None, value: Any) -> None:
    if schema is None:
        assert value is None
    else:
        jsonschema.validate(value, schema)


def _comment(number: int, body: str, user: str, association: str, url: str) -> dict[str, Any]:
    people = dict.fromkeys(("avatar_url", "events_url", "followers_url", "following_url", "gists_url", "html_url"), f"{url}/users/x")
    people |= dict.fromkeys(("organizations_url", "received_events_url", "repos_url", "starred_url"), f"{url}/users/x")
    people |= {"subscriptions_url": f"{url}/users/x", "url": f"{url}/users/x", "gravatar_id": "", "node_id": "U", "login": "x"}
    address = f"{url}/repos/o/r/issues/comments/{number}"
    return {
        "id": number,
        "node_id": f"IC_{number}",
        "url": address,
        "html_url": address,
        "issue_url": f"{url}/repos/o/r/issues/7",
        "body": body,
        "user": {**people, "id": 1, "type": user, "site_admin": False},
        "author_association": association,
        "created_at": "2026-05-04T10:11:12Z",
        "updated_at": "2026-05-04T10:11:12Z",
    }
