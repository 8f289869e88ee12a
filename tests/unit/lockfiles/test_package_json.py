from __future__ import annotations

import pytest

from scanner.errors import ParseError
from scanner.lockfiles import _npm_manifest
from scanner.lockfiles._npm_specs import Source, alias, range_text, release, source_of, split_spec
from scanner.lockfiles.package_json import FORMAT
from tests.unit.lockfiles.npm_family import parse, problems, unaudited

MANIFEST = """\
{
  "name": "x",
  "dependencies": {
    "a": "^1.0.0",
    "old": "npm:lodash@^3",
    "both": "1",
    "git": "github:o/git",
    "own": "workspace:*"
  },
  "optionalDependencies": { "both": "1" },
  "devDependencies": { "b": "2.0.0", "url": "https://files.example/url.tgz", "dir": "file:../dir", "cat": "catalog:" },
  "peerDependencies": { "c": "*", "a": "*" },
  "overrides": { "a": "1.0.1" },
  "workspaces": ["packages/*"]
}
"""


def test_claims_by_name():
    assert FORMAT.claims("web/package.json")
    assert not FORMAT.claims("package-lock.json")


def test_what_a_person_asks_for():
    found = parse(FORMAT, MANIFEST, "package.json")
    assert [(one.name, one.spec, one.scope.value, one.location.line, one.location.column) for one in found.unpinned] == [
        ("both", "1", "optional", 10, 29),
        ("a", "^1.0.0", "runtime", 4, 5),
        ("old", "npm:lodash@^3", "runtime", 5, 5),
        ("b", "2.0.0", "development", 11, 24),
        ("cat", "catalog:", "development", 11, MANIFEST.splitlines()[10].index('"cat"') + 1),
    ]
    assert unaudited(found) == {"git": 7, "url": 11, "dir": 11}
    assert {one.name for one in found.direct} == {"a", "old", "both", "b", "cat", "git", "url", "dir"}
    assert (FORMAT.role, found.format, found.audit) == ("manifest", "package_json", "npm")


@pytest.mark.parametrize("text", ["{}", '{"dependencies": {}}', '{"dependencies": null, "devDependencies": []}'])
def test_nothing_asked_for(text):
    found = parse(FORMAT, text, "package.json")
    assert (found.direct, found.unpinned, found.problems) == ((), (), ())


@pytest.mark.parametrize(
    ("section", "reason"),
    [
        ('["a"]', "in dependencies: Expected `object`, got `array`"),
        ('"a"', "in dependencies: Expected `object`, got `str`"),
        ('{"a": 1}', "in dependencies: Expected `str`, got `int`"),
        ('{"a": {"version": "1"}}', "in dependencies: Expected `str`, got `object`"),
    ],
)
def test_a_section_of_another_shape_is_a_problem_and_the_rest_stands(section, reason):
    found = parse(FORMAT, f'{{"devDependencies": {{"b": "1"}},\n"dependencies": {section}}}', "package.json")
    assert problems(found) == [(2, reason)]
    assert [one.name for one in found.direct] == ["b"]


@pytest.mark.parametrize("text", ["", "[]", "x", '{"a"', '"text"'])
def test_what_is_no_object_is_refused(text):
    with pytest.raises(ParseError):
        parse(FORMAT, text, "package.json")


@pytest.mark.parametrize(
    ("workspaces", "globs"),
    [('["a/*"]', ("a/*",)), ('{"packages": ["a/*"], "nohoist": ["**"]}', ("a/*",)), ('"a"', ()), ("null", ()), ("[1]", ())],
)
def test_workspaces(workspaces, globs):
    assert _npm_manifest.parse(f'{{"workspaces": {workspaces}}}', "package.json").workspaces == globs


@pytest.mark.parametrize(
    ("spec", "source"),
    [
        ("^1.0.0", Source.REGISTRY),
        ("", Source.REGISTRY),
        ("latest", Source.REGISTRY),
        (">=1 <2 || 3", Source.REGISTRY),
        ("npm:@s/a@^1", Source.REGISTRY),
        ("catalog:", Source.REGISTRY),
        ("workspace:^", Source.OURS),
        ("link:../a", Source.OURS),
        ("portal:../a", Source.OURS),
        ("file:../a", Source.FILE),
        ("../a", Source.FILE),
        ("./a.tgz", Source.FILE),
        ("~/a", Source.FILE),
        ("/srv/a.tgz", Source.FILE),
        ("git+ssh://git@forge.example/o/r.git#v1", Source.GIT),
        ("git://forge.example/o/r", Source.GIT),
        ("git@forge.example:o/r.git", Source.GIT),
        ("github:o/r", Source.GIT),
        ("gist:0123", Source.GIT),
        ("o/r", Source.GIT),
        ("o/r#semver:^1", Source.GIT),
        ("https://forge.example/o/r.git#main", Source.GIT),
        ("https://github.com/o/r", Source.GIT),
        ("https://github.com/o/r/archive/x.tar.gz", Source.TARBALL),
        ("https://files.example/a.tgz", Source.TARBALL),
        ("runtime:22.0.0", Source.RUNTIME),
    ],
)
def test_sources(spec, source):
    assert source_of(spec) is source


@pytest.mark.parametrize(
    ("address", "known"),
    [
        ("https://registry.example/a/-/a-1.0.0.tgz", ("a", "1.0.0")),
        ("https://registry.example/@s/a/-/a-1.0.0-rc.1.tgz#0123", ("@s/a", "1.0.0-rc.1")),
        ("https://registry.example/@s%2fa/-/a-1.0.0.tgz", ("@s/a", "1.0.0")),
        ("http://host.example/npm/repo/a/-/a-1.0.0.tgz?x=y", ("a", "1.0.0")),
        ("https://registry.example/@s/a/-/@s/a-1.0.0.tgz", ("@s/a", "1.0.0")),
        ("https://registry.example/a/-/b-1.0.0.tgz", None),
        ("https://files.example/a-1.0.0.tgz", None),
        ("file:a/-/a-1.0.0.tgz", None),
    ],
)
def test_releases(address, known):
    assert release(address) == known


@pytest.mark.parametrize(
    ("spec", "real", "wanted"),
    [
        ("npm:lodash@^3", ("lodash", "^3"), "^3"),
        ("npm:@s/a@1", ("@s/a", "1"), "1"),
        ("npm:@s/a", ("@s/a", ""), ""),
        ("npm:lodash", ("lodash", ""), ""),
        ("npm:vue", ("vue", ""), ""),
        ("npm:^1.0.0", None, "^1.0.0"),
        ("npm:latest", None, "latest"),
        ("npm:*", None, "*"),
        ("^1", None, "^1"),
    ],
)
def test_aliases(spec, real, wanted):
    assert alias(spec) == real
    assert range_text(spec) == wanted


def test_a_spec_in_two():
    assert split_spec("@s/a@npm:b@1") == ("@s/a", "npm:b@1")
    assert split_spec("a") == ("a", "")
    assert split_spec("") == ("", "")
