"""Leaks nothing: thousands of planted tokens, and those of the job itself, stand in no output, no child's environment and no request."""

from __future__ import annotations

import io
import json
import os
import random
import re
import string
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from scanner.cli import main
from scanner.errors import SourceError
from scanner.fetch import Asked, Limits, Session
from scanner.reporters import formats
from scanner.secrets import rules
from tests.loopback import Fault, serve
from tests.loopback.faults import away, reply
from tests.loopback.tls import serve_tls
from tests.robustness import child
from tests.robustness.child import ADVISORIES, OFFLINE
from tests.robustness.tokens import Planted, drawn, grams, leaked, planted

Count = Callable[..., None]
WHOLE = os.environ.get("ROBUSTNESS") == "full"
WANTED = 2000 if WHOLE else len(rules.builtin())
PER_FILE = 20
JOB = (
    "GITHUB_TOKEN",
    "INPUT_TOKEN",
    "ACTIONS_RUNTIME_TOKEN",
    "ACTIONS_ID_TOKEN_REQUEST_TOKEN",
    "AWS_SECRET_ACCESS_KEY",
    "NPM_TOKEN",
    "PIP_PASSWORD",
)


class Place(NamedTuple):
    """Where a token of a rule stands: its file, its first line and the one after its last."""

    rule: str
    path: str
    lines: range


TO_THE_END = frozenset(
    (
        "pgpass-file", "pgpass-entry", "htpasswd-entry", "password-line", "secret-pair", "table-password", "login-in-comment",
        "robot-password", "multiple-assignment", "table-column-password", "ldif-encoded-password", "recorded-header-secret", "robot-secret",
        "oracle-connect-password",
    )
)
"""Rules that want the value to end its line."""


def tree_of(folder: Path, tokens: list[Planted], seed: int) -> tuple[list[str], list[Place]]:
    """Write the tokens, twenty a file, with lines around them that nobody may see; the neighbours' own marks, and who stands where."""
    chance = random.Random(seed)
    near, places, texts = list[str](), list[Place](), dict[str, str]()
    homes = {rule.id: rule.paths[0].strip("*") for rule in rules.builtin() if rule.paths}
    for number, token in enumerate(tokens):
        path = homes.get(token.rule, f"config{number // PER_FILE}.env")
        mark = "".join(chance.choices(string.ascii_letters, k=16))
        near.append(mark)
        before = texts.get(path, "") + f"# before {mark}\n"
        after = before + token.text + ("" if token.rule in TO_THE_END else f"  # beside {mark}") + "\n"
        places.append(Place(token.rule, path, range(before.count("\n") + 1, after.count("\n") + 1)))
        texts[path] = f"{after}after = '{mark}'\n\n"
    for path, text in texts.items():
        (folder / path).write_text(text)
    return near, places


def missed(places: list[Place], findings: list[dict]) -> set[str]:
    """The rules none of whose tokens was found, by whichever rule."""
    found = {(one["location"]["path"], one["location"]["line"]) for one in findings}
    seen = {place.rule for place in places if any((place.path, line) in found for line in place.lines)}
    return {place.rule for place in places} - seen


def everything(folder: Path, env: dict[str, str], *args: str) -> dict[str, str]:
    """Every output of a scan by its name."""
    out = folder / "out"
    out.mkdir()
    step = {"GITHUB_ACTIONS": "true", "GITHUB_OUTPUT": str(out / "output"), "GITHUB_STEP_SUMMARY": str(out / "summary")}
    outputs = [word for form in formats() for word in ("-o", f"{form}={out / form}")]
    done = child.run(".", *OFFLINE, *outputs, "-v", *args, cwd=folder / "repo", env={**env, **step}, limit_s=120)
    texts = {path.name: path.read_text() for path in out.iterdir()}
    return texts | {"log": done.said}


