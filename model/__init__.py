"""A recurrent neural network that learns names, written from scratch in NumPy.

Importing this package sets the number of BLAS threads to one, before NumPy loads: results would depend on how many
there are, and `docs/decisions/0008-threads-and-capacity.md` has the other reasons.
"""

import os

__version__ = "0.2.0"

for _variable in ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS"):
    os.environ.setdefault(_variable, "1")
