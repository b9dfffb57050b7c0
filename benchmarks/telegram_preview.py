"""Draws Telegram conversations as a phone would show them, from the messages that the real bot really sends.

    python -m benchmarks.telegram_preview FOLDER [--index EXAMPLES]

The bot runs against the fake Bot API server on an index of the sample articles; each conversation becomes a page
FOLDER/en.html, ar.html, fa.html and group.html, 390 pixels wide, made from the entities and buttons of the messages. A
browser makes pictures of them: `chromium --headless --screenshot=en.png --window-size=390,2600 FOLDER/en.html`.
"""

import argparse
import asyncio
import html
import tempfile
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot.answer import Answerer, Policy
from bot.channels.telegram import TelegramOptions, serve
from index.build import Options, build
from index.retriever import LocalRetriever
from index.sources import read
from index.store import Store
from tests.fake_telegram import FakeTelegram
from tests.fake_telegram_wire import Sent

GROUP = -1001
_OPEN = {
    "bold": "<b>",
    "italic": "<i>",
    "underline": "<u>",
    "expandable_blockquote": "<blockquote class=fold>",
    "blockquote": "<blockquote>",
}
_CLOSE = {"bold": "</b>", "italic": "</i>", "underline": "</u>"}
_STYLE = """
body { margin: 0; padding: 10px; width: 370px; background: #9fb8c4; font: 15px/1.35 "Noto Sans", "Noto Naskh Arabic",
       "Noto Sans Arabic", sans-serif; }
.said { max-width: 330px; width: fit-content; margin: 10px 0 2px; padding: 7px 11px; border-radius: 14px;
        background: #fff; }
.mine { background: #e1fec6; margin-left: auto; }
p { margin: 0; unicode-bidi: plaintext; text-align: start; min-height: 1.3em; }
blockquote { margin: 3px 0; padding: 4px 10px; border-inline-start: 3px solid #3a8ccf; background: #eaf3fa;
             border-radius: 6px; }
.keys { display: flex; gap: 4px; width: 352px; margin-top: 4px; }
.keys span { flex: 1; padding: 7px 2px; border-radius: 8px; background: #4f6f7e; color: #fff; text-align: center;
             font-size: 13px; overflow: hidden; white-space: nowrap; text-overflow: ellipsis; unicode-bidi: plaintext; }
.toast { width: fit-content; margin: 8px auto 2px; padding: 4px 12px; border-radius: 10px; background: #33454d;
         color: #fff; font-size: 13px; }
"""


@dataclass(slots=True)
class Phone:
    """One person's screen: everything said so far, as HTML."""

    fake: FakeTelegram
    chat: int
    shown: list[str] = field(default_factory=list)

    async def says(self, text: str, **how: Any) -> Sent:
        """The person writes, the bot answers; both are drawn."""
        self.shown.append(f'<div class="said mine">{_paragraphs(html.escape(text))}</div>')
        sent = await self.fake.say_and_wait(self.chat, text, **how)
        self.shown.append(drawn(sent))
        return sent

    async def presses(self, message: Sent, label: str) -> Sent:
        """The person presses a button; the message as it is then is drawn, or the new one that came."""
        before = len(self.fake.sent(self.chat))
        said = await self.fake.press_and_wait(message, label)
        self.shown.append(f'<div class="toast">{html.escape(f"[{label}]")} {html.escape(said["text"] or "")}</div>')
        edits = len(self.fake.edits_of(message))
        await self.fake.until(
            lambda: len(self.fake.edits_of(message)) > edits or len(self.fake.sent(self.chat)) > before or edits > 0
        )
        came = self.fake.sent(self.chat)[before:]
        now = came[0] if came else self.fake.now(message)
        self.shown.append(drawn(now))
        return now

    def page(self) -> str:
        """The whole screen."""
        return f"<!doctype html><meta charset=utf-8><style>{_STYLE}</style>\n" + "\n".join(self.shown)


def drawn(sent: Sent) -> str:
    """A message of the bot with its buttons."""
    keys = "".join(
        f'<div class="keys">{"".join(f"<span>{html.escape(label)}</span>" for label in row)}</div>' for row in sent.rows
    )
    return f'<div class="said">{_paragraphs(_marked(sent))}</div>{keys}'


