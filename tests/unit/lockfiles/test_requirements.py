"""requirements files: what each kind of line becomes, and where."""

from __future__ import annotations

import pytest

from scanner.lockfiles.inventory import read_all
from scanner.lockfiles.requirements import FORMAT
from scanner.models import Lockfile
from tests.unit.lockfiles.tree import lines, parse, reader, scopes, versions

PINNED = {
    "flask==1.0": "flask==1.0",
    "Flask_Login == 0.6.3": "flask-login==0.6.3",
    "celery [redis, pytest] == 4.4.7": "celery==4.4.7",
    "yolo===1.0": "yolo==1.0",
    "attrs==20.3.0; python_version >= '2.7' and sys_platform == 'win32'": "attrs==20.3.0",
    "six==1.0,>=0.9": "six==1.0",
    "certifi==2023.07.22  # calendar": "certifi==2023.07.22",
    "pkg==1!2.0+local.1": "pkg==1!2.0+local.1",
    "a==1.0 --hash=sha256:00 --hash=sha256:11": "a==1.0",
    "a==1.0 \\\n    --hash=sha256:00 \\\n    --hash=sha256:11": "a==1.0",
    "a==1.0 --hash sha256:00 -C a=b --config-settings='c=d' --global-option x": "a==1.0",
    "a==1.0 --extra-index-url https://host.example/simple --pre": "a==1.0",
    "qwerty \\\n  == 0.1": "qwerty==0.1",
    "pkg1==1.0 \\": "pkg1==1.0",
    "pkg.dot.name==5.0.0": "pkg-dot-name==5.0.0",
}
UNPINNED = {
    "flask": "",
    "asdf==0.7.*": "==0.7.*",
    "pkg<=1.2.3": "<=1.2.3",
    "Mopidy-Dirble ~= 1.1": "~= 1.1",
    "combination-._-.also>=3.5": ">=3.5",
    "requests [security] >= 2.8.1, == 2.8.* ; python_version < '2.7'": "[security] >= 2.8.1, == 2.8.* ; python_version < '2.7'",
    "both==1.0,==2.0": "==1.0,==2.0",
}
UNAUDITED = {
    "urllib3 @ https://host.example/urllib3-1.26.8.zip": ("urllib3", "installed from a URL"),
    "wheel @ file:///tmp/wheel-1.0-py3-none-any.whl": ("wheel", "installed from a URL"),
    "git+ssh://git@host.example/team/tool.git@v1.1.0": ("tool", "installed from version control"),
    "git+https://user:word@host.example/team/tool@1.0.0#egg=My_Tool&subdirectory=x": ("my-tool", "installed from version control"),
    "-e git+https://host.example/pypa/pip.git@main#egg=pip": ("pip", "installed from version control"),
    "--editable=git+https://host.example/pypa/pip.git#egg=pip": ("pip", "installed from version control"),
    "./downloads/numpy-1.9.2-cp34-none-win32.whl": ("numpy", "installed from a local path"),
    "http://host.example/wxPython_Phoenix-3.0.3-cp34-none-win_amd64.whl": ("wxpython-phoenix", "installed from a URL"),
    "git+https://ghp_token@host.example": ("host.example", "installed from version control"),
    "https://user:word@host.example/": ("host.example", "installed from a URL"),
    "git+https://ghp_token@host.example/@v1": ("host.example", "installed from version control"),
    "git+https:ghp_token@host.example": ("host.example", "installed from version control"),
    "git+https:/ghp_token@host.example": ("host.example", "installed from version control"),
    "git+https://ghp_token@[host.example": (".", "installed from version control"),
    "git+file:///srv/tool.git@v1": ("tool", "installed from version control"),
    "-e ../outside": ("outside", "installed from a local path"),
    "-e ./without-manifest": ("without-manifest", "installed from a local path"),
    "libs/own": ("own", "installed from a local path"),
}
NOTHING = [
    "",
    "# comment",
    "--index-url https://$TOKEN:x@host.example/simple --trusted-host host.example --default-timeout 600",
    '--extra-index-url "https://${TOKEN}@host.example/simple"',
    "-i https://host.example/simple",
    "--no-index",
    "--pre",
    "--extra https://host.example/simple",
    "-fwheels --only-bin :all:",
    "--require-hashes",
    "-f ./wheels",
]
NOT_UNDERSTOOD = [
    "asdf==",
    "==1.0",
    "asdf 1.0",
    "{{ cookiecutter.name }}==1.0",
    "{% if x %}",
    "foo=='invalid-version'",
    "django==5.*.*",
    "qwert==${VERSION}",
    "<<<<<<< HEAD",
    "--no-such-option",
    '-r "unclosed',
    "-r missing.txt",
    "-r ../outside.txt",
    "-r https://host.example/requirements.txt",
    "--require urllib.txt",
    "--req urllib.txt",
    "--requirement",
    "--pre=1",
    "-Z",
    "c==3 -r other.txt",
    "c==3 -cother.txt",
    "c==3 --hash=sha256:00 -e .",
    "c==3 --no-such-option",
    "c==3 --hash",
    "c==3 --hash=sha256:00 --req other.txt",
    'c==3 --config-settings "unclosed',
    "c==3 " + "--hash=a" * 5000 + " x --no-such-option",
    "-c",
]


