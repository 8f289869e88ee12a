"""The shards of a scan, merged, are the scan: the same report byte for byte (times aside), the same exit code, or a refusal."""

from __future__ import annotations

import io
import json
import random
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec.structs import replace

from scanner import __version__, merging
from scanner.cli import main
from scanner.models import Suppression
from tests.pull_request import PullRequest
from tests.unit.reporters import sample

ROOT = Path(__file__).parents[2]
OFFLINE = ("--advisories", "offline", "--advisory-db", str(ROOT / "examples" / "advisories"))
TOKEN = "gh" + "p_"
FORMATS = {"json": "json", "sarif": "sarif", "html": "html", "markdown": "md", "cyclonedx": "cdx", "github": "log", "console": "txt"}


def vulnerable_app(tree: Path) -> None:
    for source in (ROOT / "examples" / "vulnerable-app").rglob("*"):
        if source.is_file():
            place = tree / source.relative_to(ROOT / "examples" / "vulnerable-app")
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(source.read_bytes())


def secret(chooser: random.Random) -> str:
    """A token of a code host's form, checksum and all, that nobody has."""
    import zlib

    letters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
    body = "".join(chooser.choice(letters) for _ in range(30))
    number, check = zlib.crc32(body.encode()), ""
    while number:
        number, digit = divmod(number, 62)
        check = letters[digit] + check
    return TOKEN + body + check.rjust(6, "0")


def planted(tree: Path) -> None:
    """300 files of all sizes; secrets in some, one accepted in its line, one by the config; binaries, links, lockfiles good and bad."""
    chooser = random.Random(7)
    for number in range(300):
        place = tree / f"d{number % 13}" / f"f{number}.py"
        place.parent.mkdir(parents=True, exist_ok=True)
        lines = [f"name_{line} = {chooser.random()}" for line in range(chooser.choice((0, 1, 20, 400)))]
        if number % 17 == 0:
            lines.append(f'token = "{secret(chooser)}"' + ("  # pragma: allowlist secret" if number % 51 == 0 else ""))
        place.write_text("\n".join(lines))
    (tree / "accepted.py").write_text(f'token = "{secret(chooser)}"\n')
    (tree / "picture.png").write_bytes(b"\x89PNG" + bytes(100))
    (tree / "blob.dat").write_bytes(bytes(2000))
    (tree / "out").symlink_to("/etc/hostname")
    (tree / ".security-scan.yml").write_text(
        "allow:\n"
        "  - {id: github-personal-access-token, path: accepted.py, reason: a sample, expires: 2999-01-01}\n"
        "  - {id: github-personal-access-token, path: nowhere.py, reason: gone, expires: 2999-01-01}\n"
        "  - {id: github-personal-access-token, path: d1/**, reason: over, expires: 2020-01-01}\n"
        "  - {id: GHSA-0000-0000-0000, reason: never}\n"
    )
    (tree / "a").mkdir()
    (tree / "a" / "requirements.txt").write_text("jinja2==3.1.2\nrequests>=2\nflask==2.0.0\n-e ./local\n")
    (tree / "b").mkdir()
    (tree / "b" / "requirements.txt").write_text("jinja2==3.1.2\nwerkzeug==2.0.0\n")
    (tree / "c").mkdir()
    (tree / "c" / "package-lock.json").write_text("{broken")
    (tree / "e").mkdir()
    (tree / "e" / "package.json").write_text('{"dependencies": {"lodash": "1"}}')


def problems_only(tree: Path) -> None:
    (tree / "pyproject.toml").write_text("[project\n")
    (tree / "package-lock.json").write_text("[]")
    for number in range(12):
        (tree / f"{number}").mkdir()
        (tree / f"{number}" / "requirements.txt").write_text("requests>2\nhttp://[\n")


def warned(tree: Path) -> None:
    problems_only(tree)
    (tree / ".security-scan.yml").write_text("on-incomplete: warn\n")


def clean(tree: Path) -> None:
    (tree / "a.py").write_text("print('hello')\n")
    (tree / "requirements.txt").write_text("jinja2==3.1.6\n")


def nothing(tree: Path) -> None:
    (tree / ".git-keep").mkdir()


def with_baseline(tree: Path) -> None:
    chooser = random.Random(3)
    for number in range(6):
        (tree / f"{number}.py").write_text(f'token = "{secret(chooser)}"\n')
    out = io.StringIO()
    assert main(["baseline", "create", str(tree)], {}, out, out) == 0, out.getvalue()
    (tree / "new.py").write_text(f'token = "{secret(chooser)}"\n')


