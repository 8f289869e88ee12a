"""The four operations the comment needs, out of GitHub's published OpenAPI description (npm package ``@octokit/openapi``).

python -m tests.unit.github_api.distill package/generated/api.github.com.json > tests/unit/github_api/operations.json

Only names, types and what is required are kept (and ``body``): no text of the description.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

PATHS = ("/repos/{owner}/{repo}/issues/{issue_number}/comments", "/repos/{owner}/{repo}/issues/comments/{comment_id}")
KEPT = ("type", "format", "required", "properties", "items", "enum", "nullable", "default")
DEPTH = 2


def main(file: str) -> None:
    """Print the operations."""
    whole = json.loads(Path(file).read_text(encoding="utf-8"))
    found = [_operation(whole, method, path, spec) for path in PATHS for method, spec in whole["paths"][path].items()]
    version = whole["info"]["version"]
    print(json.dumps({"description_version": version, "operations": found}, indent=1))


def _operation(whole: dict[str, Any], method: str, path: str, spec: dict[str, Any]) -> dict[str, Any]:
    parameters = [_resolved(whole, one) for one in spec.get("parameters", [])]
    return {
        "id": spec["operationId"],
        "method": method.upper(),
        "path": path,
        "parameters": [{"name": one["name"], "in": one["in"], "schema": _schema(whole, one["schema"], DEPTH)} for one in parameters],
        "body": _json_schema(whole, spec.get("requestBody")),
        "responses": {status: _json_schema(whole, _resolved(whole, one)) for status, one in spec["responses"].items()},
    }


def _json_schema(whole: dict[str, Any], content: dict[str, Any] | None) -> dict[str, Any] | None:
    media = (content or {}).get("content", {}).get("application/json")
    return _schema(whole, media["schema"], DEPTH) if media else None


def _schema(whole: dict[str, Any], schema: dict[str, Any], depth: int) -> dict[str, Any]:
    one = _resolved(whole, schema)
    if depth == 0:
        return {}
    kept = {key: one[key] for key in KEPT if key in one}
    if "properties" in kept:
        names = {*kept.get("required", kept["properties"]), "body"} & set(kept["properties"])
        kept["properties"] = {name: _schema(whole, kept["properties"][name], depth - 1) for name in sorted(names)}
    if "items" in kept:
        kept["items"] = _schema(whole, kept["items"], depth)
    if kept.pop("nullable", False) and "type" in kept:
        kept["type"] = [kept["type"], "null"]
    return kept


def _resolved(whole: dict[str, Any], one: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in one:
        target: Any = whole
        for part in one["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        one = target
    return one


if __name__ == "__main__":
    main(sys.argv[1])
