from __future__ import annotations

import pytest

from scanner.errors import ParseError
from scanner.lockfiles._npm_specs import Source
from scanner.lockfiles._pnpm_keys import identify, key_of
from scanner.lockfiles._yaml import Map
from scanner.lockfiles.pnpm import FORMAT
from scanner.models import Location
from tests.unit.lockfiles.npm_family import direct, edges, ids, parse, problems, scopes, unaudited

V5 = """\
lockfileVersion: 5.4
overrides:
  c@1: 2.0.0
specifiers:
  a: ^1.0.0
  c: npm:real@^2
dependencies:
  a: 1.0.0_b@2.0.0
  c: /real/2.0.0
  own: link:../own
devDependencies:
  '@s/d': 3.0.0
packages:

  /a/1.0.0_b@2.0.0:
    resolution: {integrity: sha512-aaaa}
    dependencies:
      b: 2.0.0
    dev: false

  /b/2.0.0:
    resolution: {integrity: sha512-bbbb}
    deprecated: |-
      use c instead
      or nothing
    dev: false
    optional: true

  /real/2.0.0:
    resolution: {integrity: sha512-cccc}

  /@s/d/3.0.0:
    resolution: {integrity: sha512-dddd}
    dev: true

  registry.example/e/4.0.0:
    resolution: {integrity: sha512-eeee, registry: 'https://registry.example/'}
    name: e
    version: 4.0.0
    dev: false

  github.com/o/f/0123456789abcdef:
    resolution: {tarball: https://codeload.github.example/o/f/tar.gz/0123456789abcdef}
    name: f
    version: 1.0.0

  git@forge.example+o/g/0123:
    resolution: {commit: '0123', repo: ssh://git@forge.example/o/g.git, type: git}
    name: g
    version: 1.0.0

  file:h-1.0.0.tgz:
    resolution: {integrity: sha512-hhhh, tarball: file:h-1.0.0.tgz}
    name: h
    version: 1.0.0
"""

V6 = """\
lockfileVersion: '6.0'
settings:
  autoInstallPeers: true
importers:
  .:
    dependencies:
      a:
        specifier: ^1.0.0
        version: 1.0.0(b@2.0.0)(@s/c@3.0.0)
    optionalDependencies:
      alias:
        specifier: npm:real@^2
        version: /real@2.0.0
  tools/x:
    devDependencies:
      own:
        specifier: workspace:*
        version: link:../..
      b:
        specifier: 2.0.0
        version: 2.0.0
packages:
  /a@1.0.0(b@2.0.0)(@s/c@3.0.0):
    resolution: {integrity: sha512-aaaa}
    peerDependencies:
      b: '*'
    dependencies:
      b: 2.0.0
      '@s/c': 3.0.0
    dev: false
  /b@2.0.0:
    resolution: {integrity: sha512-bbbb}
    dev: true
  /@s/c@3.0.0:
    resolution: {integrity: sha512-cccc}
    dev: false
  /real@2.0.0:
    resolution: {integrity: sha512-dddd}
    dev: false
    optional: true
"""