def with_levels(tree: Path) -> None:
    clean(tree)
    audits = "{npm: {level: high}, pnpm: {mode: warn, level: high}, yarn: {level: none}}"
    (tree / ".security-scan.yml").write_text(f"fail-on: low\naudits: {audits}\n")


def with_stale_entries(tree: Path) -> None:
    clean(tree)
    (tree / "b.py").write_text("import MARKER_" + "aaaa\n")
    (tree / ".security-scan.yml").write_text(
        "secrets:\n  patterns: [{id: marker, description: Marker, regex: 'MARKER_[a-z]+', keywords: [MARKER_]}]\n"
        "allow:\n  - {id: marker, reason: a sample, expires: 2999-01-01}\n  - {id: no-such-rule, reason: gone}\n"
        "  - {id: GHSA-0000-0000-0000, reason: never}\n"
    )


TREES = [vulnerable_app, planted, problems_only, warned, clean, nothing, with_levels, with_stale_entries]


def run(*args: str, env: dict[str, str] | None = None) -> tuple[int, str]:
    out = io.StringIO()
    code = main([*args], env or {}, out, out)
    return code, out.getvalue()


def steady(text: str) -> str:
    text = re.sub(r'"duration_s": [0-9.]+|\b[0-9]+\.[0-9] ?s\b', "N s", text)
    return re.sub(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|\+00:00)|urn:uuid:[0-9a-f-]+", "TIME", text)


def scan(tree: Path, report: Path, *args: str) -> int:
    return run("scan", str(tree), *OFFLINE, "-f", "json", *outputs(report), *args)[0]


def outputs(report: Path) -> list[str]:
    report.mkdir()
    return [word for form, ending in FORMATS.items() for word in ("-o", f"{form}={report / f'report.{ending}'}")]


def shards(tree: Path, folder: Path, count: int, *args: str) -> list[str]:
    for index in range(1, count + 1):
        assert scan(tree, folder / str(index), "--shard", f"{index}/{count}", *args) in (0, 1, 3)
    return [str(folder / str(index) / "report.json") for index in range(1, count + 1)]


def check(tree: Path, folder: Path, count: int, *args: str) -> None:
    code = scan(tree, folder / "whole", *args)
    reports = shards(tree, folder, count, *args)
    random.Random(count).shuffle(reports)
    merged, log = run("merge", *reports, *outputs(folder / "merged"))
    assert merged == code, log
    for ending in FORMATS.values():
        whole = (folder / "whole" / f"report.{ending}").read_text()
        assert steady((folder / "merged" / f"report.{ending}").read_text()) == steady(whole), ending


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    (tmp_path / "tree").mkdir()
    return tmp_path / "tree"


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5])
@pytest.mark.parametrize("plant", TREES)
def test_merged_shards_are_the_scan(tree: Path, tmp_path: Path, plant: Callable[[Path], None], count: int) -> None:
    plant(tree)
    check(tree, tmp_path, count)


@pytest.mark.parametrize("count", [2, 5])
def test_packages_that_nobody_answered_for_are_counted_together(tree: Path, tmp_path: Path, count: int) -> None:
    vulnerable_app(tree)
    check(tree, tmp_path, count, "--advisory-db", str(tree))
    problems = json.loads((tmp_path / "merged" / "report.json").read_text())["problems"]
    assert any(re.search(r"[1-9]\d of [1-9]\d packages not checked", one["reason"]) for one in problems)


@pytest.mark.parametrize("count", [2, 3])
def test_a_baseline_holds_in_every_shard(tree: Path, tmp_path: Path, count: int) -> None:
    pytest.importorskip("scanner.commands.baseline")
    with_baseline(tree)
    check(tree, tmp_path, count)
    counts = json.loads((tmp_path / "merged" / "report.json").read_text())["counts"]
    assert (counts["findings"], counts["suppressed"]) == (1, 6)


def test_what_the_planted_tree_holds_is_found(tree: Path, tmp_path: Path) -> None:
    planted(tree)
    assert run("merge", *shards(tree, tmp_path, 3), *outputs(tmp_path / "merged"))[0] == 1
    report = json.loads((tmp_path / "merged" / "report.json").read_text())
    assert report["counts"]["suppressed"] == 7
    assert report["counts"]["by_kind"]["secret"] == 12
    assert report["policy"]["stale"] == []
    assert [one["path"] for one in report["policy"]["expired"]] == ["d1/**"]
    assert len(report["problems"]) == len({json.dumps(one) for one in report["problems"]}) >= 4
    assert {one["path"] for one in report["scanned"]["skipped"]} >= {"picture.png", "blob.dat", "out"}
    assert "shard" not in report


