"""GitHub's compare, contents and blobs endpoints on loopback, answering from a real repository in the documented form."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pygit2


class Api:
    """``requests`` lists ``(path, authorization)``; ``status`` other than 200 is what every request gets; ``most`` files are listed."""

    def __init__(self, repo: pygit2.Repository) -> None:
        self.repo = repo
        self.requests: list[tuple[str, str]] = []
        self.status = 200
        self.most = 300
        self.token = ""
        self.url = ""

    def answer(self, path: str) -> tuple[int, object]:
        """Status and JSON body for a path below the repository."""
        if self.status != 200:
            return self.status, {"message": "no"}
        kind, _, rest = path.partition("/")
        if kind == "compare":
            return 200, self._compare(*rest.split("..."))
        if kind == "contents":
            name, _, query = rest.partition("?ref=")
            return self._contents(unquote(name), query)
        data = self.repo[rest.removeprefix("blobs/")].data
        return 200, {"content": base64.encodebytes(data).decode(), "encoding": "base64", "size": len(data)}

    def _compare(self, base: str, head: str) -> object:
        base, head = (str(self.repo.revparse_single(name).id) for name in (base, head))
        found = self.repo[self.repo.merge_base(base, head)]
        files = []
        for patch in found.tree.diff_to_tree(self.repo[head].tree):
            text = patch.text.partition("\n@@")[2]
            status = {"A": "added", "D": "removed", "M": "modified"}[patch.delta.status_char()]
            one = {"filename": patch.delta.new_file.path, "status": status, "sha": str(patch.delta.new_file.id)}
            files.append({**one, "patch": "@@" + text.rstrip("\n")} if len(text) < 10_000 else one)
        date = {"date": "2025-10-09T08:53:20Z"}
        return {"merge_base_commit": {"sha": str(found.id), "commit": {"committer": date}}, "files": files[: self.most]}

    def _contents(self, name: str, ref: str) -> tuple[int, object]:
        try:
            return 200, {"sha": str(self.repo[ref].tree[name].id), "type": "file", "encoding": "none", "content": ""}
        except KeyError:
            return 404, {"message": "Not Found"}


@contextmanager
def serve(folder: Path) -> Iterator[Api]:
    """The API of the repository at ``folder``, as ``octo/app``."""
    api = Api(pygit2.Repository(folder))

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            api.requests.append((self.path, self.headers.get("Authorization", "")))
            parts = urlsplit(self.path)
            if api.token and self.headers.get("Authorization", "") != f"Bearer {api.token}":
                api.status = 404  # what GitHub answers for a private repository
            path = parts.path.removeprefix("/repos/octo/app/").removeprefix("git/")
            status, body = api.answer(f"{path}?{parts.query}" if parts.query else path)
            data = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    api.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield api
    finally:
        server.shutdown()
        server.server_close()
