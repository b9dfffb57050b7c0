"""The words of a message's own author: without what is quoted of others, signatures and footers."""

import re
from collections.abc import Sequence
from typing import Final

from index.model import Dropped

QUOTATION: Final = "a quotation"
SIGNATURE: Final = "a signature"
DEVICE: Final = "the name of a device"
SIGNATURE_LINES: Final = 8
"""A signature below a bare "--" has so many lines at most."""
_FOOTER_LINES: Final = 10
_ATTRIBUTION: Final = 300
_QUOTED: Final = re.compile(r"[ \t]?(?:[A-Z]{1,3})?>")
_WROTE: Final = re.compile(
    r"\b\d{4}\b|\d[:.]\d\d|@|\b(?:wrote|writes|said|schrieb|schreibt|écrit|escribió|escribe|escreveu|scrisse|scritto|schreef|skrev"
    r"|napisał|napsal|kirjoitti|írta|yazdı|пишет|писал|написал|написала|пише|كتب|نوشت|כתב)\b|写道|寫道|書きました",
    re.I,
)
_COLONS: Final = (":", "：")
_RULE: Final = re.compile(r"[_=-]{20,}")
# Of web mail, and of a Mac in its languages.
FORWARDED: Final = re.compile(
    r"\s*(?:-{4,} ?[^-\n]{3,60}-{4,}|(?:Begin forwarded message|Anfang der weitergeleiteten Nachricht"
    r"|Début du message (?:transféré|réexpédié)|Inicio del mensaje reenviado|Início da mensagem (?:re)?encaminhada"
    r"|Inizio messaggio inoltrato|Begin doorgestuurd bericht|Начало переадресованного сообщения"
    r"|بداية الرسالة المعاد توجيهها|以下是转发的邮件|下面是被转发的邮件|開始轉寄郵件)\s?[:：]?\s*$)",
    re.I | re.M,
)
# Subjects of messages that are sent on, by what programs put before them.
_SENT_ON: Final = re.compile(
    r"\s*(?:Fwd?|WG|TR|RV|ENC|I|PD|VS|VB|Doorst|İLT|Пересл|转发|轉寄|إعادة توجيه)\s?[:：]", re.I
)
_HEADER: Final = re.compile(
    r"\*?(?:From|To|Cc|Bcc|Date|Sent|Subject|Reply-To|Attachments|Importance|Von|An|Kopie|Datum|Gesendet|Betreff|De|À|A"
    r"|Para|Objet|Asunto|Assunto|Fecha|Enviado(?: el)?|Envoyé|Da|Oggetto|Data|Inviato|Van|Aan|Onderwerp|Verzonden|Från"
    r"|Till|Ämne|От|Кому|Тема|Дата|Отправлено|Копия|من|إلى|الموضوع|التاريخ|تاريخ|از|به|موضوع|发件人|收件人|主题|日期"
    r"|发送时间|寄件者|收件者|主旨|差出人|宛先|件名|送信日時)\s?[:：]\*?(?:\s|$)",
    re.I,
)
_FORWARD_HEAD: Final = "the head of a message that was sent on"
_ORIGINAL: Final = re.compile(
    r"[-_ ]{2,}\s*(?:Original[- ](?:Message|Nachricht)|Ursprüngliche Nachricht|Message d'origine|Message original"
    r"|Mensaje original|Mensagem original|Messaggio originale|Oorspronkelijk bericht|Исходное сообщение|الرسالة الأصلية"
    r"|پیام اصلی|Orijinal Mesaj|原始邮件|邮件原件|元のメッセージ)\s*[-_ ]{2,}",
    re.I,
)
# What Outlook writes above the message that is answered.
_FROM: Final = re.compile(r"\*?(?:From|Von|De|Da|Van|От|من|از|发件人|差出人)\s?:\*? ?\S")
_SENT: Final = re.compile(
    r"\*?(?:Sent|Date|Gesendet|Datum|Envoyé|Enviado(?: el)?|Fecha|Data|Inviato|Verzonden|Отправлено|Дата|发送时间)"
    r"\s?:\*? ?\S"
)
# What telephones write below a message.
_DEVICE: Final = re.compile(
    r"(?:Sent from my |Sent from Mail for |Sent via |Get Outlook for |Von meinem \S.{1,30} gesendet|Gesendet von "
    r"|Gesendet mit |Envoyé de mon |Envoyé depuis |Enviado desde mi |Enviado do meu |Inviato da |Verstuurd vanaf "
    r"|Verzonden vanaf |Skickat från min |Sendt fra min |Wysłane z |Odesláno z |Отправлено с |Отправлено из "
    r"|أرسلت من |أُرسلت من |发自我的).{0,60}$"
)
_BELOW_DEVICE: Final = 12
_CLEARSIGNED: Final = "-----BEGIN PGP SIGNED MESSAGE-----"
_PGP_SIGNATURE: Final = "-----BEGIN PGP SIGNATURE-----"


