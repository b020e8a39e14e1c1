"""`namewright`: the service, the worker and the command line of `python -m model` under one name, and backups.

Each command imports what it needs and nothing else, as a service has no use for what trains.
"""

from __future__ import annotations

import gc
import sys
from argparse import ArgumentParser
from collections.abc import Callable

from app.cli import database

SERVICE = {"serve": "Serve names over HTTP.", "worker": "Train what is in the queue of a service."}
MODEL = {
    "train": "Train a network on a list of names.",
    "sample": "Draw names, one a line.",
    "score": "Say how probable names are.",
    "evaluate": "Measure how well a model predicts a list.",
    "corpus": "Report on a list of names.",
    "pretrain": "Train a network of many kinds of names.",
}
SETTINGS = (
    "`namewright COMMAND --help` says more; variables that begin with NAMEWRIGHT_ set the service and its database."
)


def main() -> None:
    """Run a command; bad input ends in one line and status 2."""
    command = sys.argv[1] if len(sys.argv) > 1 else "--help"
    if command in MODEL:
        from model.cli.commands import main as model

        model("namewright")
    elif command in SERVICE:
        del sys.argv[1]
        {"serve": _serve, "worker": _work}[command](f"namewright {command}")
    else:
        options = _parser().parse_args([command, *sys.argv[2:]])
        run: Callable[..., None] = options.run
        run(**{name: value for name, value in vars(options).items() if name != "run"})


def _serve(prog: str) -> None:
    gc.disable()  # as `app.__main__` does
    from app.server import main as serve

    serve(prog)


def _work(prog: str) -> None:
    from app.worker.__main__ import main as work

    work(prog)


def _parser() -> ArgumentParser:
    """Reads the commands of the database; the others are there for the help, and read their options themselves."""
    from model import __version__

    parser = ArgumentParser(
        prog="namewright", description="Give it names, get new names like them, over HTTP.", epilog=SETTINGS
    )
    parser.add_argument("--version", action="version", version=f"namewright {__version__}")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    for name, help_text in (SERVICE | MODEL).items():
        commands.add_parser(name, help=help_text)
    database.add_to(commands)
    return parser