def without_hashes(text: str, tokens: list[Planted]) -> str:
    """The text without long hexadecimal runs that no eight characters of were planted: names of findings, of rows and of documents."""
    all_of_them = "\n".join(token.text for token in tokens)

    def hash_of_ours(run: re.Match[str]) -> str:
        return run[0] if any(run[0][at : at + 8] in all_of_them for at in range(len(run[0]) - 7)) else ""

    return re.sub(r"[0-9a-f]{12,}|urn:uuid:[0-9a-f-]{36}", hash_of_ours, text)


def test_tokens_of_every_rule_in_every_output(tmp_path: Path, count: Count) -> None:
    tokens = list(planted(WANTED))
    assert {token.rule for token in tokens} == {rule.id for rule in rules.builtin()}
    (tmp_path / "repo").mkdir()
    near, places = tree_of(tmp_path / "repo", tokens, 1)
    texts = {name: without_hashes(text, tokens) for name, text in everything(tmp_path, child.environment(tmp_path / "home")).items()}
    findings = json.loads((tmp_path / "out" / "json").read_text())["findings"]
    assert missed(places, findings) == set()
    secret = set().union(*(grams(token.drawn) for token in tokens))
    leaks = {name: leaked(text, secret) for name, text in texts.items()}
    assert {name: runs for name, runs in leaks.items() if runs} == {}
    assert not [(name, mark) for name, text in texts.items() for mark in near if mark in text]
    assert set(texts) >= {*formats(), "log", "output", "summary"}
    count("rules planted and found", len({place.rule for place in places}))
    count("tokens planted", WANTED)
    count("tokens leaked", sum(map(len, leaks.values())))


MANIFESTS = {
    "requirements.txt": [
        "git+https://x-access-token:{token}@git.example/o/r.git",
        "pkg @ https://user:{token}@host.example/pkg.zip",
        "--index-url https://{token}@host.example/simple",
        "-e git+ssh://git:{token}@git.example/r#egg=r",
        "-r https://{token}@host.example/r.txt",
        "what is {token} this",
        "./{token}",
        "--unknown={token}",
        "https://host.example/a.whl?token={token}",
        "requests=={token}",
        "-r {token}/../../x",
        "name[{token}]",
        "flask; {token} == 'x'",
        "-c {token}.txt",
    ],
    "package.json": [
        '{{"name":"x","dependencies":{{"a":"git+https://{token}:basic@git.example/o/r.git"}}}}',
        '{{"name":"x","dependencies":{{"a":"https://u:{token}@h.example/a.tgz"}}}}',
        '{{"name":"x","dependencies":{{"a":"^1" "{token}"}}}}',
        '{{"name":"x","dependencies":["{token}"]}}',
        '{{"{token}":1,"{token}":2}}',
        '{{"name":"x","workspaces":["{token}"],"dependencies":{{"a":"npm:{token}"}}}}',
    ],
    "package-lock.json": [
        '{{"lockfileVersion":3,"packages":{{"node_modules/a":{{"version":"1.0.0","resolved":"https://u:{token}@h.example/a.tgz"}}}}}}',
        '{{"lockfileVersion":3,"packages":{{"node_modules/a":{{"version":"git+https://{token}@h.example/a.git"}}}}}}',
        '{{"lockfileVersion":"{token}"}}',
        '{{"lockfileVersion":3,"packages":{{"node_modules/a":{{"version":["{token}"]}}}}}}',
        '{{"lockfileVersion":3, "{token}',
        '{{"a":1,"{token}":2,"{token}":3}}',
        '{{"lockfileVersion":3,"packages":{{"node_modules/a":{{"version":"{token}"}}}}}}',
        '{{"lockfileVersion":1,"dependencies":{{"a":{{"version":"github:o/r#{token}"}}}}}}',
    ],
    "yarn.lock": [
        "# yarn lockfile v1\n\n{token}",
        '# yarn lockfile v1\n\n"a@https://u:{token}@h.example/a":\n  version "1.0.0"\n',
        "# yarn lockfile v1\n\na@1:\n    {token} x y\n",
    ],
    "pnpm-lock.yaml": [
        "lockfileVersion: '{token}'",
        "lockfileVersion: '9.0'\npackages:\n  ? {token}\n  : [",
        "lockfileVersion: '9.0'\npackages:\n  'https://u:{token}@h.example/a': {{}}\n",
        "lockfileVersion: '9.0'\n{token}: 1\n{token}: 2\n",
        "lockfileVersion: '9.0'\na: *{token}\n",
    ],
    "poetry.lock": [
        'x = "{token}',
        '[[package]]\nname = "a"\nversion = "1"\n[package.source]\ntype = "git"\nurl = "https://{token}@h.example/r"\n',
        '[metadata]\n"{token}" = 1\n"{token}" = 2\n',
        "{token}",
    ],
    "pyproject.toml": [
        '[project]\nname="x"\ndependencies=["a @ git+https://{token}@h.example/a"]\n',
        '[project]\nname="x"\ndependencies=["{token} {token}"]\n',
        '[tool.poetry.dependencies]\na = {{git = "https://{token}@h.example/a"}}\n',
        '[tool.poetry.dependencies]\na = "{token}"\n',
        "[project\n{token}",
    ],
    "Pipfile": ['[packages]\na = {{git = "https://{token}@h.example/a"}}\n', "[packages]\na = '{token}"],
    "Pipfile.lock": [
        '{{"default":{{"a":{{"version":"{token}"}}}}}}',
        '{{"default":{{"a":{{"git":"https://{token}@h.example/a"}}}}}}',
        '{{"{token}',
    ],
    "setup.cfg": ["[options]\ninstall_requires =\n  a @ https://{token}@h.example/a\n", "[options\n{token}"],
    "uv.lock": [
        'version = 1\n[[package]]\nname = "a"\nversion = "1"\nsource = {{ git = "https://{token}@h.example/a" }}\n',
        'version = "{token}"\n',
    ],
    ".secrets.baseline": ['{{"results": {{"{token}": 1}}}}', '{{"results": "{token}"'],
}


