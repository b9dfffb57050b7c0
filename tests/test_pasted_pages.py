"""Pages pasted with all that a site puts around them: the article comes out, and what went is told."""

from pathlib import Path

import pytest

from index.model import Article
from index.sources import read

MILL = "The mill on the Esk grinds flour again from the second week of May, and visitors may watch on Sundays."
FLOUR = "A bag of flour costs 90 crowns at the door, and a third less for those who bring their own grain."
WHEEL = "The old wheel was taken to the smithy in March; until it comes back, an engine drives the stones."
BODY = f"{MILL}\n\n{FLOUR}\n\n{WHEEL}"


def read_text(folder: Path, text: str) -> list[Article]:
    path = folder / "page.txt"
    path.write_text(text, encoding="utf-8")
    return [article for article in read([path]) if isinstance(article, Article)]


def one(folder: Path, text: str) -> Article:
    (article,) = read_text(folder, text)
    return article


def texts(article: Article) -> list[str]:
    return [paragraph.text for paragraph in article.paragraphs]


PAGES = {
    "en": (
        "Home\nWorld\nBusiness\nWeather\n\nMill Grinds Again After Two Dry Years\n\n5 hours "
        "ago\nShare\nSave\nTom Ashdown\n"
        "Rural affairs editor\n\n",
        "\n\nMost read\nFerry to run at night\nTwo owls move into the town hall\n\n14 Comments\n© 2031 Esk "
        "Courier. All rights reserved.",
    ),
    "de": (
        "Startseite | Politik | Wirtschaft | Sport\n\nMill Grinds Again After Two Dry Years\n\nVon Karl "
        "Brandt\nvor 3 Stunden\n"
        "Teilen\nDrucken\n\n",
        "\n\nMehr zum Thema\nDie Fähre fährt nun auch nachts\nZwei Eulen im Rathaus",
    ),
    "fr": (
        "Accueil > Actualités > Vie locale\n\nMill Grinds Again After Two Dry Years\n\nPublié le 3 mars 2031 à "
        "10h14\nPartager\n\n",
        "\n\nCommentaires (3)\nPaul L.\nil y a 2 heures\nEnfin ! On attendait cela depuis des "
        "années.\nRépondre\nSignaler",
    ),
    "ar": (
        "الرئيسية\nأخبار\nاقتصاد\nرياضة\n\nMill Grinds Again After Two Dry Years\n\nمنذ 3 ساعات\nمشاركة\nطباعة\n\n",
        "\n\nالأكثر قراءة\nالعبارة تبحر ليلا\nبومتان في مبنى البلدية",
    ),
    "ru": (
        "Главная | Новости | Экономика | Спорт\n\nMill Grinds Again After Two Dry Years\n\n3 часа "
        "назад\nПоделиться\n\n",
        "\n\nЧитайте также\nПаром пойдёт и ночью\nВ ратуше поселились совы\n\n© 2031 Вестник. Все права защищены.",
    ),
}


@pytest.mark.parametrize("language", PAGES)
def test_a_page_is_its_article(tmp_path: Path, language: str) -> None:
    above, below = PAGES[language]
    article = one(tmp_path, above + BODY + below)
    assert article.title == "Mill Grinds Again After Two Dry Years"
    assert texts(article) == [MILL, FLOUR, WHEEL]
    shown = {article.title, *texts(article), *(line.text for line in article.dropped)}
    assert {line for line in (above + BODY + below).split("\n") if line} == shown
    assert all(line.reason for line in article.dropped)


def test_what_is_debris_on_a_page_is_text_elsewhere(tmp_path: Path) -> None:
    text = (
        f"Buttons of the Old Press\n\n{MILL}\n\nShare\n\nPrint\n\nRelated\nThe other press\nThe third press\n\n{FLOUR}"
    )
    article = one(tmp_path, text)
    assert not article.dropped
    lines = "\n".join(texts(article)).split("\n")
    assert {"Share", "Print", "Related", "The other press", "The third press"} <= set(lines)


