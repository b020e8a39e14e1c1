"""The service: names from trained models, over HTTP."""

import model as model  # first, since it sets the number of BLAS threads before NumPy loads