def case_names() -> list[tuple[str, int]]:
    return [(name, number) for name, templates in MANIFESTS.items() for number in range(len(templates))]


def test_tokens_in_manifests_lockfiles_and_their_errors(tmp_path: Path, count: Count) -> None:
    """A URL's user and password, and what a parser stumbles over, are never quoted."""
    tree = tmp_path / "repo"
    tree.mkdir()
    secret: dict[str, set[str]] = {}
    for name, number in case_names():
        made = drawn("gh{}p_{alnum:36}", len(secret))
        secret[f"{name}-{number}"] = grams(made.drawn)
        home = tree / f"{name}-{number}"
        home.mkdir()
        (home / name).write_text(MANIFESTS[name][number].format(token=made.text))
    texts = everything(tmp_path, child.environment(tmp_path / "home"), "--resolve", "never")
    leaks = {(case, name): leaked(text, runs) for name, text in texts.items() for case, runs in secret.items()}
    assert sorted({case for (case, _), runs in leaks.items() if runs}) == []
    count("tokens planted", len(secret))


POLICIES = [
    "fail-on: '{token}'",
    "{token}: 1",
    "allow: [{{id: x, reason: '{token}', expires: '{token}'}}]",
    "exclude: {token}",
    "timeout: {token}",
    "audits: {{npm: {token}}}",
    "secrets: {{patterns: [{{id: x, description: x, regex: '({token}'}}]}}",
    "a: '{token}",
    "a: *{token}",
    "{token}: 1\n{token}: 2",
]


@pytest.mark.parametrize("template", POLICIES)
def test_tokens_in_a_policy_that_cannot_be_used(tmp_path: Path, template: str, count: Count) -> None:
    made = drawn("gh{}p_{alnum:36}", 1)
    (tmp_path / ".security-scan.yml").write_text(template.format(token=made.text))
    out, err = io.StringIO(), io.StringIO()
    assert main([str(tmp_path), *OFFLINE], {"HOME": str(tmp_path), "GITHUB_ACTIONS": "true"}, out, err) == 2
    assert leaked(out.getvalue() + err.getvalue(), grams(made.drawn)) == set()
    count("tokens planted")