def test_levels_of_single_audits_are_told_of_the_whole(tree: Path, tmp_path: Path) -> None:
    with_levels(tree)
    run("merge", *shards(tree, tmp_path, 2), *outputs(tmp_path / "merged"))
    assert "blocks at low and above (npm: high, yarn: none); " in (tmp_path / "merged" / "report.log").read_text()


def test_what_matches_nothing_is_told_of_the_whole_and_of_no_shard(tree: Path, tmp_path: Path) -> None:
    """What an entry accepts may be in another shard."""
    with_stale_entries(tree)
    reports = shards(tree, tmp_path, 2)
    assert run("merge", *reports, *outputs(tmp_path / "merged"))[0] == 0
    told = "no-such-rule accepts nothing that was found"
    assert [told in (tmp_path / name / "report.log").read_text() for name in ("1", "2", "merged")] == [False, False, True]
    assert [one["id"] for one in json.loads((tmp_path / "merged" / "report.json").read_text())["policy"]["stale"]] == [
        "no-such-rule", "GHSA-0000-0000-0000",
    ]  # fmt: skip


def test_a_shard_says_so_and_its_report_follows_the_schema(tree: Path, tmp_path: Path) -> None:
    import jsonschema

    planted(tree)
    (path, _) = shards(tree, tmp_path, 2)
    report = json.loads(Path(path).read_text())
    jsonschema.validate(report, json.loads(run("schema", "report")[1]))
    assert (report["shard"]["index"], report["shard"]["count"]) == (1, 2)
    assert TOKEN not in json.dumps(report["shard"]).replace(TOKEN + "\\u2026", "")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda reports: reports[:-1], "merge: shard 3 is missing of 3"),
        (lambda reports: reports[:1], "merge: shards 2, 3 are missing of 3"),
        (lambda reports: [*reports, reports[0]], "is shard 1/3, as "),
        (lambda reports: [*reports[:-1], "nowhere.json"], "nowhere.json: cannot be read"),
        (lambda reports: edited(reports, "{"), "not a JSON report of version 1"),
        (lambda reports: edited(reports, changed(reports[0], ("tool", "version"), "9.9")), f"by version 9.9, this is {__version__}"),
        (lambda reports: edited(reports, changed(reports[0], ("shard",), None)), "not a JSON report of version 1"),
        (lambda reports: edited(reports, changed(reports[0], ("shard", "verdict"), {})), "its shard cannot be read"),
        (lambda reports: edited(reports, changed(reports[0], ("shard", "verdict", "run", "target"), "b")), "another target"),
        (lambda reports: edited(reports, changed(reports[0], ("shard", "verdict", "run", "commit"), "b")), "another commit"),
        (lambda reports: edited(reports, changed(reports[0], ("shard", "verdict", "run", "base"), "b")), "another base"),
        (lambda reports: edited(reports, changed(reports[0], ("shard", "verdict", "share", "count"), 4)), "another number of shards"),
        (lambda reports: edited(reports, changed(reports[0], ("shard", "verdict", "share", "policy"), "b")), "another policy"),
        (lambda reports: edited(reports, changed(reports[0], ("shard", "verdict", "share", "tree"), "b")), "another tree"),
    ],
)
def test_what_does_not_belong_together_is_refused(
    tree: Path, tmp_path: Path, change: Callable[[list[str]], list[str]], said: str
) -> None:
    clean(tree)
    code, log = run("merge", *change(shards(tree, tmp_path, 3)), "-o", f"json={tmp_path / 'merged.json'}")
    assert (code, log.count("\n")) == (2, 1)
    assert said in log
    assert not (tmp_path / "merged.json").exists()


def edited(reports: list[str], text: str) -> list[str]:
    Path(reports[0]).write_text(text)
    return reports


def changed(report: str, path: tuple[str, ...], value: object) -> str:
    data = json.loads(Path(report).read_text())
    inner = data
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = value
    return json.dumps(data)


def test_a_whole_report_is_no_shard(tree: Path, tmp_path: Path) -> None:
    clean(tree)
    scan(tree, tmp_path / "whole")
    code, log = run("merge", str(tmp_path / "whole" / "report.json"))
    assert (code, "is the report of a whole scan" in log) == (2, True)


@pytest.mark.parametrize("other", [("--fail-on", "critical"), ("--exclude-dev",), ("--only", "secrets"), ("--unknown-severity", "warn")])
def test_shards_with_other_choices_are_foreign(tree: Path, tmp_path: Path, other: tuple[str, ...]) -> None:
    clean(tree)
    scan(tree, tmp_path / "1", "--shard", "1/2")
    scan(tree, tmp_path / "2", "--shard", "2/2", *other)
    code, log = run("merge", *(str(tmp_path / part / "report.json") for part in "12"))
    assert (code, "another policy" in log) == (2, True)