def test_several_pages_with_menus_of_their_own_are_several_articles(tmp_path: Path) -> None:
    above, below = PAGES["en"]
    second = above.replace("Mill Grinds Again After Two Dry Years", "Two Owls Move Into the Town Hall")
    for gap in ("\n\n\n\n", "\n\n---\n\n", "\n\n* * *\n\n"):
        found = read_text(tmp_path, above + BODY + below + gap + second + WHEEL + "\n\n" + MILL + below)
        assert [article.title for article in found] == [
            "Mill Grinds Again After Two Dry Years",
            "Two Owls Move Into the Town Hall",
        ]
        assert [texts(article) for article in found] == [[MILL, FLOUR, WHEEL], [WHEEL, MILL]]


def test_a_byline_may_stand_first_and_gives_the_author(tmp_path: Path) -> None:
    article = one(
        tmp_path, f"By Ana Reyes\n7 March 2031, 10:14\n\nMill Grinds Again\n\n5 min read\nShare\nSave\n\n{BODY}"
    )
    assert (article.title, texts(article)) == ("Mill Grinds Again", [MILL, FLOUR, WHEEL])
    article = one(tmp_path, f"Mill Grinds Again\n\nBy Ana Reyes, Rural editor\n5 min read\n\n{BODY}")
    assert (article.title, article.author, texts(article)) == ("Mill Grinds Again", "Ana Reyes", [MILL, FLOUR, WHEEL])


def test_an_address_above_the_headline_is_the_articles(tmp_path: Path) -> None:
    article = one(tmp_path, f"https://esk.example/news/mill-again\n\nMill Grinds Again\n\n{BODY}")
    assert (article.title, article.url) == ("Mill Grinds Again", "https://esk.example/news/mill-again")
    assert texts(article) == [MILL, FLOUR, WHEEL]


@pytest.mark.parametrize(
    "title",
    [
        "Flour",
        "New Wheel Named After Millwright Jonas Berg Sr.",
        "Bring back our wheel: bakers go to court and ask the council to say at last what it did with the money "
        "for the "
        "weir (and where is the engine?)",
        "Can a Mill Run Without Water?",
    ],
)
def test_a_first_line_alone_is_the_title(tmp_path: Path, title: str) -> None:
    article = one(tmp_path, f"{title}\n\n{BODY}")
    assert (article.title, texts(article)) == (title, [MILL, FLOUR, WHEEL])


def test_the_times_of_a_live_page_open_their_entries(tmp_path: Path) -> None:
    article = one(
        tmp_path, f"Mill Opens: as It Happened\n\n3 hours ago\nShare\nSave\n\n14:05\n\n{MILL}\n\n13:40\n\n{FLOUR}"
    )
    assert texts(article) == [f"14:05\n{MILL}", f"13:40\n{FLOUR}"]


def test_a_line_about_the_article_may_stand_below_its_headline(tmp_path: Path) -> None:
    article = one(tmp_path, f"Mill Grinds Again\nVisitors may watch on Sundays from May\n\nBy Tom Ashdown\n\n{BODY}")
    assert article.title == "Mill Grinds Again"
    assert texts(article)[0] == "Visitors may watch on Sundays from May"


@pytest.mark.parametrize(
    "above",
    [
        "We use cookies to make this site better. Accept all",
        "Wir verwenden Cookies, um die Seite zu verbessern.",
        "LIVE",
        "Home / News / Farms",
    ],
)
def test_what_a_site_says_first_is_no_headline(tmp_path: Path, above: str) -> None:
    article = one(tmp_path, f"{above}\n\nMill Grinds Again\n\nTom Ashdown | 3 March 2031 | 4 min read\n\n{BODY}")
    assert article.title == "Mill Grinds Again"
    assert texts(article) == [MILL, FLOUR, WHEEL]


