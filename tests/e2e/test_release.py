"""The release workflow under act, from the tag to the moved major tag: it tests, builds, pushes, describes and packs for real.

What only the outside can do is stood in for (``stand_ins/``): Docker Hub and GitHub's registry by a registry on loopback; the signature,
the attestations and the release page by what they are given. The image is built for this machine's architecture alone.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from scanner import __version__
from tests.e2e import act, base_image, registry, repositories
from tests.e2e.image import PROJECT, proxies
from tests.loopback import serve

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.e2e.engine import Engine

pytestmark = pytest.mark.e2e

_OWNER, _TAG = "our-org/security-scan-gate", f"v{__version__}"
_STAND_INS = Path(__file__).with_name("stand_ins")
_WORKFLOW = ".github/workflows/release.yml"
_TREE, _MADE = "1" * 40, "2" * 40
_STEP = "docker run --rm --volume", "scan /github/workspace --only"


class Released(NamedTuple):
    """What a run left behind: a ``log`` and files in ``kept``, images in ``images``; ``commit`` is the one that was tagged, _MADE the
    one that GitHub would have made on top of it."""

    run: act.WorkflowRun
    kept: Path
    images: registry.Registry
    commit: str

    @property
    def log(self) -> list[str]:
        return (self.kept / "log").read_text().splitlines()


@pytest.fixture(scope="module")
def tagged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clone with the tag on main, whose own tests have passed already: here they are only said to."""
    clone = tmp_path_factory.mktemp("release") / "clone"
    subprocess.run(["git", "clone", "-q", str(PROJECT), str(clone)], check=True)
    (clone / ".ci" / "run").write_text("echo everything passed\n")
    return clone


@pytest.fixture(scope="module")
def released(engine: Engine, image: str, tagged: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Released]:
    if not registry.obtainable():
        pytest.skip("docker-registry is not installed, and this user cannot install it")
    scratch = tmp_path_factory.mktemp("run")
    with registry.running(scratch / "registry") as images, serve(repositories.ADVISORIES) as osv:
        commit = _prepare(tagged, images.address, osv.url)
        base = images.push(engine, base_image.TAG, "debian")
        kept = scratch / "kept"
        kept.mkdir()
        event = scratch / "event.json"
        event.write_text(json.dumps({"ref": f"refs/tags/{_TAG}", "repository": {"full_name": _OWNER}}))
        given = {"KEPT": str(kept), "REGISTRY": images.address, "BASE_DIGEST": base, "PROXIES": " ".join(proxies())}
        environment = {**given, **_programs(scratch / "bin")}
        actions = _actions((tagged / _WORKFLOW).read_text())
        home = scratch / "home"
        run = act.run_on_this_machine(engine, tagged, _WORKFLOW, home=home, actions=actions, event=event, environment=environment)
        yield Released(run, kept, images, commit)
        images.forget(engine)


def _prepare(clone: Path, address: str, osv: str) -> str:
    """Put loopback's addresses where the outside's stand, commit, tag; the commit."""
    path = clone / _WORKFLOW
    text = path.read_text()
    assert [text.count(part) for part in ("IMAGE: ghcr.io/", *_STEP)] == [1, 1, 1]
    text = text.replace("IMAGE: ghcr.io/", f"IMAGE: {address}/").replace(_STEP[0], "docker run --rm --network=host --volume")
    path.write_text(text.replace(_STEP[1], f"scan /github/workspace --osv-url {osv} --only"))
    commit = repositories.commit(clone)
    for words in (
        ["tag", "-f", _TAG], ["update-ref", "refs/remotes/origin/main", "HEAD"],
        ["remote", "set-url", "origin", f"https://github.com/{_OWNER}.git"],
    ):
        subprocess.run(["git", *words], cwd=clone, check=True, capture_output=True)
    (clone / ".venv").symlink_to(Path(sys.prefix))
    for name in ("requirements.lock", "requirements-dev.lock"):
        os.utime(clone / name, (0, 0))
    return commit


def _programs(folder: Path) -> dict[str, str]:
    """PATH with the stand-ins in front, and this Python."""
    shutil.copytree(_STAND_INS / "bin", folder)
    (folder / "python3").symlink_to(Path(sys._base_executable))  # type: ignore[attr-defined]
    return {"PATH": f"{folder}{os.pathsep}{os.environ['PATH']}", "REAL_DOCKER": shutil.which("docker") or ""}


def _actions(text: str) -> dict[str, Path]:
    used = set(re.findall(r"uses: ([\w./-]+@[0-9a-f]{40})", text))
    places = {name: _STAND_INS / name.partition("@")[0] for name in used}
    return {name: place if place.is_dir() else _STAND_INS / "nothing" for name, place in places.items()}


def test_every_job_succeeds(released: Released) -> None:
    assert released.run.jobs == dict.fromkeys(("test", "image", "action", "wheel", "publish"), "success"), released.run.text
    assert released.run.exit_code == 0


def _digest(released: Released) -> str:
    """Of the image that was pushed under the tag."""
    found = released.images.digest(_OWNER, _TAG)
    assert re.fullmatch(r"sha256:[0-9a-f]{64}", found)
    return found


