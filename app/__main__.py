"""`python -m app`: serve on HOST and PORT."""

import gc

if __name__ == "__main__":
    # Nearly all that a start makes stays: collecting garbage would take a tenth of the start. See `app.lifespan`.
    gc.disable()
    from app.server import main

    main()
