"""Which ways to write a word or a number meet: the terms of a question stand among those of an article."""

import pytest

from index.analysis.analyzer import Term, analyze, analyze_spans, ignored_words, question_spans, surface_forms
from index.analysis.literal import fold_text


def meets(question: str, article: str, language: str = "en") -> bool:
    terms = analyze(question, language)
    return bool(terms) and set(terms) <= set(analyze(article, language))


@pytest.mark.parametrize(
    ("one", "other", "language"),
    [
        ("5 km", "5km", "en"),
        ("12 kg of flour", "12kg of flour", "en"),
        ("$2.5 million", "$2.5m", "en"),
        ("1.13bn euros", "1.13 billion euros", "en"),
        ("80km/h", "80 km/h", "en"),
        ("7 kilometres", "7km", "en"),
        ("22h30", "22 h 30", "fr"),
        ("rust1.82", "Rust 1.82", "en"),
        ("v1.82", "1.82", "en"),
        ("GPT-4.5", "gpt-4.5", "en"),
        ("12 000 names", "12,000 names", "en"),
        ("12\u202f000 noms", "12.000 noms", "fr"),
        ("3\u00a0400\u00a0000", "3400000", "de"),
        ("6.1 percent", "6.1 per cent", "en"),
        ("6.1%", "6.1 per cent", "en"),
        ("6,1 %", "6.1 Prozent", "de"),
        ("40 por ciento", "40%", "es"),
        ("3 Millionen", "3m", "de"),
        ("5 млн рублей", "5млн рублей", "ru"),
    ],
)
def test_a_number_and_its_unit_meet_however_they_are_written(one: str, other: str, language: str) -> None:
    assert meets(one, other, language)
    assert meets(other, one, language)


def test_a_decimal_is_never_two_numbers() -> None:
    for text in ("2.5m", "2.5", "v2.5", "python2.5", "2.5x", "2.5rc1", "2,5km"):
        assert not {"2", "5"} & set(analyze(text, "en")), text


@pytest.mark.parametrize("text", ["1 2 3", "100 200 300 400 500", "in 2010 300 people", "5 100", "1.5 000"])
def test_a_row_of_numbers_is_not_one(text: str) -> None:
    assert len(analyze(text, "und")) == len(text.split()) - (text == "5 100")


@pytest.mark.parametrize(
    ("typed", "written", "language"),
    [
        ("Lodz", "Łódź", "pl"),
        ("zolwie", "żółwie", "pl"),
        ("Oresund", "Øresund", "da"),
        ("Tromso", "Tromsø", "no"),
        ("aebler", "æbler", "da"),
        ("coeur", "cœur", "fr"),
        ("oeuvres", "œuvres", "fr"),
        ("Djokovic", "Djoković", "sr"),
        ("Dokovic", "Đoković", "hr"),
        ("thingvellir", "Þingvellir", "is"),
        ("Hal Gharghur", "Ħal Għargħur", "mt"),
        ("strasse", "Straße", "de"),
    ],
)
def test_letters_that_do_not_decompose_meet_what_is_typed_for_them(typed: str, written: str, language: str) -> None:
    assert meets(typed, written, language)
    assert meets(typed, written, "en")


@pytest.mark.parametrize("text", ["Isparta", "ISPARTA", "ısparta", "ıSPARTA"])
def test_turkish_capitals_are_those_of_turkish(text: str) -> None:
    assert analyze(text, "tr") == analyze("Isparta", "tr")


def test_turkish_words_in_capitals_keep_their_endings_apart() -> None:
    for text in ("ışıklar", "İstanbul'da", "kırlangıç", "yazın"):
        capitals = text.replace("i", "İ").upper()
        assert analyze(capitals, "tr") == analyze(text, "tr"), text


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("C++ and C", ["c", "c++", "and", "c"]),
        ("C#, F#.", ["c", "c#", "f", "f#"]),
        ("on .NET 8", ["on", "net", ".net", "8"]),
        ("git tag -a, ls -l", ["git", "tag", "-a", "ls", "l", "-l"]),
        ("a -word, e-m, --m", ["word", "e", "m", "em", "m"]),
        ("Notepad++", ["notepad", "notepad++"]),
        ("Node.js", ["node", "js"]),
        ("No.5 and room 5#", ["no", "5", "and", "room", "5"]),
    ],
)
def test_the_signs_of_a_programming_language_belong_to_its_name(text: str, terms: list[str]) -> None:
    assert analyze(text, "en") == terms


@pytest.mark.parametrize(
    ("question", "article"),
    [
        ("save the river", "#SaveTheRiver"),
        ("savetheriver", "#SaveTheRiver"),
        ("#SaveTheRiver", "#SaveTheRiver!"),
        ("river march", "#RiverMarch"),
        ("fetch harbour rows", "call fetchHarbourRows(3)"),
        ("parse row", "parseRow"),
    ],
)
def test_words_written_as_one_with_capitals_are_found_whole_and_in_parts(question: str, article: str) -> None:
    assert meets(question, article)