def logical_lines(text: str, *, flowed: bool, delsp: bool) -> list[str]:
    r"""Return the lines of a text, those put together that were flowed (RFC 3676); a quoted line keeps its ">".

    >>> logical_lines("The tide is \nlate.\n\n From here.\n", flowed=True, delsp=False)
    ['The tide is late.', '', 'From here.', '']
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if not flowed:
        return lines
    found: list[str] = []
    pieces: list[str] = []
    for line in lines:
        bare = line if line.startswith(">") else line.removeprefix(" ")
        if line.startswith(">") or not bare.endswith(" ") or bare == "-- ":
            if pieces and (line.startswith(">") or bare == "-- "):
                found.append("".join(pieces))
                pieces = []
            found.append("".join([*pieces, bare]))
            pieces = []
        else:
            pieces.append(bare[:-1] if delsp else bare)
    return [*found, "".join(pieces)] if pieces else found


def is_sent_on(subject: str) -> bool:
    """Return whether a subject says that somebody else's message is sent on: "Fwd: Prices"."""
    return _SENT_ON.match(subject) is not None


def without_forward_heads(lines: Sequence[str], dropped: list[Dropped], *, sent_on: bool) -> list[str]:
    """Return lines without those that programs write above a message which is sent on: who wrote it, when, to whom.

    They are known by the line above them; where there is none, by their names, if a message is `sent_on` as its
    subject says, or begins with them.
    """
    kept: list[str] = []
    at = 0
    while at < len(lines):
        begins = (sent_on or not any(map(str.strip, kept))) and heads_answered("\n".join(lines[at : at + 4]))
        if FORWARDED.match(lines[at]) or begins:
            at = head_end(lines, at, dropped)
            kept.append("")
        else:
            kept.append(lines[at])
            at += 1
    return kept


def head_end(lines: Sequence[str], begin: int, dropped: list[Dropped]) -> int:
    """Return the line below the head of a message that begins at a line; the lines of the head go to `dropped`."""
    end = begin
    if FORWARDED.match(lines[begin]):
        end = next((at for at in range(begin + 1, len(lines)) if lines[at].strip()), len(lines))
    while end < len(lines) and is_header(lines[end]):
        end += 1
    dropped.append(Dropped(_told(lines[begin : min(end, begin + 20)]), _FORWARD_HEAD))
    return max(end, begin + 1)


def own_lines(lines: Sequence[str], dropped: list[Dropped], *, sent_on: bool = False) -> list[str]:
    """Return the lines that the author of a message wrote; the others are added to `dropped`.

    What is `sent_on` is what a message is for, and no quotation.
    """
    lines = _signed(lines)
    kept: list[str] = []
    left = False
    above = ""
    for at, line in enumerate(lines):
        reason = "" if left else _ending(lines, at, line)
        if left:
            # Below a signature somebody else's message may be sent on.
            left = not FORWARDED.match(line)
        elif reason and not (reason == QUOTATION and (sent_on or not above or FORWARDED.match(above))):
            left = True
            dropped.append(Dropped(_told(lines[at + (reason not in (QUOTATION, DEVICE)) : at + 20]), reason))
        if not left:
            kept.append(line)
            above = line if line.strip() else above
    return _unquoted(without_forward_heads(kept, dropped, sent_on=sent_on), dropped)


