"""The program in two processes: one scans, the other waits for it and knows how it ended. Every way to start the program leads here."""

import contextlib
import sys

from scanner import deadline


def main() -> int:
    """The exit code: always one of the documented ones, also where the program is not whole or cannot say what went wrong."""
    end = deadline.watched()
    try:
        from scanner import cli

        return cli.main() if end is None else cli.cut_off(end)
    except Exception as error:  # noqa: BLE001 -- Python would end with 1, which means findings
        _say(f"cannot start: {error} (install it again)" if isinstance(error, ImportError) else f"did not finish: {type(error).__name__}")
        return 3


def _say(what: str) -> None:
    with contextlib.suppress(AttributeError, OSError, ValueError):  # closed, full
        sys.stderr.write(f"security-scan: the program {what}\n")


if __name__ == "__main__":
    sys.exit(main())
