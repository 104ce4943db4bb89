"""The command `epitome`, as the Rust program has it."""

import sys

from . import _native


def main() -> None:
    """Runs the command with the process's arguments, and ends the process with its exit code."""
    sys.exit(_native.main(["epitome", *sys.argv[1:]]))


if __name__ == "__main__":
    main()
