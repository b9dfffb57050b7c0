"""Posts of channels as files: of each post, or album, one in the shape in which Telegram exports a channel.

FOLDER/1234567890/42.telegram        a post; its article has the address of the post
FOLDER/1234567890/.channel.json      what the channel is called, and its name in addresses

A post is on the disk, whole, before its update counts as done. One that was removed leaves an empty file behind a dot,
so that no edit and no export brings it back.
"""

import json
import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from index import ArticleCard, ReadingOptions, make_folder, replace_file, sync

ENDING: Final = ".telegram"
_ABOUT: Final = ".channel.json"
_REMOVED: Final = ".removed-"
_ALBUM: Final = "album-"

Post = Mapping[str, Any]
"""A message as an export holds it: "id", "date_unixtime", "text" and so on."""


@dataclass(frozen=True, slots=True)
class Channel:
    """A channel: its number, without the -100 before it, its title, and its name in addresses, "" for none."""

    number: int
    title: str
    name: str = ""

    @property
    def address(self) -> str | None:
        """Return where its posts lie, None where only numbers lead there."""
        return f"https://t.me/{self.name}" if self.name else None


class Posts:
    """The posts in `folder`, which is made when the first one comes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def keep(self, channel: Channel, post: Post, album: str = "") -> bool:
        """Keep a post in its newest state; return whether it says something else than before.

        One that was removed, and a state older than the one that is kept, are passed over. Raises OSError.
        """
        folder, number = self._of(channel.number), int(post["id"])
        if (folder / f"{_REMOVED}{number}").exists():
            return False
        self.about(channel)
        path = folder / f"{_ALBUM + album if album else number}{ENDING}"
        known = _messages(path)
        before = next((one for one in known if one.get("id") == number), None)
        if before is not None and _edited(before) > _edited(post):
            return False
        if before is not None and _said(before) == _said(post):
            return False
        others = [one for one in known if one.get("id") != number]
        # What a reader takes for an album shares its second.
        together = min((one["date_unixtime"] for one in (*others, post)), key=int)
        several = [{**one, "date_unixtime": together} if album else one for one in (*others, post)]
        self._write(path, channel, sorted(several, key=lambda one: int(one["id"])))
        return True

    def drop(self, channel: int, number: int, album: str = "") -> bool:
        """Take a post out; return whether there was one. Raises OSError."""
        folder = self._of(channel)
        named = folder / f"{_ALBUM + album if album else number}{ENDING}"
        # Whoever removes a post by its number may not know of which album it is.
        for path in (named, *(() if album else folder.glob(f"{_ALBUM}*{ENDING}"))):
            known = _messages(path)
            kept = [one for one in known if one.get("id") != number]
            if len(kept) == len(known):
                continue
            # A file without posts: were the last one gone, the folder would look like one that was lost.
            self._write(path, self._about(channel) or Channel(channel, ""), kept)
            return True
        return False

    def remove(self, channel: int, number: int) -> bool:
        """Take a post out for good; return whether there was one. Raises OSError."""
        folder = self._of(channel)
        if folder.is_dir():
            (folder / f"{_REMOVED}{number}").touch(mode=0o600)
            sync(folder)
        return self.drop(channel, number)

    def exported(self, articles: Sequence[ArticleCard]) -> str | None:
        """Return a file of these articles that is no post kept here: an export, None where there is none."""
        return next((one.path for one in articles if self.folder.absolute() not in Path(one.path).parents), None)

    def about(self, channel: Channel) -> None:
        """Keep what a channel is called. Raises OSError."""
        folder = self._of(channel.number)
        if self._about(channel.number) != channel:
            make_folder(folder, always=False)
            replace_file(folder / _ABOUT, json.dumps(asdict(channel)).encode())

    def channel(self, place: str) -> Channel | None:
        """Return the channel that an address names by its number or name, None for an unknown one."""
        places = ((channel, (str(channel.number), channel.name.lower())) for channel in self.channels())
        return next((channel for channel, names in places if place.lower() in names), None)

    def channels(self) -> list[Channel]:
        """Return the channels that posts were kept of."""
        with suppress(OSError):
            numbers = sorted(int(path.name) for path in self.folder.iterdir() if path.name.isdecimal())
            return [channel for number in numbers if (channel := self._about(number)) is not None]
        return []

    def sources(self) -> dict[str, ReadingOptions]:
        """Return the folders with posts in them, as sources to be read."""
        return {
            os.path.abspath(folder): ReadingOptions(include=(f"*{ENDING}",), base_url=channel.address)  # noqa: PTH100
            for channel in self.channels()
            if any((folder := self._of(channel.number)).glob(f"*{ENDING}"))
        }

    def _of(self, channel: int) -> Path:
        return self.folder / str(channel)

    def _about(self, channel: int) -> Channel | None:
        with suppress(OSError, ValueError, TypeError):
            return Channel(**json.loads((self._of(channel) / _ABOUT).read_text("utf-8")))
        return None

    def _write(self, path: Path, channel: Channel, messages: Sequence[Post]) -> None:
        # Whose words a forwarded post holds, its source says too.
        whose = next((one["forwarded_from"] for one in messages if one.get("forwarded_from")), "")
        name = f"{channel.title} ({whose})" if whose else channel.title
        kind = "public_channel" if channel.name else "private_channel"
        record = {"name": name, "type": kind, "id": channel.number, "messages": list(messages)}
        make_folder(path.parent, always=False)
        # Half a character, which no file takes, is lost, and nothing else.
        replace_file(path, json.dumps(record, ensure_ascii=False).encode(errors="replace"))


def _messages(path: Path) -> list[dict[str, Any]]:
    with suppress(OSError, ValueError, KeyError, TypeError):
        return list(json.loads(path.read_text("utf-8"))["messages"])
    return []


def _said(post: Post) -> dict[str, Any]:
    """Return what a reader of the post sees; when it was edited, or reacted to, is none of it."""
    return {name: value for name, value in post.items() if name not in ("edited_unixtime", "date_unixtime")}


def _edited(post: Post) -> int:
    return int(post.get("edited_unixtime") or 0)