def test_a_file_more_on_one_machine_is_another_tree(tree: Path, tmp_path: Path) -> None:
    clean(tree)
    scan(tree, tmp_path / "1", "--shard", "1/2")
    (tree / "b.py").write_text("1")
    scan(tree, tmp_path / "2", "--shard", "2/2")
    code, log = run("merge", *(str(tmp_path / part / "report.json") for part in "12"))
    assert (code, "another tree" in log) == (2, True)


def test_the_action_merges_and_tells_github(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    chooser = random.Random(1)
    pull = PullRequest(tmp_path, {"a.py": "1\n"}, {"b.py": f'token = "{secret(chooser)}"\n', "requirements.txt": "jinja2==3.1.2\n"})
    whole, report, _ = pull.scan()
    for index in "123":
        code, _, _ = pull.scan("--shard", f"{index}/3", "-o", f"json={tmp_path / index}.json")
        assert code in (0, 1)
    (tmp_path / "output").unlink()
    (tmp_path / "summary").unlink()
    monkeypatch.chdir(tmp_path)
    inputs = {"INPUT_MERGE": f"{tmp_path}/[0-9].json", "INPUT_JSON-FILE": "merged.json"}
    code, log = run(env={**pull.env(), **inputs})
    merged = json.loads((tmp_path / "merged.json").read_text())
    assert (code, whole) == (1, 1)
    assert steady(json.dumps(merged)) == steady(json.dumps(report))
    assert {one["origin"] for one in merged["findings"]} == {"introduced"}
    assert "::error" in log
    assert "verdict<<" in (tmp_path / "output").read_text()
    assert "Security Scan Gate" in (tmp_path / "summary").read_text()


def test_a_merge_input_that_names_nothing_is_an_error(tmp_path: Path) -> None:
    code, log = run(env={"GITHUB_ACTIONS": "true", "INPUT_MERGE": f"{tmp_path}/*.json"})
    assert (code, "no report at" in log) == (2, True)


def test_a_token_in_a_package_name_that_nobody_answered_for_is_in_no_report(tree: Path, tmp_path: Path) -> None:
    token = secret(random.Random(5))
    packages = {f"node_modules/{name}": {"version": "1.0.0"} for name in (token.lower() + "a", *"abcdefgh")}
    names = {f"node_modules/p-{token}": {"version": "1.0.0"}, **packages}
    (tree / "package-lock.json").write_text(json.dumps({"lockfileVersion": 3, "packages": {"": {"name": "x"}, **names}}))
    reports = shards(tree, tmp_path, 3, "--advisory-db", str(tree))
    run("merge", *reports, *outputs(tmp_path / "merged"))
    assert not [path for path in tmp_path.rglob("report.*") if token in path.read_text()]
    problems = [one["reason"] for one in json.loads((tmp_path / "merged" / "report.json").read_text())["problems"]]
    assert [reason.split(" (")[0] for reason in problems if "not checked" in reason] == ["local database: 10 of 10 packages not checked"]


def test_a_secret_of_a_commit_and_of_the_tree_is_one_finding(tmp_path: Path) -> None:
    chooser = random.Random(2)
    kept, gone = secret(chooser), secret(chooser)
    pull = PullRequest(
        tmp_path, {"z.py": f'token = "{kept}"\n', "a.py": f'token = "{gone}"\n', "m.py": "x = 1\n" * 9000}, {"a.py": "print()\n"}
    )
    whole, report, _ = pull.scan("--history")
    for index in "123":
        pull.scan("--history", "--shard", f"{index}/3", "-o", f"json={tmp_path / index}.json")
    code, _ = run("merge", *(str(tmp_path / f"{index}.json") for index in "123"), "-o", f"json={tmp_path / 'merged.json'}")
    merged = json.loads((tmp_path / "merged.json").read_text())
    assert (code, len(merged["findings"])) == (whole, 2)
    assert steady(json.dumps(merged)) == steady(json.dumps(report))


def test_an_entry_is_stale_where_no_shard_has_used_it() -> None:
    used, unused = (Suppression(by="config", id=name, reason="r") for name in ("GHSA-1", "GHSA-2"))
    parts = [replace(sample.clean(), stale=stale) for stale in ((used, unused), (unused,), (used, unused))]
    for order in (parts, parts[::-1], parts[1:]):
        assert merging._stale(order) == (unused,)