@pytest.mark.parametrize(("line", "expected"), PINNED.items())
def test_a_pin_is_a_package(line: str, expected: str) -> None:
    lock = parse("requirements", "requirements.txt", f"# first\n{line}\n")
    assert versions(lock) == [expected]
    assert [(one.location.line, one.location.column) for one in lock.packages] == [(2, 1)]
    assert not any((lock.unpinned, lock.unaudited, lock.problems))


@pytest.mark.parametrize(("line", "spec"), UNPINNED.items())
def test_what_names_no_version_is_to_be_resolved(line: str, spec: str) -> None:
    lock = parse("requirements", "requirements.txt", line)
    assert [one.spec for one in lock.unpinned] == [spec]
    assert not any((lock.packages, lock.unaudited, lock.problems))


@pytest.mark.parametrize(("line", "expected"), UNAUDITED.items())
def test_what_no_source_knows_is_named_without_its_address(line: str, expected: tuple[str, str]) -> None:
    lock = parse("requirements", "requirements.txt", line)
    assert [(one.name, one.reason) for one in lock.unaudited] == [expected]
    assert not any((lock.packages, lock.unpinned, lock.problems))


@pytest.mark.parametrize("line", NOTHING)
def test_lines_that_ask_for_no_package(line: str) -> None:
    lock = parse("requirements", "requirements.txt", line)
    assert not any((lock.packages, lock.unpinned, lock.unaudited, lock.problems))


@pytest.mark.parametrize("line", NOT_UNDERSTOOD)
def test_a_line_that_is_not_understood_is_a_problem_with_its_line_and_the_rest_stands(line: str) -> None:
    lock = parse("requirements", "requirements.txt", f"a==1\n{line}\nb==2\n")
    assert versions(lock) == ["a==1", "b==2"]
    assert [one.location.line for one in lock.problems if one.location] == [2]


def test_no_message_shows_the_text_of_a_line() -> None:
    word = "hunter" + "2"
    lock = parse(
        "requirements", "requirements.txt", f"pass {word}\nx @ https://u:{word}@host.example/a.whl\ngit+https://u:{word}@host.example/t.git"
    )
    assert len(lock.problems) == 1
    assert word not in repr(lock)


def test_included_files_are_read_once_with_their_own_lines() -> None:
    files = {
        "a/requirements.txt": "-r ../base.txt\n-r more/loop.txt\nx==1\n",
        "base.txt": "  y==2\n",
        "a/more/loop.txt": "--requirement=../requirements.txt\n--requirem ../../base.txt\nz==3\n",
    }
    lock = parse("requirements", "a/requirements.txt", files)
    assert {(one.location.path, one.location.line, one.location.column, one.name) for one in lock.packages} == {
        ("base.txt", 1, 3, "y"),
        ("a/more/loop.txt", 3, 1, "z"),
        ("a/requirements.txt", 3, 1, "x"),
    }
    assert not lock.problems


