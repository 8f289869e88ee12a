"""The program in two processes: one scans, the other waits for it and knows how it ended. Every way to start the program leads here."""

import sys

from scanner import deadline


def main() -> int:
    """The exit code: always one of the documented ones."""
    end = deadline.watched()
    from scanner import cli

    return cli.main() if end is None else cli.cut_off(end)


if __name__ == "__main__":
    sys.exit(main())
