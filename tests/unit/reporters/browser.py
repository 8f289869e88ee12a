"""A headless Chromium at the other end of a loopback WebDriver session, where Debian's chromium and chromium-driver are installed."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.request import ProxyHandler, Request, build_opener

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
DIRECT = build_opener(ProxyHandler({}))


def missing() -> str:
    """What is not installed; empty where everything is."""
    return ", ".join(name for name in ("chromium", "chromedriver") if shutil.which(name) is None)


class Page:
    """One open page."""

    def __init__(self, session: str) -> None:
        self._session = session

    def open(self, file: Path, fragment: str = "") -> None:
        """Open a file, or only change the fragment of the one that is open."""
        _call(f"{self._session}/url", {"url": f"{file.as_uri()}#{fragment}" if fragment else file.as_uri()})

    def run(self, script: str) -> Any:
        """The value of a JavaScript function body."""
        return _call(f"{self._session}/execute/sync", {"script": script, "args": []})

    def click(self, selector: str) -> None:
        """A real click of a pointer."""
        _call(f"{self._session}/element/{self._find(selector)}/click", {})

    def type(self, selector: str, text: str) -> None:
        """Real keys."""
        _call(f"{self._session}/element/{self._find(selector)}/value", {"text": text})

    def size(self, width: int, height: int) -> None:
        """Of the window, in CSS pixels."""
        _call(f"{self._session}/window/rect", {"width": width, "height": height})

    def media(self, kind: str, scheme: str) -> None:
        """Show it as on ``screen`` or in ``print``, ``light`` or ``dark``."""
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        body = {"cmd": "Emulation.setEmulatedMedia", "params": {"media": kind, "features": features}}
        _call(f"{self._session}/goog/cdp/execute", body)

    def messages(self) -> list[str]:
        """What the browser had to say of the page: errors of scripts, refusals by the Content-Security-Policy."""
        said = [one["message"] for one in _call(f"{self._session}/se/log", {"type": "browser"})]
        return [message for message in said if not message.startswith("chrome://")]

    def _find(self, selector: str) -> str:
        return str(_call(f"{self._session}/element", {"using": "css selector", "value": selector})[ELEMENT])


@contextmanager
def page(folder: Path) -> Iterator[Page]:
    """A browser with its profile in ``folder``, ended afterwards."""
    process = subprocess.Popen(["chromedriver", "--port=0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        session = _session(_port(process), folder)
        try:
            yield Page(session)
        finally:
            DIRECT.open(Request(session, method="DELETE"), timeout=60).close()
    finally:
        process.terminate()
        process.communicate(timeout=60)


def _port(process: subprocess.Popen[str]) -> int:
    assert process.stdout is not None
    for line in process.stdout:
        if match := re.search(r"started successfully on port (\d+)", line):
            return int(match.group(1))
    raise RuntimeError("chromedriver did not start")


def _session(port: int, folder: Path) -> str:
    arguments = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", f"--user-data-dir={folder}"]
    wanted = {"browserName": "chrome", "goog:chromeOptions": {"args": arguments}, "goog:loggingPrefs": {"browser": "ALL"}}
    made = _call(f"http://127.0.0.1:{port}/session", {"capabilities": {"alwaysMatch": wanted}})
    return f"http://127.0.0.1:{port}/session/{made['sessionId']}"


def _call(url: str, body: dict[str, object]) -> Any:
    request = Request(url, json.dumps(body).encode(), {"Content-Type": "application/json"})
    with DIRECT.open(request, timeout=60) as answer:
        return json.load(answer)["value"]