V9 = """\
lockfileVersion: '9.0'
catalogs:
  default:
    a:
      specifier: ^1.0.0
      version: 1.0.0
importers:
  .:
    dependencies:
      a:
        specifier: 'catalog:'
        version: 1.0.0(b@2.0.0)
      aliased:
        specifier: npm:real@^2
        version: real@2.0.0
      copied:
        specifier: file:packages/copied
        version: file:packages/copied
      lib:
        specifier: file:../lib
        version: file:../lib
    devDependencies:
      a:
        specifier: ^1.0.0
        version: 1.0.0(b@3.0.0)
      node:
        specifier: runtime:22.0.0
        version: runtime:22.0.0
      git:
        specifier: github:o/git
        version: https://codeload.github.example/o/git/tar.gz/0123
      m:
        specifier: https://mirror.example/m/-/m-1.0.0.tgz
        version: https://mirror.example/m/-/m-1.0.0.tgz
  packages/copied: {}
packages:
  a@1.0.0:
    resolution: {integrity: sha512-aaaa}
    peerDependencies:
      b: '*'
  b@2.0.0:
    resolution: {integrity: sha512-bbbb}
  b@3.0.0:
    resolution: {integrity: sha512-bbbb}
  deep@1.0.0:
    resolution: {integrity: sha512-eeee}
  real@2.0.0:
    resolution: {integrity: sha512-cccc, tarball: https://packages.example/download/real/2.0.0/0123}
  copied@file:packages/copied:
    resolution: {directory: packages/copied, type: directory}
  lib@file:../lib:
    resolution: {directory: ../lib, type: directory}
  node@runtime:22.0.0:
    hasBin: true
    resolution:
      type: variations
      variants:
        - resolution: {archive: tarball}
    version: 22.0.0
  git@https://codeload.github.example/o/git/tar.gz/0123:
    resolution: {tarball: https://codeload.github.example/o/git/tar.gz/0123}
    version: 1.0.0
  m@https://mirror.example/m/-/m-1.0.0.tgz:
    resolution: {tarball: https://mirror.example/m/-/m-1.0.0.tgz}
    version: 1.0.0
snapshots:
  a@1.0.0(b@2.0.0):
    dependencies:
      b: 2.0.0
  a@1.0.0(b@3.0.0):
    dependencies:
      b: 3.0.0
  b@2.0.0:
    optionalDependencies:
      deep: 1.0.0
  b@3.0.0: {}
  deep@1.0.0:
    optional: true
  real@2.0.0: {}
  copied@file:packages/copied: {}
  lib@file:../lib: {}
  node@runtime:22.0.0: {}
  git@https://codeload.github.example/o/git/tar.gz/0123: {}
  m@https://mirror.example/m/-/m-1.0.0.tgz: {}
"""


def at(text: str, start: str) -> int:
    """The first line that starts so."""
    return next(number for number, line in enumerate(text.splitlines(), start=1) if line.startswith(start))


def test_claims_by_name():
    assert FORMAT.claims("a/pnpm-lock.yaml")
    assert not FORMAT.claims("pnpm-workspace.yaml")


def test_version_5():
    found = parse(FORMAT, V5, "pnpm-lock.yaml")
    assert ids(found) == ["a@1.0.0", "b@2.0.0", "real@2.0.0", "@s/d@3.0.0", "e@4.0.0"]
    assert scopes(found) == {"a": "runtime", "b": "optional", "real": "runtime", "@s/d": "development", "e": "runtime"}
    assert edges(found) == {"/a/1.0.0_b@2.0.0": ("/b/2.0.0",)}
    assert direct(found) == [
        ("a", "pnpm-lock.yaml:8", "/a/1.0.0_b@2.0.0"),
        ("c", "pnpm-lock.yaml:9", "/real/2.0.0"),
        ("own", "pnpm-lock.yaml:10", ""),
        ("@s/d", "pnpm-lock.yaml:12", "/@s/d/3.0.0"),
    ]
    assert [one.spec for one in found.direct] == ["^1.0.0", "npm:real@^2", "link:../own", ""]
    assert unaudited(found) == {"f": at(V5, "  github.com/o/f"), "g": at(V5, "  git@"), "h": at(V5, "  file:h")}
    assert found.packages[0].location == Location(path="pnpm-lock.yaml", line=at(V5, "  /a/1.0.0"), column=3)
    assert (found.audit, found.ecosystem, found.format) == ("pnpm", "npm", "pnpm")


