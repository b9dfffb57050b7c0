"""The names that people give to the fields of a record, in the languages of the tests, from the surest to the last.

They are known in any case and spelling: "published_at", "publishedAt", "article:published_time".
"""

import re
from functools import lru_cache
from typing import Final

# Of several fields that can be used the first in these lists wins.
NAMES: Final = {
    "title": (
        *("title", "headline", "heading", "subject", "titletext", "titular", "título", "titulo", "titre", "titel"),
        *("überschrift", "titolo", "kop", "rubrik", "tytuł", "заголовок", "название", "назва", "عنوان", "العنوان"),
        *(
            "تیتر",
            "başlık",
            "τίτλος",
            "titlu",
            "tiêuđề",
            "शीर्षक",
            "标题",
            "標題",
            "题目",
            "タイトル",
            "題名",
            "見出し",
            "제목",
        ),
        *("resolvedtitle", "name"),
        *(
            "question",
            "pregunta",
            "frage",
            "domanda",
            "pergunta",
            "vraag",
            "pytanie",
            "вопрос",
            "питання",
            "سؤال",
            "السؤال",
        ),
        *("پرسش", "soru", "ερώτηση", "întrebare", "câuhỏi", "प्रश्न", "คำถาม", "问题", "問題", "質問", "질문"),
    ),
    "text": (
        *("text", "content", "body", "articlebody", "article", "paragraphs", "contenthtml", "encoded", "bodyhtml"),
        *(
            "html",
            "contenttext",
            "textcontent",
            "fulltext",
            "maintext",
            "bodytext",
            "plaintext",
            "rawtext",
            "cleantext",
        ),
        *(
            "cooked",
            "cleanedtext",
            "story",
            "selftext",
            "markdown",
            "bodymarkdown",
            "contentmarkdown",
            "contentmd",
            "bodymd",
            "sections",
            "blocks",
            "passage",
            "message",
        ),
        "context",
        *("texto", "contenido", "cuerpo", "texte", "contenu", "corps", "inhalt", "testo", "contenuto", "conteúdo"),
        *("conteudo", "corpo", "tekst", "inhoud", "innehåll", "treść", "текст", "содержание", "зміст", "نص", "النص"),
        *("محتوى", "المحتوى", "متن", "محتوا", "metin", "içerik", "κείμενο", "conținut", "nộidung", "vănbản", "पाठ"),
        *("सामग्री", "正文", "内容", "內容", "文本", "本文", "テキスト", "본문", "내용"),
        *(
            "answer",
            "acceptedanswer",
            "respuesta",
            "réponse",
            "antwort",
            "risposta",
            "resposta",
            "antwoord",
            "odpowiedź",
        ),
        *("ответ", "відповідь", "جواب", "الجواب", "إجابة", "الإجابة", "پاسخ", "cevap", "yanıt", "απάντηση", "răspuns"),
        *("câutrảlời", "trảlời", "उत्तर", "คำตอบ", "答案", "回答", "答え", "답변"),
    ),
    "summary": (
        *(
            "leadparagraph",
            "abstract",
            "description",
            "shortdescription",
            "summary",
            "excerpt",
            "standfirst",
            "trailtext",
        ),
        *("snippet", "teaser", "lead", "dek", "intro"),
    ),
    "date": (
        *("date", "published", "publishedat", "datepublished", "pubdate", "publishdate", "publicationdate"),
        *("datepublish", "publisheddate", "publishedtime", "publishedon", "publishtime", "publicationtime"),
        *("firstpublicationdate", "firstpublishedat", "webpublicationdate", "issued", "releasedate", "displaydate"),
        *("datetime", "dategmt", "datepub", "fecha", "datum", "data", "дата", "تاريخ", "التاريخ", "تاریخ", "tarih"),
        *(
            "ημερομηνία",
            "dată",
            "ngày",
            "तारीख",
            "दिनांक",
            "日期",
            "发布时间",
            "發布時間",
            "日付",
            "公開日",
            "날짜",
            "작성일",
        ),
        *(
            "createdat",
            "created",
            "datecreated",
            "createddate",
            "createdtime",
            "creationdate",
            "createdutc",
            "createdtimestampusec",
            "timestamp",
        ),
    ),
    "url": (
        *("url", "link", "canonicalurl", "canonical", "weburl", "permalink", "href", "originalurl", "sourceurl"),
        *("htmlurl", "resolvedurl"),
        *("externalurl", "enlace", "lien", "رابط", "الرابط", "لینک", "پیوند", "ссылка", "посилання", "bağlantı"),
        *("链接", "連結", "网址", "リンク", "링크"),
    ),
    "key": ("id", "guid", "uuid", "docid"),
    "group": ("articleid",),
    "author": (
        *("author", "authors", "byline", "creator", "writer", "authorname", "journalist", "autor", "autora", "autores"),
        *("auteur", "autore", "verfasser", "författare", "автор", "كاتب", "الكاتب", "المؤلف", "نویسنده", "yazar"),
        *("συγγραφέας", "tácgiả", "लेखक", "作者", "著者", "저자", "기자"),
    ),
    "source": (
        *("source", "publisher", "site", "sitename", "newspaper", "publication", "outlet", "provider", "sourcename"),
        *("sourcehostname", "fuente", "quelle", "fonte", "bron", "källa", "źródło", "источник", "джерело", "مصدر"),
        *("المصدر", "منبع", "kaynak", "πηγή", "sursa", "sursă", "nguồn", "स्रोत", "来源", "來源", "出典", "출처"),
    ),
    "language": (
        *("language", "lang", "languagecode", "locale", "inlanguage", "idioma", "langue", "sprache", "lingua", "taal"),
        *("язык", "мова", "اللغة", "زبان", "dil", "语言", "語言", "言語", "언어"),
    ),
}
# Objects whose fields are the record's own: Elasticsearch, the Guardian, Strapi, Reddit, GraphQL, front matter.
WRAPPERS: Final = frozenset(
    (
        *("metadata", "meta", "fields", "_source", "attributes", "data", "node", "document", "doc", "post", "article"),
        *("item", "properties", "frontmatter", "record", "story", "page"),
    )
)
# When a record was made, wherever that is stated, is the last that is believed to be the date of its article.
CREATED: Final = NAMES["date"].index("createdat")
_SLOTS = {name: (slot, rank) for slot, names in NAMES.items() for rank, name in enumerate(names)}
_PREFIXES = ("article", "post", "news", "story", "document", "doc", "web", "page", "item")
# "@context" says what the names of JSON-LD mean.
_OF_DATABASES = frozenset(("context", "type", "id"))
# Solr's fields tell their types: "title_t", "date_dt".
_TYPES = re.compile(r"(?<=[a-z])_(?:s|ss|t|txt|dt|dts|txt_[a-z]{2,3})$")
_SIGNS = str.maketrans("", "", "_- .@#")


@lru_cache(maxsize=4096)
def plain_name(name: str) -> str:
    """Return `name` without case, signs and the prefix of a namespace.

    >>> plain_name("Published_At"), plain_name("content:encoded")
    ('publishedat', 'encoded')
    """
    return name.rpartition(":")[2].casefold().translate(_SIGNS)


@lru_cache(maxsize=4096)
def slot_of(name: str) -> tuple[str, float]:
    """Return which field a name means and its rank among the names of that field; ("", 0) for an unknown name.

    >>> slot_of("Headline"), slot_of("article_title"), slot_of("colour")
    (('title', 1), ('title', 0.5), ('', 0))
    """
    plain = plain_name(name)
    if plain in _OF_DATABASES and name.startswith("@"):
        return "", 0
    known = _SLOTS.get(plain) or _SLOTS.get(plain_name(_TYPES.sub("", name)))
    if known is not None:
        return known
    if plain.startswith(_PREFIXES):
        for prefix in _PREFIXES:
            if plain.startswith(prefix) and plain[len(prefix) :] in _SLOTS:
                slot, rank = _SLOTS[plain[len(prefix) :]]
                return slot, rank + 0.5
    return "", 0
