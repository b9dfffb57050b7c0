"""The posts of a chat as Telegram Desktop exports them: each an article, an album one, a poll its words."""

import re
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from index.analysis.sentences import sentences
from index.model import Article
from index.sources.blocks.blocks import Block, joined
from index.sources.blocks.layout import normal_line, normalise, text_lines
from index.sources.blocks.text_blocks import text_blocks
from index.sources.exports import live_posts
from index.sources.fields.dates import iso_date
from index.sources.fields.left_out import LeftOut
from index.sources.fields.records import article
from index.sources.files.streams import UnusableError
from index.sources.text.page import is_headline
from index.sources.text.titled import Titled, first_words, with_title

Message = Mapping[str, object]

# Chats whose posts have an address, for those who may see them.
_ADDRESSED: Final = ("public_channel", "private_channel", "private_supergroup", "public_supergroup")
_MOST_IN_ALBUM: Final = 10
_LONGEST_TITLE: Final = 80
# So that it is tried once for a word, however long.
_ADDRESS = re.compile(r"(?:https?://|www\.|t\.me/)\S+|(?<![^\s@])[^\s@]++@[^\s@.]++\.\S+")
_STOPS: Final = ".。।۔:"


@dataclass(frozen=True, slots=True)
class Chat:
    """A chat of an export; `alone` where the export is of this chat only, `elsewhere` posts that lie in other files."""

    name: str
    kind: str
    id: str
    alone: bool
    elsewhere: Container[int] = frozenset()

    @classmethod
    def of(cls, found: Message, *, alone: bool) -> "Chat":
        """Return the chat that these members of its object describe."""
        number = str(found.get("id", "")).removeprefix("-100")
        return cls(normal_line(_string(found, "name")), _string(found, "type"), number, alone)

    def address(self, post: str) -> str | None:
        """Return the address of a post; it opens for those who may see the chat."""
        known = self.kind in _ADDRESSED and self.id.isdigit() and post.isdigit()
        return f"https://t.me/c/{self.id}/{post}" if known else None


def articles(chat: Chat, messages: Iterable[object], file: str, left_out: LeftOut) -> Iterator[Article]:
    """Yield the posts of a chat that say something; the others are counted."""
    album: list[Message] = []
    fault = None
    try:
        for message in messages:
            if not isinstance(message, dict) or message.get("type") != "message":
                service = isinstance(message, dict) and message.get("type") == "service"
                left_out.add("service message(s)" if service else "unsupported message(s)")
                continue
            number = message.get("id")
            if isinstance(number, int) and chat.id:
                live_posts.met(chat.id, number)
                if number in chat.elsewhere:
                    left_out.add("post(s) that came to the bot")
                    continue
            if album and not _of_one_album(album, message):
                yield from _article(chat, album, file, left_out)
                album = []
            album.append(message)
    except UnusableError as error:
        # The posts before the fault are whole.
        fault = error
    if album:
        yield from _article(chat, album, file, left_out)
    if fault is not None:
        raise fault


def _of_one_album(album: list[Message], message: Message) -> bool:
    """Return whether pictures were sent as one; the file does not say so, but they share their second."""
    first = album[0]
    together = all(_of(first, name) == _of(message, name) for name in ("date", "from_id", "forwarded_from"))
    return together and _has_media(first) and _has_media(message) and len(album) < _MOST_IN_ALBUM


def _of(message: Message, name: str) -> object:
    return message.get("date_unixtime", message.get("date")) if name == "date" else message.get(name)


def _has_media(message: Message) -> bool:
    return any(name in message for name in ("photo", "file", "media_type"))


def _article(chat: Chat, album: list[Message], file: str, left_out: LeftOut) -> Iterator[Article]:
    found = _texts(album)
    if not found.paragraphs:
        left_out.add("post(s) without words")
        return
    # Of an album the post with the words, which shows all of it.
    message = next((one for one in album if _words(one)), album[0])
    number = str(message.get("id", ""))
    is_channel = chat.kind.endswith("channel")
    writer = ("author", "forwarded_from") if is_channel else ("forwarded_from", "from")
    fields = {
        "source": chat.name or None,
        "url": chat.address(number),
        "author": next(filter(None, (normal_line(_string(message, name)) for name in writer)), None),
        "date": iso_date(message.get("date")) or _date(message.get("date_unixtime")),
    }
    key = number if chat.alone else f"{chat.id}/{number}"
    yield article(found.title, found.paragraphs, file, key, fields)


def _date(seconds: object) -> str | None:
    return iso_date(int(seconds)) if isinstance(seconds, str) and seconds.isdigit() and len(seconds) < 20 else None


def _texts(album: list[Message]) -> Titled:
    """Return the title and the text of a post, or of the pictures of an album."""
    found = Titled("", [])
    for message in album:
        if not _words(message):
            continue
        title, body = _title(message)
        blocks = text_blocks(text_lines(body))
        blocks += _poll(message)
        found.title = found.title or title
        found.paragraphs += joined(blocks)
    return with_title(found)


def _words(message: Message) -> bool:
    """Return whether a post says anything besides addresses."""
    text = _ADDRESS.sub(" ", _text(message.get("text")))
    return any(map(str.isalnum, text)) or bool(_poll(message))


def _title(message: Message) -> tuple[str, str]:
    """Return the title of a post and the text below it: a line that is bold, or reads as a headline; else none.

    Without one the first sentence is the title, and stays in the text.
    """
    text = normalise(_text(message.get("text"))).strip()
    first, _, rest = text.partition("\n")
    first = first.strip()
    if rest.strip() and any(map(str.isalnum, first)):
        bold = _bold_beginning(message.get("text"))
        if (bold and bold == first) or is_headline(first):
            return normal_line(first), rest
    question = "" if text else normalise(_string(_mapping(message.get("poll")), "question"))
    return _first_sentence(first or question), text


def _first_sentence(line: str) -> str:
    ends = sentences(line)
    sentence = line[ends[0][0] : ends[0][1]].strip() if ends else line
    if not sentence or len(sentence) > _LONGEST_TITLE:
        return first_words(line)
    bare = sentence.rstrip(_STOPS)
    return normal_line(bare if len(sentence) - len(bare) == 1 else sentence)


def _bold_beginning(text: object) -> str:
    """Return the bold words that a text begins with."""
    first = text[0] if isinstance(text, list) and text else None
    if not isinstance(first, dict) or first.get("type") != "bold":
        return ""
    return normalise(_string(first, "text")).strip()


def _poll(message: Message) -> list[Block]:
    poll = _mapping(message.get("poll"))
    question = normal_line(_text(poll.get("question")))
    answers = poll.get("answers")
    lines = [normal_line(_text(_mapping(one).get("text"))) for one in answers] if isinstance(answers, list) else []
    return [Block(question, "heading"), Block("\n".join(filter(None, lines)), "list")] if question else []


def _text(value: object) -> str:
    """Return a text of an export: a string, or pieces of it with marks, between which nothing stands."""
    if isinstance(value, str):
        return value
    pieces = value if isinstance(value, list) else ()
    return "".join(piece if isinstance(piece, str) else _string(_mapping(piece), "text") for piece in pieces)


def _mapping(value: object) -> Message:
    return value if isinstance(value, dict) else {}


def _string(stating: Message, name: str) -> str:
    value = stating.get(name)
    return value if isinstance(value, str) else ""
