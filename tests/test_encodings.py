"""Bytes that do not say what they are: the text comes back whatever old encoding it was saved in."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.model import Article
from index.sources import read
from index.sources.encodings.encoding import decode

TEXTS = {
    "en": "The café by the mill sells “brown bread” for €9 — and a naïve visitor pays twice, as the miller’s "
    "wife says.",
    "de": "Die Mühle mahlt wieder, und für Gäste gibt es täglich heißes Brot; außerdem hört man das Rad schon am Fluß.",
    "fr": "Le moulin a été rouvert en été, et les élèves du château y apprennent à pétrir le pain dès la "
    "première année.",
    "es": "El molino abrió en mayo, según dijo el señor Ibáñez. ¿Qué pasará con la vieja rueda? Todavía no se "
    "sabe nada.",
    "pt": "O moinho voltou a moer, mas a direção não disse até quando. As crianças já fizeram pão na estação, e é bom.",
    "it": "Il mulino è di nuovo aperto, perché la città lo ha voluto così; il pane costerà di più, ma sarà più buono.",
    "sv": "Kvarnen går igen, och på söndagar får även små barn åka båt över ån till kvarnen för att baka bröd där.",
    "da": "Møllen maler igen, og på søndag må også små børn sejle over åen for at bage brød, siger mølleren fra øen.",
    "fi": "Mylly jauhaa jälleen, ja sunnuntaisin väki pääsee katsomaan. Pyörä on vielä pajalla, sillä se särkyi "
    "jäässä.",
    "pl": "Młyn znowu miele mąkę, a w niedzielę można go zwiedzać. Stare koło jest jeszcze w kuźni, ponieważ się "
    "złamało.",
    "cs": "Mlýn opět mele mouku a v neděli je otevřen také pro děti. Staré kolo je ještě u kováře, protože se zlomilo.",
    "hu": "A malom újra őröl, és vasárnap a gyerekek is megnézhetik. A régi kerék még a kovácsnál van, mert "
    "eltört ősszel.",
    "ro": "Moara macină din nou şi duminică poate fi vizitată. Roata veche este încă la fierărie, fiindcă s-a stricat.",
    "tr": "Değirmen yeniden çalışıyor ve pazar günleri çocuklar için açık. Eski çark kırıldığı için hâlâ "
    "demircide duruyor.",
    "ru": "Мельница снова работает, и по воскресеньям туда пускают детей. Старое колесо ещё у кузнеца: оно "
    "сломалось зимой.",
    "el": "Ο μύλος αλέθει ξανά και τις Κυριακές είναι ανοιχτός για τα παιδιά. Ο παλιός τροχός είναι ακόμη στον σιδερά.",
    "ar": "عادت الطاحونة إلى العمل، ويمكن للأطفال زيارتها يوم الأحد. أما العجلة القديمة فلا تزال عند الحداد "
    "لأنها انكسرت.",
    "he": "הטחנה פועלת שוב, ובימי ראשון היא פתוחה גם לילדים. הגלגל הישן עדיין אצל הנפח כי הוא נשבר בחורף.",
    "th": "โรงสีกลับมาทำงานอีกครั้ง และในวันอาทิตย์เด็ก ๆ เข้าชมได้ กังหันเก่ายังอยู่ที่ช่างตีเหล็กเพราะมันหักในฤดูหนาว",
    "zh": "磨坊又开始磨面了，星期天孩子们可以进去看。旧的水轮还在铁匠那里，因为它在冬天坏了，大家都在等它回来。",
    "zh-hant": "磨坊又開始磨麵了，星期天孩子們可以進去看。舊的水輪還在鐵匠那裡，因為它在冬天壞了，大家都在等它回來。",
    "ja": "水車小屋はまた粉をひいている。日曜日には子どもたちも中を見ることができる。古い水車は冬に壊れたので、ま"
    "だ鍛冶屋にある。",
    "ko": "방앗간이 다시 밀가루를 빻고 있다. 일요일에는 아이들도 들어가서 볼 수 있다. 낡은 바퀴는 겨울에 부서져서"
    " 아직 대장간에 있다.",
}
ENCODINGS = {
    "en": "cp1252 mac_roman",
    "de": "cp1252 mac_roman cp850",
    "fr": "cp1252 iso8859_15 mac_roman cp850",
    "es": "cp1252 mac_roman cp850",
    "pt": "cp1252 mac_roman cp850",
    "it": "cp1252 mac_roman",
    "sv": "cp1252 cp437",
    "da": "cp1252 cp850",
    "fi": "cp1252",
    "pl": "cp1250 iso8859_2 cp852",
    "cs": "cp1250 iso8859_2",
    "hu": "cp1250 iso8859_2",
    "ro": "cp1250 iso8859_2",
    "tr": "cp1254",
    "ru": "cp1251 koi8_r cp866 mac_cyrillic",
    "el": "cp1253 iso8859_7",
    "ar": "cp1256 iso8859_6",
    "he": "cp1255",
    "th": "cp874",
    "zh": "gb18030",
    "zh-hant": "big5",
    "ja": "shift_jis euc_jp iso2022_jp",
    "ko": "euc_kr",
}
PAIRS = [(language, encoding) for language, names in ENCODINGS.items() for encoding in names.split()]


@pytest.mark.parametrize(("language", "encoding"), PAIRS)
def test_a_short_text_comes_back_from_the_encodings_of_its_language(language: str, encoding: str) -> None:
    text = TEXTS[language]
    assert decode(text.encode(encoding)) == text


@pytest.mark.slow
@given(st.sampled_from(PAIRS), st.integers(min_value=1, max_value=40), st.sampled_from(["\n", "\r\n", " "]))
@settings(max_examples=60)
def test_a_long_text_comes_back_whatever_its_lines(pair: tuple[str, str], times: int, end: str) -> None:
    text = (TEXTS[pair[0]] + end) * times
    assert decode(text.encode(pair[1])) == text


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
@pytest.mark.parametrize("language", ["en", "ru", "ar", "ja"])
def test_wide_characters_without_a_mark_are_read(language: str, encoding: str) -> None:
    # Chinese and Japanese text has hardly a byte that is 0; a line's end has one.
    text = f"{TEXTS[language]}\n\nMill No. 7\n"
    assert decode(text.encode(encoding)) == text


@pytest.mark.parametrize(
    ("label", "encoding"),
    [
        ("latin1", "cp1252"),
        ("ISO-8859-1", "cp1252"),
        ("iso-8859-9", "cp1254"),
        ("gb2312", "gb18030"),
        ("us-ascii", "cp1252"),
    ],
)
def test_a_label_means_what_browsers_take_it_for(label: str, encoding: str) -> None:
    text = TEXTS["zh"] if encoding == "gb18030" else "The miller’s “brown” bread"
    assert decode(text.encode(encoding), label) == text


@pytest.mark.parametrize("label", ["rot13", "unicode_escape", "utf-7", "none", "", "x" * 40, "undefined", "utf-16"])
def test_a_label_that_says_nothing_is_passed_over(label: str) -> None:
    assert decode(TEXTS["pl"].encode("cp1250"), label) == TEXTS["pl"]


@pytest.mark.parametrize(
    ("language", "encoding"), [("fr", "cp1252"), ("ru", "koi8_r"), ("pl", "cp1250"), ("zh", "gb18030")]
)
def test_a_table_has_one_encoding_though_it_shows_late(tmp_path: Path, language: str, encoding: str) -> None:
    rows = [f'Day {day},"The water was low on day {day} and the mill stood still all morning."' for day in range(1200)]
    late = [f'Late {day},"{TEXTS[language].replace(chr(34), "")}"' for day in range(3)]
    # Alone, this line would be valid in more than one way.
    late.append('Name,"Zoë"' if encoding == "cp1252" else late[0])
    path = tmp_path / "late.csv"
    path.write_bytes("\n".join(["title,text", *rows, *late, ""]).encode(encoding))
    articles = [article for article in read([path]) if isinstance(article, Article)]
    assert len(articles) == len(rows) + len(late)
    assert [article.paragraphs[0].text for article in articles[-4:-1]] == [TEXTS[language]] * 3
    if encoding == "cp1252":
        assert articles[-1].paragraphs[0].text == "Zoë"


def test_a_line_separator_ends_no_record_in_wide_characters(tmp_path: Path) -> None:
    path = tmp_path / "wide.jsonl"
    records = ['{"title": "A", "text": "It rained\u2028in Ayr."}', '{"title": "B", "text": "It was dry."}']
    path.write_bytes("\n".join(records).encode("utf-16"))
    assert [article.title for article in read([path]) if isinstance(article, Article)] == ["A", "B"]


@pytest.mark.parametrize("raw", [b"\x00\x01\x02" * 500, bytes(range(256)) * 40, b"\xff" * 5000 + b"\x00"])
def test_bytes_that_are_no_text_are_told(tmp_path: Path, raw: bytes) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(raw)
    (found,) = read([path])
    assert not isinstance(found, Article)


@pytest.mark.parametrize(
    "raw", [b"\xe9" + b"a" * 1_000_000, b"a" * 1_000_000 + b"\xe9", b"\xe9" * 300_000, b"\xe9\n" * 200_000]
)
def test_hostile_bytes_are_read_in_proportion(raw: bytes) -> None:
    assert decode(raw)


@pytest.mark.parametrize("text", ["Выборы в городе", "Ο φάρος καίει", "مدينة الملح", "潮が満ちて港の船が出る"])
def test_a_short_text_of_utf_8_that_was_cut_within_a_letter_is_utf_8(text: str) -> None:
    assert decode(text.encode()[:-1]) == f"{text[:-1]}\ufffd"
    assert decode("Größe".encode("latin-1")) == "Größe"


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_chinese_in_wide_characters_without_a_mark_is_read(encoding: str) -> None:
    # The second half of the character "最" is 0.
    text = "磨坊最近重新开工\n\n最老的水车从五月起转动，游客可以参观。\n"
    assert decode(text.encode(encoding)) == text


def test_a_text_put_together_from_pieces_keeps_what_is_utf_8(tmp_path: Path) -> None:
    path = tmp_path / "pieces.txt"
    path.write_bytes("Le café coûte 3 € à Málaga.\n\n".encode() + "So naïve.".encode("cp1252"))
    (article,) = read([path])
    assert isinstance(article, Article)
    assert [paragraph.text for paragraph in article.paragraphs] == ["Le café coûte 3 € à Málaga.", "So na\ufffdve."]