def test_version_6_and_the_lines_of_each_importer():
    found = parse(
        FORMAT,
        V6,
        "pnpm-lock.yaml",
        '{\n"dependencies": {"a": "^1.0.0"},\n"optionalDependencies":\n{"alias": "npm:real@^2"}}',
        {"tools/x": '{"devDependencies": {"own": "workspace:*",\n"b": "2.0.0"}}'},
    )
    assert ids(found) == ["a@1.0.0", "b@2.0.0", "@s/c@3.0.0", "real@2.0.0"]
    assert scopes(found) == {"a": "runtime", "b": "development", "@s/c": "runtime", "real": "optional"}
    assert edges(found) == {"/a@1.0.0(b@2.0.0)(@s/c@3.0.0)": ("/b@2.0.0", "/@s/c@3.0.0")}
    assert direct(found) == [
        ("alias", "package.json:4", "/real@2.0.0"),
        ("a", "package.json:2", "/a@1.0.0(b@2.0.0)(@s/c@3.0.0)"),
        ("own", "tools/x/package.json:1", ""),
        ("b", "tools/x/package.json:2", "/b@2.0.0"),
    ]
    assert found.covers == ("package.json", "tools/x/package.json")


def test_version_9():
    found = parse(FORMAT, V9, "web/pnpm-lock.yaml")
    assert ids(found) == ["a@1.0.0", "a@1.0.0", "b@2.0.0", "b@3.0.0", "deep@1.0.0", "real@2.0.0", "m@1.0.0"]
    assert {one.key: one.scope.value for one in found.packages} == {
        "a@1.0.0(b@2.0.0)": "runtime",
        "a@1.0.0(b@3.0.0)": "development",
        "b@2.0.0": "runtime",
        "b@3.0.0": "development",
        "deep@1.0.0": "optional",
        "real@2.0.0": "runtime",
        "m@https://mirror.example/m/-/m-1.0.0.tgz": "development",
    }
    assert edges(found) == {"a@1.0.0(b@2.0.0)": ("b@2.0.0",), "a@1.0.0(b@3.0.0)": ("b@3.0.0",), "b@2.0.0": ("deep@1.0.0",)}
    assert unaudited(found) == {"lib": at(V9, "  lib@"), "node": at(V9, "  node@"), "git": at(V9, "  git@")}
    assert found.covers == ("web/package.json", "web/packages/copied/package.json")
    assert problems(found) == []
    assert (
        found.packages[0].location == found.packages[1].location == Location(path="web/pnpm-lock.yaml", line=at(V9, "  a@1.0.0:"), column=3)
    )


def test_two_documents():
    tools = """\
---
lockfileVersion: '9.0'
importers:
  .:
    configDependencies: {}
    packageManagerDependencies:
      pnpm: {specifier: 12.0.0, version: 12.0.0}
packages:
  pnpm@12.0.0:
    resolution: {integrity: sha512-aaaa}
snapshots:
  pnpm@12.0.0: {}
---
"""
    found = parse(FORMAT, tools + V9, "pnpm-lock.yaml")
    assert scopes(found)["pnpm"] == "development"
    assert "real@2.0.0" in ids(found)
    assert found.packages[1].location.line == at(tools + V9, "  a@1.0.0:")
    assert found.covers == ("package.json", "packages/copied/package.json")


def test_an_entry_without_an_installation_is_audited_all_the_same():
    found = parse(FORMAT, "lockfileVersion: '9.0'\npackages:\n  a@1.0.0:\n    resolution: {integrity: x}\nsnapshots: {}\n", "p")
    assert (ids(found), scopes(found)) == (["a@1.0.0"], {"a": "unknown"})


@pytest.mark.parametrize(
    ("entry", "line", "reason"),
    [
        ("  a@1.0.0: text\n", 3, "a@1.0.0: the entry is no mapping"),
        ("  a@1.0.0: [x]\n", 3, "a@1.0.0: the entry is no mapping"),
        ("  a@:\n    resolution: {integrity: x}\n", 3, "a@: the entry has no version"),
        ("  forge.example/o/r/0123:\n    resolution: {integrity: x}\n", 3, "forge.example/o/r/0123: the entry has no name"),
    ],
)
@pytest.mark.parametrize("version", ["'6.0'", "'9.0'"])
def test_a_poisoned_entry_is_a_problem_and_the_rest_stands(entry, line, reason, version):
    found = parse(FORMAT, f"lockfileVersion: {version}\npackages:\n{entry}  b@1.0.0:\n    resolution: {{integrity: x}}\n", "p")
    assert ids(found) == ["b@1.0.0"]
    assert problems(found) == [(line, reason)]
    assert "pnpm install --lockfile-only" in found.problems[0].hint


