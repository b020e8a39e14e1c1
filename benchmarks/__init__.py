"""Benchmarks: each figure is a median, compared with a peer that ran in turn with it on the same machine."""