def test_every_include_of_a_line_is_read() -> None:
    files = {"requirements.txt": "--pre -r a.txt --constraint=b.txt -rc.txt\n", "a.txt": "x\n", "b.txt": "x==1\n", "c.txt": "y==2\n"}
    lock = parse("requirements", "requirements.txt", files)
    assert (sorted(set(versions(lock))), lock.problems, lock.unpinned) == (["x==1", "y==2"], (), ())


def test_constraints_pin_what_is_left_open_and_ask_for_nothing_themselves() -> None:
    files = {"requirements.txt": "-c pins.txt\nflask>=1\ndjango<2\n", "pins.txt": "flask==1.1\ndjango==3.0\nunused<5\n"}
    lock = parse("requirements", "requirements.txt", files)
    assert ("flask==1.1", 2) in [(f"{one.name}=={one.version}", one.location.line) for one in lock.packages]
    assert [one.name for one in lock.unpinned] == ["django"]
    assert [one.name for one in lock.direct if one.name == "unused"] == []


def test_a_constraint_of_thousands_of_digits_costs_no_other_line() -> None:
    """Python turns no more than 4,300 digits into a number, and says so by an error."""
    files = {"requirements.txt": "-c c.txt\na>=1\nb==2\n", "c.txt": f"a=={'9' * 5000}\n"}
    lock = parse("requirements", "requirements.txt", files)
    assert "b==2" in versions(lock)
    assert [one.name for one in lock.unpinned] == ["a"]


def test_a_constraints_file_by_itself_is_audited_where_it_pins() -> None:
    lock = parse("requirements", "constraints.txt", "a==1\nb<2\n")
    assert versions(lock) == ["a==1"]
    assert not lock.unpinned


@pytest.mark.parametrize(
    ("path", "claimed"),
    [
        ("requirements.lock", True), ("a/requirements-dev.lock", True), ("dev-requirements.pip", True), ("requirements/base.txt", True),
        ("requirements/base.lock", False), ("poetry.lock", False), ("my-constraints.txt", True), ("constraints.lock", False),
    ],
)
def test_which_names_it_claims(path: str, claimed: bool) -> None:
    assert FORMAT.claims(path) is claimed


def test_whether_it_pins_by_hash() -> None:
    for text, hashed in {
        "a==1.0 \\\n    --hash=sha256:00\nb==1.0 --hash=sha256:11\n": True, "a==1.0 # --hash=sha256:00\n": False, "a==1.0\n": False,
    }.items():
        assert FORMAT.parse(text, "requirements.txt", lambda path: None).hashed is hashed


def test_an_editable_project_of_this_tree_is_audited_by_its_own_manifest() -> None:
    files = {"requirements.txt": "-e .\n-e ./lib[extra]\n", "pyproject.toml": "[project]\nname='me'\n", "lib/setup.cfg": "[metadata]\n"}
    lock = parse("requirements", "requirements.txt", files)
    assert not any((lock.unaudited, lock.problems))


def test_lines_are_split_where_pip_splits_them_and_counted_as_editors_do() -> None:
    lock = parse("requirements", "requirements.txt", "a==1\x0cb==2\r\nc==3\u2028d==4\n")
    assert lines(lock) == {"a": (1, 1), "b": (1, 1), "c": (2, 1), "d": (2, 1)}


@pytest.mark.parametrize(
    ("path", "scope"),
    [
        ("requirements.txt", "runtime"),
        ("requirements-dev.txt", "development"),
        ("requirements/test.txt", "development"),
        ("devices-requirements.txt", "runtime"),
    ],
)
def test_the_name_tells_the_scope(path: str, scope: str) -> None:
    assert scopes(parse("requirements", path, "a==1")) == {"a": scope}


def test_a_compiled_file_tells_who_brings_what_and_covers_its_source() -> None:
    compiled = (
        "flask==2.0 \\\n    --hash=sha256:00\n    # via -r requirements.in\n"
        "click==8.0  # via flask\njinja2==3.0\n    # via\n    #   flask\n    #   other\n"
    )
    lock = parse("requirements", "requirements.txt", {"requirements.txt": compiled, "requirements.in": "# web\nflask\n"})
    assert {one.name: one.requires for one in lock.packages} == {"flask": ("click@8.0", "jinja2@3.0"), "click": (), "jinja2": ()}
    assert [(one.name, str(one.location), one.key) for one in lock.direct] == [("flask", "requirements.in:2", "flask@2.0")]
    assert lock.covers == ("requirements.in",)


