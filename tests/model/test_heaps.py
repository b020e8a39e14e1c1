import os
import subprocess
import sys

import pytest

from tests.support.checkout import ROOT

HEAPS = """
import ctypes, threading, model
import numpy as np
libc = ctypes.CDLL(None)
if not hasattr(libc, "malloc_info"):
    raise SystemExit("none")
together = threading.Barrier(8)
def work():
    kept = [np.zeros(1000) for _ in range(100)]
    together.wait()
threads = [threading.Thread(target=work) for _ in range(8)]
for thread in threads: thread.start()
for thread in threads: thread.join()
libc.fdopen.restype = ctypes.c_void_p
libc.malloc_info.argtypes = [ctypes.c_int, ctypes.c_void_p]
libc.fflush.argtypes = [ctypes.c_void_p]
stdout = libc.fdopen(1, b"w")
libc.malloc_info(0, stdout)
libc.fflush(stdout)
"""
"""Prints what glibc tells of its heaps, after many threads have worked at the same time."""


@pytest.mark.parametrize(("variables", "most"), [({}, 2), ({"MALLOC_ARENA_MAX": "4"}, 4)])
def test_many_threads_share_two_heaps_unless_the_environment_says_otherwise(
    variables: dict[str, str], most: int
) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "MALLOC_ARENA_MAX"} | variables
    told = subprocess.run([sys.executable, "-c", HEAPS], cwd=ROOT, env=environment, capture_output=True, text=True)
    if told.stderr.strip() == "none":
        pytest.skip("another C library than glibc")
    assert told.stdout.count("<heap nr=") == most, told.stdout + told.stderr
