"""A recurrent neural network that learns names, written from scratch in NumPy.

Importing this package sets the number of BLAS threads to one, before NumPy loads: results would depend on how many
there are, and `docs/decisions/0008-threads-and-capacity.md` has the other reasons. It also has glibc's allocator keep
two heaps at most, see `docs/decisions/0040-two-heaps.md`.
"""

import ctypes
import os

__version__ = "0.2.0"

for _variable in ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS"):
    os.environ.setdefault(_variable, "1")

M_ARENA_MAX = -8
"""Of <malloc.h>."""

if "MALLOC_ARENA_MAX" not in os.environ and (_mallopt := getattr(ctypes.CDLL(None), "mallopt", None)):
    _mallopt(M_ARENA_MAX, 2)