def test_a_source_with_more_than_was_compiled_is_not_covered() -> None:
    lock = parse("requirements", "requirements.txt", {"requirements.txt": "flask==2.0\n", "requirements.in": "flask\ndjango\n"})
    assert lock.covers == ()


@pytest.mark.parametrize(
    ("wanted", "pins", "covered"),
    [
        ("flask>=1", "flask==2.0", True), ("flask>=1", "django==2.0", False), ("flask==1.0", "flask==2.0", False),
        ("flask>=1,<2", "flask==2.0", False), ("flask==2.0", "flask==2.0", True), ("flask (>=1,<3)", "flask==2.0", True),
        ("flask[async]>=1", "flask==2.0", True), ("flask>=1", "flask", True), ("flask>=1", "flask>=2", True),
        ("flask==1.0", "flask", False),
        ("flask>=1", "flask @ https://host.example/flask.zip", True), ("flask==1.0", "flask @ https://host.example/flask.zip", False),
        ("flask @ https://host.example/a.zip", "flask @ https://host.example/b.zip", True),
        ("flask @ https://host.example/a.zip", "flask==2.0", False), ("flask==1.0; python_version >= '3'", "flask==2.0", False),
        ("flask<2; python_version >= '3'", "flask==2.0", False), ("flask>=1', 'old; python_version < '3'", "flask==2.0", True),
        ("flask>=1', 'win; sys_platform == 'win32'", "flask==2.0", False), ("flask>=1', 'no requirement", "flask==2.0", False),
        ("flask===2004d", "flask===2004d", True), ("flask>=1,", "flask==2.0", True), ("flask >= 1.0 , < 3", "flask==2.0", True),
        ("flask!=1.*,~=2.0", "flask==2.0", True), ("flask", "flask==2.0rc1", True), ("flask==2.0", "flask==2.0+cpu", True),
    ],
)  # fmt: skip
def test_a_pyproject_is_covered_by_pins_for_all_it_declares(wanted: str, pins: str, covered: bool) -> None:
    listed = wanted.replace("', '", '", "')
    files = {"requirements.txt": f"{pins}\n", "pyproject.toml": f'[project]\nname = "x"\ndependencies = ["{listed}"]\n'}
    assert parse("requirements", "requirements.txt", files).covers == (("pyproject.toml",) if covered else ())


def test_what_a_compiled_file_has_another_version_of_is_read_from_the_manifest() -> None:
    files = {"requirements.txt": "flask==2.0\n", "requirements.in": "flask==1.0\n"}
    found = [one for one in read_all(sorted(files), reader(files)) if isinstance(one, Lockfile)]
    assert {(one.path, *versions(one)) for one in found} == {("requirements.txt", "flask==2.0"), ("requirements.in", "flask==1.0")}


def test_the_pins_for_other_environments_are_audited_with_the_compiled_file() -> None:
    source = "flask==1.0; python_version < '3.9'\nflask==2.0; python_version >= '3.9'\nold<1; python_version < '3.9'\nold>=1\n"
    lock = parse("requirements", "requirements.txt", {"requirements.txt": "flask==2.0\nold==3.0\n", "requirements.in": source})
    assert (versions(lock), lock.covers) == (["flask==2.0", "old==3.0", "flask==1.0"], ("requirements.in",))
    assert str(lock.packages[-1].location) == "requirements.in:1"


def test_a_layered_source_with_constraints_is_covered_by_what_it_asks_for() -> None:
    files = {
        "dev.in": "-c requirements.txt\npytest\n",
        "requirements.txt": "flask==1\n",
        "requirements/dev.in": "-c ../requirements.txt\npytest\n",
    }
    files["requirements/dev.txt"] = "pytest==7\n"
    assert parse("requirements", "requirements/dev.txt", files).covers == ("requirements/dev.in",)