def is_attribution(text: str) -> bool:
    """Return whether a text says whom the quotation below it is of: "On Monday, Ana wrote:"."""
    text = text.rstrip()
    return len(text) <= _ATTRIBUTION and text.endswith(_COLONS) and _WROTE.search(text) is not None


def is_header(line: str) -> bool:
    """Return whether a line is one of those above a message: "Subject: Prices"."""
    return _HEADER.match(line.strip()) is not None


def heads_answered(text: str) -> bool:
    """Return whether a text is what Outlook writes above the message that is answered: "From: ...", "Sent: ..."."""
    lines = text.split("\n")
    return _FROM.match(lines[0]) is not None and any(map(_SENT.match, lines[1:4]))


def _signed(lines: Sequence[str]) -> Sequence[str]:
    """Return the lines between the marks of PGP."""
    bare = [line.rstrip() for line in lines]
    if _CLEARSIGNED not in bare:
        return lines
    begin = bare.index(_CLEARSIGNED)
    head_end = next((at for at in range(begin, len(bare)) if not bare[at]), begin)
    end = bare.index(_PGP_SIGNATURE, begin) if _PGP_SIGNATURE in bare[begin:] else len(bare)
    return [*lines[:begin], *(line.removeprefix("- ") for line in lines[head_end:end])]


def _ending(lines: Sequence[str], at: int, line: str) -> str:
    """Return what begins at a line and reaches to the end of the message, "" for nothing."""
    if not line or line[0] == ">":
        return ""
    bare = line.rstrip()
    if line == "-- " or (bare == "--" and _few(lines, at, SIGNATURE_LINES)):
        return SIGNATURE
    is_rule = _RULE.fullmatch(bare) is not None
    below = (
        [one.strip() for one in lines[at + is_rule : at + 1 + _FOOTER_LINES]] if is_rule or _FROM.match(bare) else []
    )
    answered = any(map(_FROM.match, below[:2])) and any(map(_SENT.match, below[:4]))
    if _ORIGINAL.fullmatch(bare.strip()) or (answered and (is_rule or (at and not lines[at - 1].strip()))):
        return QUOTATION
    if _DEVICE.match(bare) and not any(one.strip() and one[:1] != ">" for one in lines[at + 1 : at + _BELOW_DEVICE]):
        return DEVICE
    footer = is_rule and _few(lines, at, _FOOTER_LINES) and any("://" in one or "@" in one for one in below)
    return "a footer" if footer else ""


def _few(lines: Sequence[str], at: int, most: int) -> bool:
    return sum(1 for line in lines[at + 1 : at + 3 * most] if line.strip()) <= most and len(lines) <= at + 3 * most


def _unquoted(lines: Sequence[str], dropped: list[Dropped]) -> list[str]:
    kept: list[str] = []
    quoted: list[str] = []
    for at, line in enumerate(lines):
        if _QUOTED.match(line) and not _escaped(lines, at):
            quoted.append(line)
            continue
        if quoted and line.strip():
            _drop(kept, quoted, dropped)
        if not quoted:
            kept.append(line[1:] if line.startswith(">From ") else line)
    if quoted:
        _drop(kept, quoted, dropped)
    return kept


def _drop(kept: list[str], quoted: list[str], dropped: list[Dropped]) -> None:
    """Leave out a quotation, and the lines above it that say whose it is."""
    while kept and not kept[-1].strip():
        kept.pop()
    for size in (3, 2, 1):
        above = kept[-size:]
        whole = len(kept) == size or (len(kept) > size and not kept[-size - 1].strip())
        filled = len(above) == size and all(one.strip() for one in above)
        if filled and (whole or size == 1) and is_attribution(" ".join(above)):
            del kept[-size:]
            quoted[:0] = above
            break
    dropped.append(Dropped(_told(quoted), QUOTATION))
    kept.append("")
    quoted.clear()


def _escaped(lines: Sequence[str], at: int) -> bool:
    """Return whether a mail program wrote the ">", because the line would begin a message in a mailbox."""
    beside = (lines[at - 1] if at else "", lines[at + 1] if at + 1 < len(lines) else "")
    return lines[at].startswith(">From ") and not any(one.startswith(">") for one in beside)


def _told(lines: Sequence[str]) -> str:
    return " ".join(filter(None, (line.strip() for line in lines[:20])))