def _marked(sent: Sent) -> str:
    """The text with its entities as HTML; Telegram counts UTF-16 units."""
    units = sent.text.encode("utf-16-le")
    marks: list[tuple[int, int, str]] = []
    for number, entity in enumerate(sorted(sent.entities, key=lambda entity: (entity["offset"], -entity["length"]))):
        start, end = entity["offset"], entity["offset"] + entity["length"]
        kind = entity["type"]
        if kind not in _OPEN:
            continue
        marks.append((start, number, _OPEN[kind]))
        marks.append((end, -number - 1, _CLOSE.get(kind, "</blockquote>")))
    said, at = "", 0
    for place, _, tag in sorted(marks, key=lambda mark: (mark[0], not mark[2].startswith("</"), mark[1])):
        said += html.escape(units[2 * at : 2 * place].decode("utf-16-le")) + tag
        at = place
    return said + html.escape(units[2 * at :].decode("utf-16-le"))


def _paragraphs(marked: str) -> str:
    lines = marked.split("\n")
    return "".join(f"<p>{line}</p>" if "blockquote" not in line else _quoted(line) for line in lines)


def _quoted(line: str) -> str:
    return line.replace(">", "><p>", 1).replace("</blockquote>", "</p></blockquote>") if "<blockquote" in line else line


async def english(fake: FakeTelegram) -> str:
    phone = Phone(fake, 1)
    await phone.says("/start")
    sent = await phone.says("can I still cross the bridge on foot during the works")
    await phone.presses(sent, "After")
    await phone.says("And when will it open again?", reply_to=sent)
    await phone.says("how many moons does Jupiter have")
    await phone.says("/titles")
    return phone.page()


async def arabic(fake: FakeTelegram) -> str:
    phone = Phone(fake, 2)
    await phone.says("/start")
    sent = await phone.says("من صمم البيوت الزجاجية لتجفيف التمور؟")
    await phone.presses(sent, "2")
    await phone.says("كم عدد أقمار كوكب المشتري؟")
    await phone.says("Who built the new ferry?")
    return phone.page()


async def persian(fake: FakeTelegram) -> str:
    phone = Phone(fake, 3)
    sent = await phone.says("چند نفر مقنی قنات را لایروبی کردند؟")
    await phone.presses(sent, "پس از این")
    await phone.says("when will cars be able to use the old weir bridge again?")
    await phone.says("/latest")
    return phone.page()


async def group(fake: FakeTelegram) -> str:
    phone = Phone(fake, GROUP)
    sent = await phone.says("/ask when will cars be able to use the old weir bridge again?")
    await phone.presses(sent, "More")
    await phone.says("/ask how many moons does Jupiter have")
    return phone.page()


async def draw(folder: Path, articles: Path) -> None:
    with tempfile.TemporaryDirectory() as data:
        store = Store(Path(data) / "index")
        build(store, read([articles]), [str(articles)], Options())
        answerer = Answerer(LocalRetriever(store), Policy())
        async with FakeTelegram() as fake:
            fake.world.people |= {2: {"language_code": "ar"}, 3: {"language_code": "fa"}}
            options = TelegramOptions(fake.token, fake.base_url, "open", frozenset(), Path(data), 3)
            ready, stop = asyncio.Event(), asyncio.Event()
            running = asyncio.create_task(serve(options, answerer, stop=stop, on_ready=lambda _: ready.set()))
            await asyncio.wait_for(ready.wait(), 10)
            for name, scene in (("en", english), ("ar", arabic), ("fa", persian), ("group", group)):
                (folder / f"{name}.html").write_text(await scene(fake), encoding="utf-8")
            stop.set()
            await running
        answerer.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Telegram conversations as HTML pages of a phone's width.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--index", type=Path, default=Path("examples"), help="the articles to ask")
    asked = parser.parse_args()
    asked.folder.mkdir(parents=True, exist_ok=True)
    asyncio.run(draw(asked.folder, asked.index))
    print(f"{asked.folder}: written at {datetime.now(UTC):%H:%M} UTC")