def test_an_installation_that_nothing_describes_is_a_problem():
    found = parse(FORMAT, "lockfileVersion: '9.0'\npackages:\n  b@1.0.0:\n    x: y\nsnapshots:\n  a@1.0.0: {}\n  b@1.0.0: {}\n", "p")
    assert (ids(found), problems(found)) == (["b@1.0.0"], [(6, "a@1.0.0: not described under packages")])


@pytest.mark.parametrize("section", ["packages", "snapshots", "importers"])
def test_a_section_of_another_shape_is_a_problem(section):
    found = parse(FORMAT, f"lockfileVersion: '9.0'\n{section}: [x]\n", "p")
    assert problems(found) == [(2, f"{section}: not a mapping, none of it was read")]


@pytest.mark.parametrize("version", ["5.3", "5.4", "'6.0'", "'6.1'", "'7.0'", "'9.0'", "9"])
def test_known_versions_as_number_or_text(version):
    assert parse(FORMAT, f"lockfileVersion: {version}\n", "pnpm-lock.yaml").problems == ()


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("", 1, "empty"),
        ("- a\n", 1, "no lockfileVersion"),
        ("packages: {}\n", 1, "no lockfileVersion"),
        ("\nlockfileVersion: '10.0'\n", 2, "lockfileVersion 10.0 is not known"),
        ("lockfileVersion: 4\n", 1, "lockfileVersion 4 is not known"),
        ("lockfileVersion: '9.0'\npackages: {\n", 3, "not YAML"),
        ("lockfileVersion: '9.0'\n<<<<<<< HEAD\npackages:\n=======\n", 3, "not YAML"),
        ("lockfileVersion: '9.0'\npackages:\n  a@1.0.0: {}\n  a@1.0.0: {}\n", 4, "the same key twice"),
    ],
)
def test_what_is_no_lockfile_is_refused_with_its_line(text, line, reason):
    with pytest.raises(ParseError) as caught:
        parse(FORMAT, text, "pnpm-lock.yaml")
    assert reason in caught.value.reason
    assert caught.value.line == line


@pytest.mark.parametrize(
    ("key", "name", "version", "source"),
    [
        ("/a/1.0.0", "a", "1.0.0", Source.REGISTRY),
        ("/@s/a/1.0.0_@x+y@2.0.0+z@1.0.0", "@s/a", "1.0.0", Source.REGISTRY),
        ("/a@1.0.0-rc.1(b@2.0.0(c@3.0.0))", "a", "1.0.0-rc.1", Source.REGISTRY),
        ("/@s/a@1.0.0", "@s/a", "1.0.0", Source.REGISTRY),
        ("@s/a@1.0.0+build.1", "@s/a", "1.0.0+build.1", Source.REGISTRY),
        ("http-errors@1.8.1", "http-errors", "1.8.1", Source.REGISTRY),
        ("a@file:../x", "a", "", Source.FILE),
        ("@s/a@file:x.tgz", "@s/a", "", Source.FILE),
        ("a@git+https://forge.example/o/r.git#0123", "a", "", Source.GIT),
        ("a@https://codeload.github.example/o/r/tar.gz/0123", "a", "", Source.TARBALL),
        ("a@https://registry.example/@s/b/-/b-1.0.0.tgz", "@s/b", "1.0.0", Source.REGISTRY),
        ("node@runtime:22.0.0", "node", "", Source.RUNTIME),
    ],
)
def test_keys(key, name, version, source):
    assert identify(key, Map()) == (name, version, source)


@pytest.mark.parametrize(
    ("reference", "key"),
    [("1.0.0", "a@1.0.0"), ("a@1.0.0", "a@1.0.0"), ("@s/b@2.0.0", "@s/b@2.0.0"), ("link:../a", ""), ("9.9.9", "")],
)
def test_references(reference, key):
    assert key_of("a", reference, {"a@1.0.0", "@s/b@2.0.0"}) == key