def test_the_foot_of_a_blog_is_no_text(tmp_path: Path) -> None:
    foot = "Share this:\nFacebook\nWhatsApp\n\nLike this:\nLoading...\n\nTags: mill, flour\n\nLeave a Reply"
    article = one(tmp_path, f"Mill Grinds Again\n\n{BODY}\n\n{foot}")
    assert texts(article) == [MILL, FLOUR, WHEEL]
    assert {"Like this:", "Tags: mill, flour", "Leave a Reply"} <= {dropped.text for dropped in article.dropped}


def test_the_time_and_the_origin_of_a_chinese_page_are_told(tmp_path: Path) -> None:
    body = "磨坊从五月的第二周起重新磨面，游客每逢星期日可以参观，学校可以预约。"
    page = f"首页 > 新闻 > 地方\n\n磨坊重新开工\n\n2031年03月03日 10:14\n来源：河谷报\n分享\n\n{body}\n\n{body[:20]}。"
    article = one(tmp_path, page)
    assert article.title == "磨坊重新开工"
    assert texts(article) == [body, f"{body[:20]}。"]


def test_a_headline_of_more_than_thirty_words_is_a_title_above_sentences(tmp_path: Path) -> None:
    title = " ".join(["the miller of the Esk begs all farmers"] * 4) + " to come at last?"
    assert one(tmp_path, f"{title}\n\n{BODY}").title == title


@pytest.mark.parametrize(
    ("head", "title", "body"),
    [
        (
            "Главная\nНовости\nСлип откроется в июне\n19 апреля 2024, 10:00\nАвтор: Анна Рейес\nПоделиться",
            "Слип откроется в июне",
            "Совет порта откроет новый слип в первый понедельник июня, и владельцы лодок смогут забронировать место.",
        ),
        (
            "首页 > 新闻 > 地方\n新船台六月开放\n2024年04月19日 10:00 来源：海岸日报\n分享到：\n微博\n微信",
            "新船台六月开放",
            "港务局将于六月的第一个星期一开放新的船台，船主可以从四月起预订位置。",
        ),
        (
            "होम\nखबरें\nजून में खुलेगा स्लिपवे\nप्रकाशित: 19 अप्रैल 2024\nशेयर करें",
            "जून में खुलेगा स्लिपवे",
            "बंदरगाह बोर्ड जून के पहले सोमवार को नया स्लिपवे खोलेगा, और नाव मालिक अप्रैल से जगह बुक कर सकते हैं।",
        ),
        (
            "صفحه اصلی\nاخبار\nسرسره در خرداد باز می‌شود\nتاریخ انتشار: ۳۱ فروردین ۱۴۰۳\nنویسنده: رضا\nاشتراک‌گذاری",
            "سرسره در خرداد باز می‌شود",
            "هیئت بندر سرسرهٔ جدید را در نخستین دوشنبهٔ خرداد باز می‌کند و صاحبان قایق می‌توانند جا بگیرند.",
        ),
        (
            "BREAKING NEWS\n\nSlipway Opens in June\n\nBy Ana Reyes\n19 April 2024\nPrint this page",
            "Slipway Opens in June",
            "The harbour board will open the new slipway on the first Monday of June.",
        ),
        (
            "Slipway Opens in June\nA long wait is over\nAna Reyes\n\n·\nFollow\n\n5 min read\n·\nApr 19, 2024",
            "Slipway Opens in June",
            "The harbour board will open the new slipway on the first Monday of June.",
        ),
        (
            "Source: https://coast.example/slipway\n\nSlipway Opens in June",
            "Slipway Opens in June",
            "The harbour board will open the new slipway on the first Monday of June.",
        ),
    ],
)
def test_pages_of_other_sites_and_languages_have_their_headline(
    tmp_path: Path, head: str, title: str, body: str
) -> None:
    article = one(tmp_path, f"{head}\n\n{body}\n")
    assert (article.title, texts(article)) == (title, [body])
