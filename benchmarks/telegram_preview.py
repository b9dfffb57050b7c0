"""Draw Telegram conversations as a phone would show them, from the messages that the real bot really sends.

    python -m benchmarks.telegram_preview FOLDER [--index EXAMPLES]

The bot runs against the fake Bot API server on an index of the sample articles; each conversation becomes a page
FOLDER/en.html, fa.html, ar.html and so on, 390 pixels wide, made from the entities and buttons of the messages, and all
of them side by side FOLDER/index.html. A line of a quote holds some 36 letters, and an expandable quote is folded to
three lines, as Telegram shows it until it is tapped. A browser makes pictures of them, such as docs/telegram-en.png:
`chromium --headless --hide-scrollbars --force-device-scale-factor=2 --window-size=390,HEIGHT
--screenshot=docs/telegram-en.png FOLDER/en.html`.
"""

import argparse
import asyncio
import html
import re
import tempfile
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.answer import Answerer
from bot.channels.telegram import TelegramOptions, serve
from bot.policy import Policy
from index.build.build import Options, build
from index.search.retriever import LocalRetriever
from index.sources import read
from index.store.store import Store
from tests.telegram_server.server import FakeTelegram
from tests.telegram_server.wire import Sent

GROUP = -1001
_TAGS = {
    "bold": ("<b>", "</b>"),
    "italic": ("<i>", "</i>"),
    "underline": ("<u>", "</u>"),
    "expandable_blockquote": ("<blockquote dir=auto class=folded>", "</blockquote>"),
    "blockquote": ("<blockquote dir=auto>", "</blockquote>"),
}
_STYLE = """
body { margin: 0; padding: 10px; width: 370px; background: #9fb8c4; font: 15px/1.35 "Noto Sans", "Noto Naskh Arabic",
       "Noto Sans Arabic", sans-serif; }
.said { max-width: 330px; width: fit-content; margin: 10px 0 2px; padding: 7px 11px; border-radius: 14px;
        background: #fff; }
.mine { background: #e1fec6; margin-left: auto; }
p { margin: 0; unicode-bidi: plaintext; text-align: start; min-height: 1.3em; }
blockquote { margin: 4px 0; padding: 4px 10px; border-inline-start: 3px solid #3a8ccf; background: #eaf3fa;
             border-radius: 6px; }
.folded { position: relative; }
.folded p { display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 3; overflow: hidden; }
.long::after { content: ""; position: absolute; bottom: 9px; inset-inline-end: 8px; width: 6px; height: 6px;
               rotate: 45deg; border: solid #3a8ccf; border-width: 0 2px 2px 0; }
.long { padding-inline-end: 22px; }
.answer { width: fit-content; min-width: 250px; max-width: 330px; }
.answer .said { width: auto; }
.keys { display: flex; gap: 4px; margin-top: 4px; }
.keys span { flex: 1 1 0; min-width: 0; padding: 7px 4px; border-radius: 8px; background: #4f6f7e; color: #fff;
             text-align: center; font-size: 13px; overflow: hidden; white-space: nowrap; text-overflow: ellipsis;
             unicode-bidi: plaintext; }
.toast { width: fit-content; margin: 8px auto 2px; padding: 4px 12px; border-radius: 10px; background: #33454d;
         color: #fff; font-size: 13px; }
"""
# An arrow tells that there is more, where there is.
_SCRIPT = """
for (const line of document.querySelectorAll(".folded p"))
    if (line.scrollHeight > line.clientHeight + 2) line.parentElement.classList.add("long");
"""


@dataclass(slots=True)
class Phone:
    """One person's screen: everything said so far, as HTML."""

    fake: FakeTelegram
    chat: int
    language: str
    shown: list[str] = field(default_factory=list)

    async def says(self, text: str, **how: Any) -> Sent:
        """Write as the person and draw both the message and the answer."""
        self.shown.append(f'<div class="said mine">{_paragraphs(html.escape(text))}</div>')
        sent = await self.fake.say_and_wait(self.chat, text, **how)
        self.shown.append(drawn(sent))
        return sent

    async def presses(self, message: Sent, label: str) -> Sent:
        """Press a button as the person; draw the message as it is then, or the new one that came."""
        before, edits = len(self.fake.sent(self.chat)), len(self.fake.edits_of(message))
        said = await self.fake.press_and_wait(message, label)
        toast = html.escape(f"[{label}] {said['text'] or ''}")
        self.shown.append(f'<div class="toast">{toast}</div>')
        await self.fake.until(
            lambda: len(self.fake.edits_of(message)) > edits or len(self.fake.sent(self.chat)) > before
        )
        came = self.fake.sent(self.chat)[before:]
        now = came[0] if came else self.fake.now(message)
        self.shown.append(drawn(now))
        return now

    def page(self) -> str:
        """Return the whole screen as HTML."""
        said = "\n".join(self.shown)
        head = f"<!doctype html><html lang={self.language}><meta charset=utf-8>"
        return f"{head}<style>{_STYLE}</style>\n{said}\n<script>{_SCRIPT}</script>"


def drawn(sent: Sent) -> str:
    """Return a message of the bot with its buttons as HTML."""
    keys = "".join(
        f'<div class="keys">{"".join(f"<span>{html.escape(label)}</span>" for label in row)}</div>' for row in sent.rows
    )
    return f'<div class="answer"><div class="said">{_paragraphs(_marked(sent))}</div>{keys}</div>'


