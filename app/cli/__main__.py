"""`python -m app.cli`: what `namewright` does, where that is not installed."""

from app.cli.commands import main

if __name__ == "__main__":
    main()
