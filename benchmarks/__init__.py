"""Comparisons that the README quotes: each a ratio against a peer that ran in turn with it, in one process."""
