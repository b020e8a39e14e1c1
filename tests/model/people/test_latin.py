"""Names in Latin letters, against what standards and passports have."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.corpus.bundled import bundled, catalogue
from model.people.latin import latin
from tests.support.bundled_lists import read_bundled

SPELLED = {
    "Greek": "Παπαδοπούλου Papadopoulou, Ευαγγελία Evangelia, Ευτυχία Eftychia, Αύγουστος Avgoustos, Μπάμπης Bampis",
    "Russian": "Щербакова Shcherbakova, Ольга Olga, Юлия Yuliya, Хрущёв Khrushchev",
    "Bulgarian": "Щерев Shterev, Ъглен Aglen, Христо Hristo",
    "Ukrainian": "Їжакевич Yizhakevych, Згурський Zghurskyi, Юрій Yurii, Знам'янська Znamianska",
    "Macedonian": "Ѓорѓиева Gorgieva, Хаџи Hadzhi",
    "Japanese": "サトウ Sato, オオタ Ota, イノウエ Inoue, キョウコ Kyoko, ショウタロウ Shotaro, チヨ Chiyo, "
    "ヨシヤ Yoshiya, ジュンイチ Junichi, ホッタ Hotta, マッチ Matchi, シンバ Shimba, ティナ Tina, ひろし Hiroshi",
    "Korean": "민준 Minjun, 미숙 Misuk, 옥순 Oksun, 영희 Yeonghui, 박 Bak",
    "Hindi": "राहुल Rahul, कृष्ण Krishna, शर्मा Sharma, अंकिता Ankita, तमांग Tamang, ज्योति Jyoti, कृषि Krishi",
    "Bengali": "দত্ত Datta, ঘোষ Ghosh, গঙ্গোপাধ্যায় Gangopadhyay",
    "Tamil": "முருகன் Murugan, எழில்மணி Ezhilmani, தங்கமணி Thangamani, வசந்த் Vasanth",
    "Sinhala": "ලහිරු Lahiru, අසිත Asita",
    "Gujarati": "રમેશ Ramesh, ચેતન Chetan",
    "Arabic": "خالد Khalid, فاطمة Fatima, محمد Muhammad, مسعود Masud, حسن Hasan, الأنصاري Al-Ansari, نور Nur",
    "Persian": "جلیلی Jalili, لاهوتی Lahuti, محمدرضا Muhammadraza",
    "Hebrew": "שמיר Shamir, נתן Natan, אביב Aviv, רינה Rina, אילון Eilon, עופרי Ofri, בנימין Banimin",
    "Thai": "มารีนี Marini, วรรณรัตน์ Wanrat, สุพรรณ Suphan",
    "Armenian": "Հարություն Harutyun, Տեր-Գևորգյան Ter-Gevorgyan, Ոսկան Voskan",
    "Georgian": "გაგნიძე Gagnidze",
    "German": "Müller Mueller, Weiß Weiss, Özdemir Oezdemir",
    "Icelandic": "Þórður Thordur, Ægir Aegir",
    "Turkish": "Güçlü Guclu, İnönü Inonu, Yılmaz Yilmaz",
    "Swedish": "Åkerström Akerstrom",
    "Danish": "Sørensen Soerensen, Kærgaard Kaergaard",
    "French": "Jean-Noël Jean-Noel, O'Élan O'Elan",
    "": "Łukasz Lukasz, Núñez Nunez",
}
CASES = [(language, *pair.split()) for language, text in SPELLED.items() for pair in text.split(", ")]


@pytest.mark.parametrize(("language", "name", "expected"), CASES)
def test_a_name_is_spelled_as_its_language_does(language: str, name: str, expected: str) -> None:
    assert latin(name, language) == expected


@pytest.mark.no_cover
@pytest.mark.parametrize("people", [name for name in bundled() if not name.startswith("us")][::3])
def test_every_name_of_a_list_can_be_read(people: str) -> None:
    corpus, language = read_bundled(people), catalogue()[people].language
    for name in [corpus.casing.restore_case(name) for name in corpus.names][:60]:
        read = latin(name, language)
        assert re.fullmatch(r"[A-Za-z]([A-Za-z '\-]*[A-Za-z])?", read), name
        assert latin(read, language) == read


@given(st.text(max_size=12), st.sampled_from([*SPELLED]))
def test_any_text_has_letters_of_ascii_only(text: str, language: str) -> None:
    assert re.fullmatch(r"[A-Za-z '\-]*", latin(text, language))
