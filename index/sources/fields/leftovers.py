"""Titles and authors that programs write into their files by themselves: they state nothing of the article."""

import re
from typing import Final

from index.sources.blocks.layout import normal_line

_TITLES = re.compile(
    r"""
    microsoft\s(?:word|office).*
    | (?:untitled|unbenannt|sans\stitre|sans\snom|sin\st[ií]tulo|sem\st[ií]tulo|senza\snome|bez\s(?:tytułu|názvu)
       |naamloos|без\s(?:имени|названия)|без\sіменi|بدون\sعنوان|بی‌?نام|adsız|başlıksız|無題|无标题|無標題|제목\s?없음)\W*\d*.{0,10}
    | (?:new\s|neues\s|nouveau\s|nuevo\s|novo\s|nuovo\s|nowy\s|новый\s)?
      (?:(?:word|microsoft\sword)\s)?
      (?:document|dokument|documento|dokumentum|документ|مستند|سند|belge|文档|文檔|文書|문서)\s?[\d(_-]*\d*\)?
    | (?:document|main|book|book\s|ebook)?\s?(?:title|titel|titre|t[ií]tulo|название|заголовок)
    | (?:powerpoint\spresentation|word\stemplate|template|vorlage|blank|unknown|none|null|no\stitle|n/a|test)
    | .{1,200}\.(?:docx?|docm|dotx?|rtf|odt|ott|pdf|html?|txt|tmp|wps|wpd|indd|tex|dvi|qxd|pages)
    """,
    re.IGNORECASE | re.VERBOSE,
)
_AUTHORS: Final = frozenset(
    (
        "user|user1|pc|admin|administrator|author|unknown|owner|root|guest|default|me|windows user|"
        "microsoft office user|microsoft|office|registered user|a user|your user name|benutzer|windows-benutzer|"
        "anwender|usuario|usuário|usuario de windows|utilisateur|utente|utilisateur windows|"
        "utente di microsoft office|użytkownik|uživatel|gebruiker|kullanıcı|пользователь|пользователь windows|"
        "админ|администратор|автор|المستخدم|مستخدم|کاربر|用户|微软用户|微软中国|ユーザー|사용자|autor|auteur|autore|n/a|none|null|"
        "anonymous|python-docx|openpyxl|apache poi|docx4j|un-named|phpword|aspose|calibre|pandoc|word|openoffice|"
        "openoffice.org|libreoffice|hp|dell|acer|asus|lenovo|toshiba|sony"
    ).split("|")
)


def stated_title(text: str | None) -> str:
    """Return the title in a file's properties on one line; "" for one that a program wrote there.

    >>> stated_title("Minutes of the Rope Walk"), stated_title("Microsoft Word - x.docx"), stated_title("Document1")
    ('Minutes of the Rope Walk', '', '')
    """
    title = normal_line(text or "")
    return "" if _TITLES.fullmatch(title) or not any(map(str.isalpha, title)) else title


def stated_author(text: str | None) -> str | None:
    """Return the author in a file's properties on one line; None for one that a program wrote there.

    >>> stated_author(" Odile  Harrow "), stated_author("python-docx"), stated_author("Windows User")
    ('Odile Harrow', None, None)
    """
    author = normal_line(text or "")
    return None if author.casefold() in _AUTHORS or not any(map(str.isalpha, author)) else author
