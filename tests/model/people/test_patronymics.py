"""Surnames made from the father's name, as grammars and registries have them."""

from __future__ import annotations

import pytest

from model.people.patronymics import bulgarian, icelandic, uzbek

ICELANDIC = (
    "Jón Jóns, Sigurður Sigurðar, Þórður Þórðar, Guðmundur Guðmunds, Pétur Péturs, Finnur Finns, Ragnar Ragnars, "
    "Óttarr Óttars, Birgir Birgis, Ásgeir Ásgeirs, Hartmann Hartmanns, Steinn Steins, Kristinn Kristins, Páll Páls, "
    "Egill Egils, Árni Árna, Nói Nóa, Sturla Sturlu, Lárus Lárus, Magnús Magnús, Angantýr Angantýs, Freyr Freys, "
    "Snær Snæs, Björn Björns, Hákon Hákonar, Eiríkur Eiríks"
)
BULGARIAN = (
    "Иван Иванов, Петър Петров, Димитър Димитров, Георги Георгиев, Николай Николаев, Илия Илиев, Петко Петков, Никола "
    "Николов, Кольо Колев"
)


@pytest.mark.parametrize("pair", ICELANDIC.split(", "))
def test_icelanders_are_daughters_and_sons_of_the_genitive(pair: str) -> None:
    father, genitive = pair.split()
    assert icelandic(father, "girl") == f"{genitive}dóttir"
    assert icelandic(father, "boy") == f"{genitive}son"


@pytest.mark.parametrize("pair", BULGARIAN.split(", "))
def test_bulgarian_surnames_agree_with_the_gender(pair: str) -> None:
    father, surname = pair.split()
    assert (bulgarian(father, "boy"), bulgarian(father, "girl")) == (surname, f"{surname}а")


def test_uzbek_surnames_depend_on_the_last_sound() -> None:
    assert [uzbek(name, "boy") for name in ("Karim", "Ali", "Mustafo", "Olimboy")] == [
        "Karimov", "Aliyev", "Mustafoyev", "Olimboyev",
    ]  # fmt: skip
    assert uzbek("Karim", "girl") == "Karimova"
