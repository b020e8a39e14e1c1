"""How languages put given names and surnames together, and which surnames women and men have.

Facts of grammar and custom, from: Hanks (ed.), *Dictionary of American Family Names* (2003), its introductions by
language; the Unicode CLDR's person name formats (order); the Icelandic Personal Names Act 45/1996; the Bulgarian Civil
Registration Act, articles 12 to 14. Which endings count was decided by looking at the bundled lists, and by grammar
where there is none.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from model.people import patronymics
from model.people.patronymics import Gender

GENDERS: tuple[Gender, ...] = ("girl", "boy")

NOBODY = "(?!)"


@dataclass(frozen=True, slots=True)
class Custom:
    """What is done in a language.

    Attributes
    ----------
    family_first
        Whether the surname goes before the given name.
    separator
        What stands between them.
    not_girls, not_boys
        Regular expressions for the end of surnames, in small letters, that women and men do not have.
    from_father
        Makes the surname of a child of a gender from the father's given name, where surnames are made so; it is used
        where there is no list of surnames.
    """

    family_first: bool = False
    separator: str = " "
    not_girls: str = NOBODY
    not_boys: str = NOBODY
    from_father: Callable[[str, Gender], str] | None = None

    @property
    def agrees(self) -> bool:
        """Whether women and men have different surnames."""
        return (self.not_girls, self.not_boys) != (NOBODY, NOBODY)

    def has(self, surname: str, gender: Gender) -> bool:
        """Whether people of a gender can have a surname."""
        unfit = self.not_girls if gender == "girl" else self.not_boys
        return not re.search(f"(?:{unfit})$", surname.lower())

    def full_name(self, given: str, surname: str) -> str:
        """Both parts in the order of the language."""
        return self.separator.join((surname, given) if self.family_first else (given, surname))


SLAVIC_MEN = "(?<=.)(ов|ев|ин|ски|цки)"
SLAVIC_WOMEN = "ова|ева|ина|ска|цка"

CUSTOMS = {
    "Azerbaijani": Custom(not_girls="[oe]v|oğlu", not_boys="[oe]va|qızı"),
    "Bengali": Custom(not_girls="মিঞা|উদ্দিন|আবদুল্লাহ|হুরাইরা", not_boys="বেগম|আক্তার|সুলতানা|জাহান|তাবাসসুম|আরা|খাতুন"),
    "Bulgarian": Custom(not_girls=SLAVIC_MEN, not_boys=SLAVIC_WOMEN, from_father=patronymics.bulgarian),
    "Chinese": Custom(family_first=True, separator=""),
    "Czech": Custom(not_girls="[^áí]", not_boys="á"),
    "Greek": Custom(not_girls="[^αάηήωώυύοό]", not_boys="[^ςυ]|[^ο]υ|(?<![ίά])ου"),
    "Hungarian": Custom(family_first=True),
    "Icelandic": Custom(not_girls="son", not_boys="dóttir", from_father=patronymics.icelandic),
    "Indonesian": Custom(
        not_girls="(an|on|un|ar|iy)to|w[ao]no|[wt]an|[rnd]adi|udin|(?<=s)yah|umo|setyo",
        not_boys="ti|[sdtw]ari|asih|[iyd]ani|ina|iwi|(?<!s)yah|nah|ita",
    ),
    "Japanese": Custom(family_first=True),
    "Khmer": Custom(family_first=True),
    "Korean": Custom(family_first=True, separator=""),
    "Latvian": Custom(not_girls="[^aeoiu]", not_boys="[^sš]"),
    "Lithuanian": Custom(not_girls="[^ėea]", not_boys="ienė|[aiyuū]t[ėe]"),
    "Macedonian": Custom(not_girls=SLAVIC_MEN, not_boys=SLAVIC_WOMEN),
    "Polish": Custom(not_girls="[sc]ki|dzki|ny|ry", not_boys="[sc]ka|dzka"),
    "Russian": Custom(not_girls="[^аяоыих]|ий|ый|ой|ский", not_boys="[оеё]ва|[иы]на|ая|яя"),
    "Slovak": Custom(not_girls="[^áí]", not_boys="[áí]"),
    "Tamil": Custom(from_father=lambda father, _: father),
    "Ukrainian": Custom(not_girls="[иі]й|ой|[оеє]в|ін|їн", not_boys="[сцз]ька|[оеє]ва|іна|їна|шина"),
    "Uzbek": Custom(from_father=patronymics.uzbek),
    "Vietnamese": Custom(family_first=True),
}
"""By language; kana are written with a space between the parts, other East Asian scripts without."""

COMMON = Custom()
"""Given name first, a space, and the same surnames for all."""


def custom_of(language: str) -> Custom:
    """What is done in a language, by its English name; the commonest custom where nothing is known."""
    return CUSTOMS.get(language, COMMON)