AFFECTED = '"affected":[{{"package":{{"ecosystem":"npm","name":"left-pad"}},'
RECORDS = {
    "id.json": '{{"id":"{token}","affected":5}}',
    "key.json": '{{"id":5,"{token}":1}}',
    "version.json": '{{"id":"X-1","schema_version":"{token}"}}',
    "name.json": '{{"id":"X-2","affected":[{{"package":{{"ecosystem":"npm","name":"{token}"}},"versions":5}}]}}',
    "event.json": '{{"id":"X-3",' + AFFECTED + '"ranges":[{{"type":"{token}","events":[{{"{token}":1}}]}}]}}]}}',
    "dates.json": '{{"id":"X-4","modified":"{token}","published":"{token}","withdrawn":"{token}",' + AFFECTED + '"versions":["1.0.0"]}}]}}',
    "cut.json": '{{"{token}',
    "alias.yaml": "id: *{token}",
    "keys.yaml": "? {{{token}: 1}}\n: 2",
    "broken.yaml": "{token}: 1\n- {token}",
    "shape.yaml": "id: X\naffected: {token}",
    "{token}.json": "{{",
}


def test_tokens_in_advisories_and_their_errors(tmp_path: Path, count: Count) -> None:
    """What builds a database, describes it or asks it quotes no record that it cannot use, and shows no date that is none."""
    (tmp_path / "records").mkdir()
    (tmp_path / "repo").mkdir()
    (tmp_path / "repo" / "package-lock.json").write_text('{"lockfileVersion":3,"packages":{"node_modules/left-pad":{"version":"1.0.0"}}}')
    made = [drawn("gh{}p_{alnum:36}", number) for number in range(len(RECORDS))]
    for token, (name, text) in zip(made, RECORDS.items(), strict=True):
        (tmp_path / "records" / name.format(token=token.text)).write_text(text.format(token=token.text))
    secret = set().union(*(grams(token.drawn) for token in made))
    env, database = child.environment(tmp_path / "home"), str(tmp_path / "a.db")
    said = [child.run("db", *words, "--db", database, cwd=tmp_path, env=env) for words in (("import", "records"), ("info",))]
    for path in sorted((tmp_path / "records").iterdir())[: None if WHOLE else 3]:
        said.append(child.run("db", "import", str(path), "--db", str(tmp_path / "b.db"), cwd=tmp_path, env=env))
    for source in (database, str(tmp_path / "records")):
        said.append(child.run("repo", "--advisories", "offline", "--advisory-db", source, "-v", "-f", "json", cwd=tmp_path, env=env))
    assert [one.code for one in said[:2]] == [3, 0]
    assert {one.code for one in said} <= {0, 1, 3}
    assert leaked("\n".join(one.said for one in said), secret) == set()
    count("tokens planted", len(made))


@pytest.mark.parametrize(
    "where", ["scanner.secrets.engine.Engine.scan", "scanner.pipeline.judge", "scanner.workspace.list_files", "scanner.redaction.verdict"]
)
def test_a_crash_report_quotes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str, count: Count) -> None:
    made = drawn("gh{}p_{alnum:36}", 2)
    (tmp_path / "a.env").write_text(f"TOKEN={made.text}\n")

    def fall(*_: object, **__: object) -> None:
        raise RuntimeError(f"while reading {made.text}") from ValueError(made.text)

    monkeypatch.setattr(where, fall)
    out, err = io.StringIO(), io.StringIO()
    code = main([str(tmp_path), *OFFLINE, "-v", "--jobs", "1"], {"HOME": str(tmp_path), "GITHUB_ACTIONS": "true"}, out, err)
    assert code == 3
    assert leaked(out.getvalue() + err.getvalue(), grams(made.drawn)) == set()
    count("tokens planted")


