"""What people are told when there is no index yet, or something went wrong: said in one place for every handler."""

from collections.abc import Awaitable
from dataclasses import dataclass
from typing import TypeVar

from bot.catalogue import Catalogue
from bot.channels.faults import log_fault
from index import NoIndexError

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Fault:
    """Why there is no result; `ref` is the reference in the log, "" before the first index, which is nobody's fault."""

    ref: str = ""

    def text(self, say: Catalogue) -> str:
        """Return the line that the person gets."""
        return say.text("broken", ref=self.ref) if self.ref else say.text("preparing")


async def attempt(work: Awaitable[T]) -> T | Fault:
    """Return what `work` gives, or why it gives nothing; whatever went wrong is logged, a missing index is not."""
    try:
        return await work
    except NoIndexError:
        return Fault()
    except Exception as error:  # noqa: BLE001 - the person gets a line, a button stops spinning, the owner gets a trace
        return Fault(log_fault(error))
