"""What GitHub tells us and what it wants back: ``INPUT_*`` variables in, Options out; output and summary files written in its grammar."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import UNSET

from scanner import words
from scanner.errors import OutputError
from scanner.reporters import _escape, _outputs
from scanner.settings import Options

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scanner.models import Verdict

FILE_INPUTS = {"json-file": "json", "sarif-file": "sarif", "html-file": "html", "sbom-file": "cyclonedx"}
SWITCHES = {"summary": "true", "comment": "false"}


def on_github(env: Mapping[str, str]) -> bool:
    """Whether this runs inside a GitHub Actions job."""
    return env.get("GITHUB_ACTIONS") == "true"


def line(text: str, env: Mapping[str, str]) -> str:
    """One line with nothing unseen in it, and harmless where it becomes a line of a job's log; a terminal shows places as they are."""
    return _escape.log_line(text) if on_github(env) else _escape.shown(text)


def options(env: Mapping[str, str]) -> Options:
    """The action's inputs; unset and empty look the same. Raises ConfigError, mostly by way of ``settings.build``, for unusable values."""
    for name, default in SWITCHES.items():
        words.flag(name, _switch(env, name), UNSET, default)
    inputs = {key.removeprefix("INPUT_").lower(): value.strip() for key, value in env.items() if key.startswith("INPUT_")}
    known = {field.replace("_", "-"): field for field in Options.__struct_fields__}
    said = {known[name]: value for name, value in inputs.items() if name in known and value and name not in ("only", "outputs", "detail")}
    outputs = tuple(f"{form}={inputs[name]}" for name, form in FILE_INPUTS.items() if inputs.get(name))
    return Options(**said, outputs=outputs)  # type: ignore[arg-type]


def wants_summary(env: Mapping[str, str]) -> bool:
    """Whether the step summary is to be written: there is a file for it and the ``summary`` input does not say no."""
    return bool(env.get("GITHUB_STEP_SUMMARY")) and _switch(env, "summary") != "false"


def reports_to_merge(env: Mapping[str, str]) -> str:
    """The ``merge`` input: where the shards' reports are, in place of a scan; empty to scan."""
    return env.get("INPUT_MERGE", "").strip() if on_github(env) else ""


def wants_comment(env: Mapping[str, str]) -> bool:
    """Whether the action is asked to keep a comment on the pull request."""
    return on_github(env) and _switch(env, "comment") == "true"


def _switch(env: Mapping[str, str], name: str) -> str:
    return env.get(f"INPUT_{name.upper()}", "").strip().lower()


def write_outputs(env: Mapping[str, str], verdict: Verdict, files: Mapping[str, str]) -> None:
    """Append the step's outputs to GITHUB_OUTPUT; ``files`` maps a format to the path it was written to. Raises OutputError."""
    path = env.get("GITHUB_OUTPUT")
    if not path:
        return
    values = _outputs.outputs(verdict, json_file=files.get("json", ""), sarif_file=files.get("sarif", ""))
    import secrets  # what it needs takes ten milliseconds to load

    delimiter = secrets.token_hex(16)
    while any(delimiter in value for value in values.values()):
        delimiter = secrets.token_hex(16)
    _append(path, _outputs.output_block(values, delimiter))


def write_summary(env: Mapping[str, str], text: str) -> None:
    """Append ``text`` to GITHUB_STEP_SUMMARY. Raises OutputError."""
    _append(env["GITHUB_STEP_SUMMARY"], text)


def _append(path: str, text: str) -> None:
    try:
        with open(path, "a", encoding="utf-8", errors="backslashreplace") as stream:
            stream.write(text)
    except OSError as error:
        raise OutputError(f"cannot be written: {error.strerror}", subject=path) from None