@pytest.mark.parametrize("name", ["McAllister", "YouTube", "iPhone", "JavaScript", "NATO", "O'Hara"])
def test_a_name_with_a_capital_inside_is_one_word(name: str) -> None:
    assert len(analyze(name, "en")) == 1


@pytest.mark.parametrize(
    ("question", "article", "other"),
    [
        ("WHO", "The WHO warns", "who warns"),
        ("What is the WHO?", "WHO's doctors", "doctors who"),
        ("What did the US sell?", "The US-led fleet sells", "They told us to sell"),
        ("IT staff", "our IT staff", "it has staff"),
        ("When did The Who play?", "The Who play", "those who play"),
        ("The The", "The The sang", "the song"),
        ("What does vitamin A do?", "Vitamin A: do eat carrots", "a vitamin"),
        ("Hepatitis A", "hepatitis A", "a case of hepatitis"),
        ("vitamina A", "Vitamina A", "la vitamina"),
    ],
)
def test_a_word_that_only_asks_is_searched_where_it_is_a_name(question: str, article: str, other: str) -> None:
    language = "es" if question == "vitamina A" else "en"
    assert meets(question, article, language)
    assert not meets(question, other, language)


def test_in_small_letters_and_in_a_line_of_capitals_words_that_only_ask_are_dropped() -> None:
    assert analyze("who is in the us", "en") == ["us"]
    assert analyze("WHO IS IN THE US?", "en") == ["us"]
    assert analyze("WHO SOLD IT\nThe WHO", "en") == ["sold", "it", "WHO"]
    assert ignored_words("Who asked the WHO?", "en") == ["Who", "the"]
    assert analyze("John A. Smith met a man. A man", "en") == ["john", "smith", "met", "man", "man"]


def test_every_term_of_a_name_knows_where_it_stands() -> None:
    assert analyze_spans("The Who #OneWayOut", "en") == [
        Term("who", 4, 7), Term("one", 9, 18), Term("way", 9, 18), Term("out", 9, 18), Term("onewayout", 9, 18),
    ]  # fmt: skip
    assert surface_forms("the Who, #Tide", "en", "who") == ["Who"]
    assert surface_forms("the Who, #Tide", "en", "tide") == ["Tide"]


@pytest.mark.parametrize(
    ("traditional", "simplified"),
    [("氣候變化", "气候变化"), ("鐵路橋樑", "铁路桥梁"), ("臺灣", "台湾"), ("開幕式上的音樂", "开幕式上的音乐")],
)
def test_traditional_and_simplified_chinese_meet(traditional: str, simplified: str) -> None:
    assert analyze(traditional, "zh") == analyze(simplified, "zh")
    assert fold_text(traditional) == fold_text(simplified)


def test_exact_phrases_and_names_are_found_by_what_is_typed_for_their_letters() -> None:
    assert fold_text("Łódź, Tromsø, cœur") == fold_text("Lodz Tromso coeur")


def test_a_noun_that_looks_like_a_question_word_is_searched_where_nothing_else_is() -> None:
    assert meets("été", "L'été fut court", "fr")
    assert meets("São", "São Tomé", "pt")
    assert [term.term for term in question_spans("Quand la tour a-t-elle été vendue en été ?", "fr")] == [
        term.term for term in question_spans("Quand la tour a-t-elle vendue ?", "fr")
    ]
    assert ignored_words("où a été vendue la tour", "fr") == ["où", "a", "été", "la"]
    assert ignored_words("été", "fr") == []


@pytest.mark.parametrize(
    ("forms", "language"),
    [
        ("ילד הילד לילד הילדים ושהילד", "he"),
        ("מדינה המדינה במדינה", "he"),
        ("סִפְרִיָּה ספריה הספריות", "he"),
        ("книга книги книгу книгою", "uk"),
        ("міський міського міському", "uk"),
        ("град градът градове градовете", "bg"),
        ("село селото селата", "bg"),
    ],
)
def test_without_a_stemmer_of_snowball_forms_of_a_word_meet_too(forms: str, language: str) -> None:
    assert len({*map(tuple, (analyze(form, language) for form in forms.split()))}) == 1


@pytest.mark.parametrize(
    ("words", "language"),
    [("בית בן", "he"), ("ліс лист", "uk"), ("мир море", "bg"), ("дім дно", "uk"), ("род роза", "bg")],
)
def test_short_words_keep_apart_without_a_stemmer_of_snowball(words: str, language: str) -> None:
    one, other = words.split()
    assert analyze(one, language) != analyze(other, language)


@pytest.mark.parametrize("blanks", [15, 16, 17, 40, 1000])
def test_words_behind_any_number_of_blanks_are_found(blanks: int) -> None:
    many = " " * blanks
    assert analyze(f"old{many}mill,{many}.NET", "en") == analyze("old mill, .NET", "en")
