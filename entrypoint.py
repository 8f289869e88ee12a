"""Container entry point: hand argv, environment and streams to the program."""

import sys

from scanner.__main__ import main

if __name__ == "__main__":
    sys.exit(main())
