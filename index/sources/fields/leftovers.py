"""Titles and authors that programs write into their files by themselves: they state nothing of the article."""

import re
from typing import Final

from index.sources.blocks.layout import normal_line

_LONGEST = 300
_TITLES: Final = re.compile(
    r"""
    # What a program calls a text that nobody has named, and what the menu of a program calls it.
    (?:untitled|unbenannt|ohne\stitel|sans\stitre|sans\snom|sin\st[ií]tulo|sem\st[ií]tulo|senza\snome|senza\stitolo
       |bez\s(?:tytułu|názvu)|naamloos|без\s(?:имени|названия)|без\sіменi|بدون\sعنوان|بی‌?نام|adsız|başlıksız|無題|无标题
       |無標題|제목\s?없음)
      (?:[\s_-]*(?:document|dokument|documento|doc|presentation|spreadsheet|drawing|page|form|book|file|notebook))?
      [\W\d_]*(?:copy)?[\W\d_]*
    | (?:new\s|neues\s|nouveau\s|nuevo\s|novo\s|nuovo\s|nowy\s|новый\s)?(?:(?:word|microsoft\sword)\s)?
      (?:document|dokument|documento|dokumentum|документ|مستند|سند|belge|文档|文檔|文書|문서|doc|book|presentation
       |präsentation|présentation|presentación|презентация|slide|slides|page|layout|image|img|folie|seite)
      [\s_-]?(?:\(?\d+\)?)[\W\d_]*
    | (?:document|dokument|documento|dokumentum|документ|مستند|سند|belge|文档|文檔|文書|문서)\W*
    | (?:new|neues|nouveau|nuevo|novo|nuovo|nowy|новый)\s(?:document|dokument|documento|документ)\W*
    | (?:document|main|book|book\s|ebook)?\s?(?:title|titel|titre|t[ií]tulo|название|заголовок)
    | (?:powerpoint(?:\spresentation)?|word\s(?:template|document)|template|vorlage|blank|unknown|none|null|no\stitle
       |n/a|test|\(?(?:unspecified|anonymous)\)?)
    | microsoft\s(?:office\s)?(?:word|powerpoint|excel|publisher|visio|outlook|office)
      (?:\s(?:document|presentation|worksheet|template))?(?:\s*[-–—]\s.*|\W*\d*)
    # What a scanner and the window of a printer write.
    | scan(?:ned)?(?:[\s_-]*(?:document|image|page|file|doc|copy|pdf))?s?[\W\d_]*
    | (?:adobe\s|microsoft\s|genius\s)?scan(?:ned)?\s(?:by|from|with|using|on)\b.*
    | camscanner.* | adobe\sscan\W.* | gescanntes\sdokument.* | documento\sescaneado.*
    | print(?:ing|out)?(?:\s(?:page|preview|view|version|job|document))?[\W\d_]*
    # Names of files, whole or with their folders, and addresses.
    | .{1,200}\.(?:docx?|docm|dotx?|rtf|odt|ott|pdf|html?|txt|tmp|wps|wpd|indd|tex|dvi|qxd|pages|pptx?|xlsx?|md|ps|fm
      |p65)\W*
    | (?:~?/|\\\\|[a-z]+:[/\\])\S.*
    """,
    re.IGNORECASE | re.VERBOSE,
)
_AUTHORS: Final = re.compile(
    r"""
    (?:user\d*|users|pc|home|admin|administrator|author|unknown|owner|root|guest|default|me|windows[\s-]user|microsoft
    |microsoft\soffice\suser|office|registered\suser|a\suser|your\suser\sname|benutzer|windows-benutzer|anwender|usuario
    |usuário|usuario\sde\swindows|utilisateur|utente|utilisateur\swindows|utente\sdi\smicrosoft\soffice|użytkownik
    |uživatel|gebruiker|kullanıcı|пользователь|пользователь\swindows|админ|администратор|автор|المستخدم|مستخدم|کاربر
    |用户|微软用户|微软中国|ユーザー|사용자|autor|auteur|autore|n/a|none|null|test|\(?(?:anonymous|unspecified)\)?
    |python-docx|openpyxl|apache\spoi|docx4j|un-named|phpword|aspose|calibre|pandoc|word|reportlab
    |(?:latex|pdftex|acrobat|adobe|openoffice|libreoffice|weasyprint|wkhtmltopdf|ghostscript|quark)\b.*
    |hp|dell|acer|asus|lenovo|toshiba|sony)\.?
    """,
    re.IGNORECASE | re.VERBOSE,
)


def stated_title(text: str | None) -> str:
    """Return the title in a file's properties on one line; "" for one that a program wrote there.

    >>> stated_title("Minutes of the Rope Walk"), stated_title("Microsoft Word - x.docx"), stated_title("Document1")
    ('Minutes of the Rope Walk', '', '')
    >>> stated_title("Scandinavian Fleets"), stated_title("Scan_0041"), stated_title("C:/texts/fleets")
    ('Scandinavian Fleets', '', '')
    """
    title = normal_line(text or "")[:_LONGEST]
    return "" if _TITLES.fullmatch(title) or not _is_legible(title) else title


def stated_author(text: str | None) -> str | None:
    """Return the author in a file's properties on one line; None for one that a program wrote there.

    >>> stated_author(" Odile  Harrow "), stated_author("python-docx"), stated_author("Windows User")
    ('Odile Harrow', None, None)
    """
    author = normal_line(text or "")[:_LONGEST]
    return None if _AUTHORS.fullmatch(author) or "://" in author or not _is_legible(author) else author


def _is_legible(text: str) -> bool:
    return any(map(str.isalpha, text)) and "\ufffd" not in text
