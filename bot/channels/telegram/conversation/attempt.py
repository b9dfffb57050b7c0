"""What people are told when there is no index yet, or something went wrong: said in one place for every handler."""

import logging
from collections.abc import Awaitable
from dataclasses import dataclass
from typing import TypeVar

from bot.catalogue import Catalogue
from bot.channels.faults import log_fault
from index import ClusterError, NoIndexError

LOG = logging.getLogger(__name__)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Fault:
    """Why there is no result; `ref` is the reference in the log, "" where it is nobody's fault.

    Then there is no index yet, or it `is_away`: what holds it cannot be reached just now.
    """

    ref: str = ""
    is_away: bool = False

    def text(self, say: Catalogue) -> str:
        """Return the line that the person gets."""
        if self.is_away:
            return say.text("unreachable")
        return say.text("broken", ref=self.ref) if self.ref else say.text("preparing")


async def attempt(work: Awaitable[T]) -> T | Fault:
    """Return what `work` gives, or why it gives nothing; whatever went wrong is logged, a missing index is not."""
    try:
        return await work
    except NoIndexError:
        return Fault()
    except ClusterError as error:
        LOG.warning("search is not reachable: %s", error)
        return Fault(is_away=True)
    except Exception as error:  # noqa: BLE001 - the person gets a line, a button stops spinning, the owner gets a trace
        return Fault(log_fault(error))