def test_tokens_of_the_job(tmp_path: Path, count: Count) -> None:
    """They are in no output and in no request to an advisory service; ``.netrc`` and the URL's own password are not told either."""
    tree = tmp_path / "repo"
    tree.mkdir()
    (tree / "package-lock.json").write_text('{"lockfileVersion":3,"packages":{"node_modules/lodash":{"version":"4.17.15"}}}')
    tokens = {name: drawn("{alnum:40}", number) for number, name in enumerate(JOB)}
    env = child.environment(tmp_path / "home", **{name: token.text for name, token in tokens.items()})
    (tmp_path / "home" / ".netrc").write_text(f"machine 127.0.0.1 login u password {tokens['NPM_TOKEN'].text}\n")
    out = tmp_path / "out.json"
    secret = set().union(*(grams(token.drawn) for token in tokens.values()))
    with serve(ADVISORIES) as service:
        service.faults.append(Fault(reply(503, b"{}"), route="/security/advisories/bulk", times=0))
        password = tokens["PIP_PASSWORD"].text
        url = service.url.replace("://", f"://user:{password}@")
        online = ("--advisories", "online", "--osv-url", service.url, "--npm-registry", url)
        done = child.run(".", *online, "-v", "-o", f"json={out}", cwd=tree, env=env)
        asked = "\n".join(f"{one.path}{sorted(one.headers.items())}{one.body!r}" for one in service.requests if "/v1/" in one.path)
    assert asked
    assert done.code in (1, 3), done.said
    assert leaked(done.said + out.read_text() + asked, secret) == set()
    count("tokens planted", len(JOB))


ASKED = Asked(service="the API")


def test_the_token_goes_to_the_api_alone(count: Count) -> None:
    """A redirect is not followed with it; where there is no TLS, it is not sent at all."""
    with serve(ADVISORIES) as api, serve(ADVISORIES) as other:
        api.faults.append(Fault(away(f"{other.url}/elsewhere")))
        with pytest.raises(SourceError):
            Session(Limits(retries=0)).call("GET", f"{api.url}/repos", ASKED, token="t0ken" * 8)
        assert other.requests == []
        assert api.requests[0].headers["authorization"] == "Bearer " + "t0ken" * 8
    for url in ("http://api.example/x", "http://127.0.0.1.example/x", "ftp://api.example/x", "http://localhost@api.example/"):
        with pytest.raises(SourceError, match="not https"):
            Session().call("GET", url, ASKED, token="t0ken" * 8)
    count("tokens planted", 5)


def test_a_redirect_carries_nothing_of_the_first_address() -> None:
    with serve(ADVISORIES) as first, serve(ADVISORIES) as second:
        first.faults.append(Fault(away(f"{second.url}/v1/querybatch")))
        url = first.url.replace("://", "://user:pass" + "word@")
        Session(Limits(retries=0)).post(f"{url}/v1/querybatch", b'{"queries":[]}', ASKED)
        assert "authorization" not in second.requests[0].headers
        assert "cookie" not in second.requests[0].headers


def test_proxies_are_honoured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with serve(ADVISORIES) as proxy:
        monkeypatch.setenv("http_proxy", proxy.url)
        monkeypatch.setenv("no_proxy", "direct.example")
        proxy.faults.append(Fault(reply(200, b'{"results":[]}')))
        Session(Limits(retries=0)).post("http://osv.example/v1/querybatch", b'{"queries":[]}', ASKED)
        assert [request.path for request in proxy.requests] == ["http://osv.example/v1/querybatch"]
        with pytest.raises(SourceError):
            Session(Limits(retries=0, connect_s=2)).get("http://direct.example/", ASKED)
        assert len(proxy.requests) == 1


def test_a_token_and_a_question_go_to_no_one_whose_certificate_is_not_trusted(tmp_path: Path, count: Count) -> None:
    with serve_tls(tmp_path, "IP:127.0.0.1") as server:
        session, token = Session(Limits(retries=0)), "t0ken" * 8
        asks = (
            lambda: session.call("GET", server.url, ASKED, token=token),
            lambda: session.get(server.url, ASKED),
            lambda: session.post(server.url, b'{"queries":[]}', ASKED),
            lambda: session.download(server.url, io.BytesIO(), ASKED, etag="", start=0, began=print),
        )
        for ask in asks:
            with pytest.raises(SourceError, match="TLS failed: its certificate is not trusted"):
                ask()
        assert server.requests == []
    count("tokens planted")
