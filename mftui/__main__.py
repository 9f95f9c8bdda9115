"""`python -m mftui`: the same as the `mftui` command."""

from mftui.cli import main

if __name__ == "__main__":
    main()
