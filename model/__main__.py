"""``python -m model``: the command line."""

from model.cli.commands import main

if __name__ == "__main__":
    main()