def _marked(sent: Sent) -> str:
    """Return the text with its entities as HTML; Telegram counts UTF-16 units and nests entities properly."""
    units = sent.text.encode("utf-16-le")
    known = [entity for entity in sent.entities if entity["type"] in _TAGS]
    tags: dict[int, str] = {}
    for entity in sorted(known, key=lambda entity: (entity["offset"], -entity["length"])):
        opening, closing = _TAGS[entity["type"]]
        start, end = entity["offset"], entity["offset"] + entity["length"]
        tags[start] = tags.get(start, "") + opening
        tags[end] = closing + tags.get(end, "")
    places = sorted({0, *tags, len(units) // 2})
    return "".join(
        tags.get(place, "") + html.escape(units[2 * place : 2 * following].decode("utf-16-le"))
        for place, following in zip(places, [*places[1:], len(units) // 2], strict=True)
    )


def _paragraphs(marked: str) -> str:
    """Each line as a paragraph in its own direction, those of a quote inside it."""
    outside = "<p>" + marked.replace("\n", "</p><p>") + "</p>"
    return re.sub("<p>(<blockquote[^>]*>)", r"\1<p>", outside).replace("</blockquote></p>", "</p></blockquote>")


async def english(phone: Phone) -> None:
    sent = await phone.says("can I still cross the bridge on foot during the works")
    await phone.says("and how long is the detour?", reply_to=sent)


async def arabic(phone: Phone) -> None:
    await phone.says("من صمم البيوت الزجاجية لتجفيف التمور؟")
    await phone.says("كم عدد أقمار كوكب المشتري؟")


async def persian(phone: Phone) -> None:
    await phone.says("چند نفر مقنی قنات را لایروبی کردند؟")
    await phone.says("how wide is the gangway over the bridge?")


async def russian(phone: Phone) -> None:
    await phone.says("сколько стоит вход в музей часов?")
    await phone.says("кто починил часы на ратуше Марса?")


async def spanish(phone: Phone) -> None:
    await phone.says("¿cuántas personas se presentaron para las plazas de la escuela?")
    await phone.says("¿quién ganó la carrera de globos?")


async def english_pages(phone: Phone) -> None:
    await phone.says("/start")
    sent = await phone.says("how wide is the gangwey over the bridge before:2026-03")
    more = await phone.presses(sent, "… More")
    await phone.presses(more, "After")
    await phone.says("how many moons does Jupiter have")
    await phone.says("/titles")


async def arabic_pages(phone: Phone) -> None:
    await phone.says("/help")
    sent = await phone.says("كم يوما تبقى الثمار تحت الشمس؟ in:تعاونية")
    await phone.presses(sent, "المزيد")
    await phone.says("Who built the new ferry?")
    await phone.says("/latest")


async def persian_pages(phone: Phone) -> None:
    await phone.says("/help")
    sent = await phone.says("هزینه لایروبی قنات چقدر شد؟")
    now = await phone.presses(sent, "بیشتر")
    await phone.presses(now, "پس از این")
    await phone.says("/latest")


async def group(phone: Phone) -> None:
    sent = await phone.says("/ask when will cars be able to use the old weir bridge again?")
    await phone.presses(sent, "… More")
    await phone.says("/ask how many moons does Jupiter have")


SCENES: tuple[tuple[str, int, str, Callable[[Phone], Awaitable[None]]], ...] = (
    ("en", 1, "en", english),
    ("ar", 2, "ar", arabic),
    ("fa", 3, "fa", persian),
    ("ru", 4, "ru", russian),
    ("es", 5, "es", spanish),
    ("en-pages", 6, "en", english_pages),
    ("ar-pages", 7, "ar", arabic_pages),
    ("fa-pages", 8, "fa", persian_pages),
    ("group", GROUP, "en", group),
)


async def draw(folder: Path, articles: Path) -> None:
    """Write a page for each scene."""
    with tempfile.TemporaryDirectory() as data:
        store = Store(Path(data) / "index")
        build(store, read([articles]), [str(articles)], Options())
        answerer = Answerer(LocalRetriever(store), Policy())
        async with FakeTelegram() as fake:
            fake.world.people |= {chat: {"language_code": language} for _, chat, language, _ in SCENES if chat > 0}
            options = TelegramOptions(fake.token, fake.base_url, "open", frozenset(), Path(data), 3)
            ready, stop = asyncio.Event(), asyncio.Event()
            running = asyncio.create_task(serve(options, answerer, stop=stop, on_ready=lambda _: ready.set()))
            await asyncio.wait_for(ready.wait(), 10)
            for name, chat, language, scene in SCENES:
                phone = Phone(fake, chat, language)
                await scene(phone)
                (folder / f"{name}.html").write_text(phone.page(), encoding="utf-8")
            stop.set()
            await running
        answerer.close()
    frames = (
        f'<iframe src="{name}.html" width=390 height=2400 style="border:0;flex:none"></iframe>' for name, *_ in SCENES
    )
    row = f'<body style="margin:0;display:flex;gap:12px;background:#fff">{"".join(frames)}'
    (folder / "index.html").write_text(f"<!doctype html>{row}", encoding="utf-8")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Telegram conversations as HTML pages of a phone's width.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--index", type=Path, default=Path("examples"), help="the articles to ask")
    asked = parser.parse_args()
    asked.folder.mkdir(parents=True, exist_ok=True)
    asyncio.run(draw(asked.folder, asked.index))
    print(*sorted(asked.folder.glob("*.html")), sep="\n")
