"""Telegram's limits on a bot's messages, as a judge of what was called: who broke which, and when.

30 a second in all; in a private chat 1 a second after a burst of 3; in a group 20 in any minute. Edits count like
messages (tdlib/telegram-bot-api issue 648). Telegram publishes no exact windows: a tenth is left for the jitter
between the sender's clock and the server's.
"""

from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise

from tests.telegram_server.wire import Call

COUNTED = {"sendmessage", "senddocument", "editmessagetext", "editmessagereplymarkup"}
PER_SECOND = 30
BURST = 3
PER_MINUTE_IN_A_GROUP = 20
JITTER = 0.1


def broken(calls: Sequence[Call]) -> list[str]:
    """One line for each limit that the calls broke, with the seconds since the first; empty when all were kept.

    `chat -5: more than 20 in 60 s, at 12.3`
    """
    chats: dict[int, list[float]] = defaultdict(list)
    first = min((call.began or call.at for call in calls), default=0.0)
    for call in calls:
        if call.method in COUNTED and call.arguments.number("chat_id"):
            chats[call.arguments.number("chat_id")].append((call.began or call.at) - first)
    found = _crowded("all chats", sorted(moment for moments in chats.values() for moment in moments), PER_SECOND, 1.0)
    for chat, moments in chats.items():
        moments.sort()
        if chat < 0:
            found += _crowded(f"chat {chat}", moments, PER_MINUTE_IN_A_GROUP, 60.0)
        else:
            found += _hasty(chat, moments)
    return found


def _crowded(who: str, moments: list[float], most: int, seconds: float) -> list[str]:
    window = seconds * (1 - JITTER)
    first = next((i for i in range(len(moments) - most) if moments[i + most] - moments[i] < window), None)
    return [] if first is None else [f"{who}: more than {most} in {seconds:.0f} s, at {moments[first]:.1f}"]


def _hasty(chat: int, moments: list[float]) -> list[str]:
    left = float(BURST)
    for before, now in pairwise([moments[0], *moments]):
        left = min(float(BURST), left + now - before) - 1
        if left < -BURST * JITTER:
            return [f"chat {chat}: faster than 1 a second after {BURST} at once, at {now:.1f}"]
    return []
