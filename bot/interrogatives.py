"""What kind of answer a question asks for, as its question word tells: a number, a date, or a name.

A name is told by its capital: in scripts without capitals "who" and "where" ask for nothing that a sentence shows, and
for German, which writes every noun with one, they are left out. A question word of several words is matched as a whole,
the longest first.
"""

import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Final, Literal

Asked = Literal["number", "date", "name"]

# `_` stands for a space, so that each language is one line of words a kind.
_WORDS: Final[Mapping[str, Mapping[Asked, str]]] = MappingProxyType(
    {
        "en": {
            "number": "how_many how_much how_old how_long how_far how_tall how_high how_deep how_wide how_big "
            "how_large how_heavy how_fast how_often how_thick what_percentage what_percent what_proportion what_number "
            "what_time",
            "date": "when what_year which_year what_date which_date what_day which_day what_month which_month "
            "what_decade which_decade what_century which_century",
            "name": "who whom whose where",
        },
        "de": {
            "number": "wie_viele wie_viel wieviele wieviel wie_alt wie_lange wie_lang wie_weit wie_hoch wie_groß "
            "wie_tief wie_breit wie_schwer wie_schnell wie_oft wie_teuer wie_spät",
            "date": "wann welchem_jahr welches_jahr welchem_tag welchem_monat welchem_datum welchem_jahrhundert",
        },
        "es": {
            "number": "cuánto cuántos cuánta cuántas qué_porcentaje qué_edad qué_hora",
            "date": "cuándo qué_año qué_fecha qué_día qué_mes qué_siglo qué_década",
            "name": "quién quiénes dónde adónde",
        },
        "fr": {
            "number": "combien quel_âge quel_pourcentage quelle_heure",
            "date": "quand quelle_année quelle_date quel_jour quel_mois quel_siècle",
            "name": "qui où",
        },
        "it": {
            "number": "quanto quanti quanta quante quale_percentuale che_ora",
            "date": "quando che_anno quale_anno quale_data quale_giorno quale_mese quale_secolo",
            "name": "chi dove",
        },
        "pt": {
            "number": "quanto quantos quanta quantas qual_percentagem que_idade que_horas",
            "date": "quando que_ano qual_ano que_data que_dia que_mês que_século",
            "name": "quem onde",
        },
        "nl": {
            "number": "hoeveel hoe_oud hoe_lang hoe_ver hoe_hoog hoe_groot hoe_diep hoe_breed hoe_zwaar hoe_vaak "
            "welk_percentage hoe_laat",
            "date": "wanneer welk_jaar welke_datum welke_dag welke_maand welke_eeuw",
            "name": "wie waar",
        },
        "ca": {
            "number": "quant quants quanta quantes quina_edat quina_hora",
            "date": "quan quin_any quina_data quin_dia quin_mes quin_segle",
            "name": "qui on",
        },
        "ro": {
            "number": "cât câtă câți câte ce_vârstă ce_procent",
            "date": "când ce_an ce_dată ce_zi ce_lună ce_secol",
            "name": "cine unde",
        },
        "sv": {
            "number": "hur_många hur_mycket hur_gammal hur_länge hur_lång hur_långt hur_hög hur_stor hur_ofta",
            "date": "när vilket_år vilket_datum vilken_dag vilken_månad",
            "name": "vem vilka var",
        },
        "da": {
            "number": "hvor_mange hvor_meget hvor_gammel hvor_længe hvor_lang hvor_langt hvor_høj hvor_stor hvor_ofte",
            "date": "hvornår hvilket_år hvilken_dato hvilken_dag hvilken_måned",
            "name": "hvem hvor",
        },
        "no": {
            "number": "hvor_mange hvor_mye hvor_gammel hvor_lenge hvor_lang hvor_langt hvor_høy hvor_stor hvor_ofte",
            "date": "når hvilket_år hvilken_dato hvilken_dag hvilken_måned",
            "name": "hvem hvor",
        },
        "fi": {
            "number": "kuinka_monta kuinka_paljon kuinka_vanha kuinka_kauan kuinka_pitkä miten_monta montako",
            "date": "milloin koska minä_vuonna minä_päivänä",
            "name": "kuka kenet kenen missä minne",
        },
        "pl": {
            "number": "ile ilu jak_długo jak_daleko jak_wysoki",
            "date": "kiedy którym_roku jakim_roku którego_dnia",
            "name": "kto kogo komu kim gdzie",
        },
        "cs": {
            "number": "kolik jak_dlouho jak_daleko jak_vysoký",
            "date": "kdy kterém_roce jakém_roce",
            "name": "kdo koho komu kým kde",
        },
        "hu": {"number": "hány mennyi mennyit", "date": "mikor melyik_évben", "name": "ki kit kinek kik hol"},
        "tr": {
            "number": "kaç ne_kadar yüzde_kaç",
            "date": "ne_zaman hangi_yıl hangi_yılda hangi_tarihte hangi_gün hangi_ay hangi_yüzyılda kaç_yılında",
            "name": "kim kimdir kimin kime kimler nerede nereye neresi nerededir",
        },
        "el": {
            "number": "πόσο πόσα πόσοι πόσες πόση πόσους",
            "date": "πότε ποια_χρονιά ποιο_έτος",
            "name": "ποιος ποιοι ποιον πού",
        },
        "ru": {
            "number": "сколько скольким какой_процент",
            "date": "когда каком_году какого_года какой_год каком_веке какого_числа какой_день каком_месяце",
            "name": "кто кого кому кем ком где куда",
        },
        "uk": {
            "number": "скільки який_відсоток",
            "date": "коли якому_році якого_року якому_столітті якого_числа",
            "name": "хто кого кому ким де куди",
        },
        "bg": {"number": "колко какъв_процент", "date": "кога коя_година", "name": "кой кого къде"},
        "sr": {"number": "колико koliko", "date": "када кад kada kad", "name": "ко кога коме где ko koga gde"},
        "id": {
            "number": "berapa seberapa",
            "date": "kapan tahun_berapa tanggal_berapa",
            "name": "siapa siapakah dimana di_mana",
        },
        "vi": {
            "number": "bao_nhiêu mấy bao_lâu bao_xa",
            "date": "khi_nào năm_nào ngày_nào tháng_nào bao_giờ lúc_nào",
            "name": "ai ở_đâu",
        },
        "ar": {
            "number": "كم بكم وكم وبكم فكم",
            "date": "متى ومتى فمتى أي_عام أي_سنة أي_تاريخ أي_يوم أي_شهر أي_قرن اي_عام اي_سنة",
            # "And" is written in one with the next word.
            "name": "ومن فمن أين اين وأين واين فأين",
        },
        "fa": {
            "number": "چند چقدر چه_تعداد چه_قدر چندین",
            "date": "کی چه_وقت چه_زمانی چه_زمان چه_سالی چه_تاریخی چه_روزی چه_ماهی کدام_سال",
            "name": "چه_کسی چه_کسانی کجا کجاست",
        },
        "ur": {"number": "کتنے کتنی کتنا", "date": "کب کس_سال"},
        "hi": {"number": "कितने कितनी कितना", "date": "कब किस_वर्ष किस_साल"},
        "he": {"number": "כמה", "date": "מתי באיזו_שנה"},
        "ko": {"number": "몇 얼마", "date": "언제"},
        "zh": {
            "number": "多少 几 幾 多大 多长 多長 多高 多远 多遠 多久",
            "date": "什么时候 什麼時候 何时 何時 哪一年 哪年 几年 幾年 哪天 哪一天 几月 幾月",
        },
        "ja": {"number": "いくつ いくら 何人 何個 何回 何歳 何度 どのくらい どれくらい", "date": "いつ 何年 何月 何日"},
        "th": {"number": "กี่ เท่าไร เท่าไหร่", "date": "เมื่อไร เมื่อไหร่ เมื่อใด ปีใด ปีไหน"},
    }
)
_UNSPACED: Final = frozenset({"ko", "zh", "ja", "th"})
# Vowel signs of India are no letters to `\w`.
_LETTER: Final = r"[\w\u0900-\u0dff]"


