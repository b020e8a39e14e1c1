"""Regular expressions that make careless engines hang, in as many forms as asked for."""

from __future__ import annotations

import random

FAMOUS = (
    "(a|a)*b", "((a*)*)*b", "(a+)+$", "(.*a){20}", ".{0,1000}", ".*a.{20}", "(a?){64}a{64}", "((a?){30}){30}",
    "(((.*a){0,3}b){0,30}c)*", "(){1000}", "((((){1000}){1000}){1000}){1000}", "((a{1,1000}){1,1000}){1,1000}",
    "(.?){500}", ".*(a.{6}|b.{7}|c.{8}).*", "(a.*|b.*|c.*){60}", "(" * 100 + "a" + ")" * 100, "a" * 10_000,
    "(a|b|ab)*" * 20, ".*[a-m].*[n-z]" * 14, "[a-z]{1000}", "(.*){1000}", "(a*b*c*d*e*){40}", "((.{1,9}){1,9}){1,9}",
)  # fmt: skip
ATOMS = ("a", "b", "e", ".", "(.*)", "(.?)", "[a-m]", "[^aeiou]", "(a|ab)", "(n|l)")
REPEATS = ("*", "+", "?", "{0,1000}", "{20}", "{2,30}", "{1,3}", "{9,}", "")


def hostile_patterns(count: int, seed: int = 0) -> list[str]:
    """The famous ones, and random ones in which repetitions are nested and choices overlap."""
    rng = random.Random(seed)  # noqa: S311

    def expression(depth: int) -> str:
        parts = [
            f"({expression(depth - 1)})" if depth and rng.random() < 0.6 else rng.choice(ATOMS)
            for _ in range(rng.randint(1, 4))
        ]
        return rng.choice(("", "|")).join(part + rng.choice(REPEATS) for part in parts)

    patterns = list(FAMOUS)
    while len(patterns) < count:
        patterns.append(expression(rng.randint(1, 5)))
    return patterns[:count]
