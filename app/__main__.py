"""`python -m app`: serve on HOST and PORT."""

import gc

if __name__ == "__main__":
    # Nearly all that a start makes stays: to look for garbage in it would take a tenth of the start. See `app.startup`.
    gc.disable()
    from app.server import main

    main()