def asked(question: str, language: str) -> Asked | None:
    """Return the kind of answer that the first question word asks for; None where that can be anything.

    A number or a date is more telling than a name, so these go first.

    >>> asked("In what year did the mill burn?", "en"), asked("Wie hoch ist der Turm?", "de"), asked("Why?", "en")
    ('date', 'number', None)
    """
    question = unicodedata.normalize("NFC", question)
    kinds = _patterns(language)[1]
    found = [kinds[_key(question[start:end])] for start, end in question_words(question, language)]
    return min(found, key=lambda kind: kind == "name", default=None)


def question_words(question: str, language: str) -> list[tuple[int, int]]:
    """Return where the words stand that ask for a number, a date or a name, as half-open ranges of code points.

    A capital within a question tells a name from a question word.

    >>> question_words("How many have met Doctor Who?", "en")
    [(0, 8)]
    """
    pattern = _patterns(language)[0]
    if pattern is None:
        return []
    # The first word of a question has a capital anyway, behind an opening mark too.
    first = next((at for at, letter in enumerate(question) if letter.isalnum()), 0)
    return [
        match.span()
        for match in pattern.finditer(question)
        if match.start() == first or not match[0][:1].isupper() or question.isupper()
    ]


def _key(words: str) -> str:
    """Return words as they are looked up: a pattern that knows no case takes the Turkish letters for i."""
    return " ".join(words.casefold().replace("ı", "i").replace("i\u0307", "i").split())


@cache
def _patterns(language: str) -> tuple[re.Pattern[str] | None, dict[str, Asked]]:
    """Return what matches the question words of a language, None if none are known, and the kind of each."""
    kinds: dict[str, Asked] = {}
    for kind, words in _WORDS.get(language, {}).items():
        for word in words.split():
            kinds[_key(word.replace("_", " "))] = kind
    if not kinds:
        return None, kinds
    either = "|".join(re.escape(word).replace(r"\ ", r"\s+") for word in sorted(kinds, key=len, reverse=True))
    if language not in _UNSPACED:
        either = rf"(?<!{_LETTER})(?:{either})(?!{_LETTER})"
    return re.compile(either, re.IGNORECASE), kinds