def test_what_is_signed_and_attested_is_the_image_that_was_pushed(released: Released) -> None:
    name, digest = f"{released.images.address}/{_OWNER}", _digest(released)
    packed = f"dist/security_scan_gate-{__version__}"
    assert sorted(re.sub(r" \S+/(?=sbom\.)", " ", line) for line in released.log if not line.startswith("gh ")) == [
        f"attest-build-provenance {name} {digest} true",
        f"attest-build-provenance {packed}-py3-none-any.whl {packed}.tar.gz",
        f"attest-sbom {name} {digest} true sbom.cdx.json",
        f"cosign sign --yes --recursive {name}@{digest}",
    ]


def test_the_bill_of_materials_names_every_package_of_the_lock_file(released: Released) -> None:
    """Written by the released image, of the tagged tree."""
    bill = json.loads((released.kept / "sbom.cdx.json").read_text())
    named = {(one["name"], one["version"]) for one in bill["components"]}
    locked = re.findall(r"^([a-z0-9-]+)==([^ ;\\]+)", (PROJECT / "requirements.lock").read_text(), re.MULTILINE)
    assert bill["bomFormat"] == "CycloneDX"
    assert len(locked) > 30
    assert set(locked) <= named


def test_the_wheel_writes_the_line_of_this_release(released: Released) -> None:
    """It was installed from hash-locked packages and has scanned the clean example, or its job would have failed."""
    (packed,) = (released.kept / "packages").glob("*.whl")
    with zipfile.ZipFile(packed) as wheel:
        text = wheel.read("scanner/commands/_starter.py").decode()
    assert f'ACTION = "{_OWNER}@{_MADE} # {_TAG}"' in text
    assert {path.suffix for path in (released.kept / "packages").iterdir()} == {".whl", ".gz"}


def test_the_notes_begin_with_the_line_to_copy_and_say_how_to_verify(released: Released) -> None:
    (release,) = [line for line in released.log if line.startswith("gh <release>")]
    image = f"{released.images.address}/{_OWNER}@{_digest(released)}"
    assert f"<{_TAG}> <--verify-tag> <--generate-notes> <--notes> <To copy:~~    - uses: {_OWNER}@{_MADE} # {_TAG}~" in release
    assert f"~Image: {image}~" in release
    assert f"cosign verify {image} --certificate-identity https://github.com/{_OWNER}/{_WORKFLOW}@refs/tags/{_TAG} " in release
    assert release.endswith(f".whl> <dist/security_scan_gate-{__version__}.tar.gz>")


def _calls(released: Released, *words: str) -> list[str]:
    """What GitHub's API was asked to do by way of these words."""
    return [line for line in released.log if line.startswith("gh <api>") and all(word in line for word in words)]


def test_the_line_to_copy_names_an_action_that_builds_nothing(released: Released, tagged: Path) -> None:
    """Its commit stands on top of the tagged one, differs in one line of one file, and a tag keeps it."""
    before, after = (tagged / "action.yml").read_text().splitlines(), (released.kept / "action.yml").read_text().splitlines()
    image = f"docker://{released.images.address}/{_OWNER}@{_digest(released)}"
    assert [pair for pair in zip(before, after, strict=True) if pair[0] != pair[1]] == [("  image: Dockerfile", f"  image: {image}")]
    (tree,) = _calls(released, "/git/trees")
    (commit,) = _calls(released, "/git/commits")
    (tag,) = _calls(released, "/git/refs>", "-action")
    assert "<tree[][path]=action.yml>" in tree
    assert f"<tree={_TREE}> <--raw-field> <parents[]={released.commit}>" in commit
    assert f"<ref=refs/tags/{_TAG}-action> <--raw-field> <sha={_MADE}>" in tag


def test_the_major_tag_is_moved_or_made(released: Released) -> None:
    major = _TAG.partition(".")[0]
    assert _calls(released, "--method") == [
        f"gh <api> <--method> <PATCH> <repos/{_OWNER}/git/refs/tags/{major}> <--field> <sha={_MADE}> <--field> <force=true>",
        f"gh <api> <--method> <POST> <repos/{_OWNER}/git/refs> <--field> <ref=refs/tags/{major}> <--field> <sha={_MADE}>",
    ]


def test_a_tag_of_another_version_is_refused(engine: Engine, tagged: Path, released: Released, tmp_path: Path) -> None:
    """Before anything is built: no job that signs or writes begins."""
    event = tmp_path / "event.json"
    event.write_text(json.dumps({"ref": "refs/tags/v99.0.0", "repository": {"full_name": _OWNER}}))
    environment = {"KEPT": str(tmp_path), **_programs(tmp_path / "bin")}
    actions = _actions((tagged / _WORKFLOW).read_text())
    run = act.run_on_this_machine(engine, tagged, _WORKFLOW, home=tmp_path / "home", actions=actions, event=event, environment=environment)
    assert run.exit_code == 1
    assert run.jobs == {"test": "failure"}, run.text
    assert not (tmp_path / "log").exists()
