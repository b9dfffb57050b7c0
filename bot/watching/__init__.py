"""Keeping up: sources are looked at, and what changed and came to rest is taken in, while questions are answered.

watcher = Watcher(store, library, Told(data_dir), Clock(data_dir))
await watcher.run(tell)
"""

from bot.watching.addresses import Addresses
from bot.watching.clock import Clock
from bot.watching.told import Said, Told
from bot.watching.watcher import Watcher

__all__ = ["Addresses", "Clock", "Said", "Told", "Watcher"]
