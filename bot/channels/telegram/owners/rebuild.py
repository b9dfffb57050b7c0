"""/rebuild: the articles read anew while the bot answers on, told step by step in one message."""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from telegram.constants import KeyboardButtonStyle

from bot.catalogue import Catalogue
from bot.channels.faults import log_fault
from bot.channels.telegram.access.turn import ButtonTurn, MessageTurn, Turn
from bot.channels.telegram.conversation.callback import Outcome, alert
from bot.channels.telegram.conversation.services import Services
from bot.channels.telegram.memory.answers import normalize_question
from bot.channels.telegram.memory.records import Judgement
from bot.channels.telegram.messages import callback_data
from bot.channels.telegram.messages.callback_data import Press
from bot.channels.telegram.messages.draft import Markup
from bot.channels.telegram.messages.keyboards import Row
from bot.channels.telegram.messages.rich_text import Block, line
from bot.library import INCOMING, Library, Live, NotLive, Step, Upload
from bot.printing import shown
from bot.render import head
from bot.selfcheck import JudgedQuestion
from index import IndexLibraryError

LOG = logging.getLogger(__name__)

MOST_CHECKED = 2000
_LOST_SHOWN = 5
_SKIPPED_SHOWN = 5
_LONGEST = 300
_WITH_UPLOAD = "u"


def question_set(judgements: Sequence[Judgement]) -> list[JudgedQuestion]:
    """Return the questions with the passages that more people judged to answer than not."""
    # Dictionaries for their order: the first wording of a question, and each passage once.
    questions: dict[str, tuple[str, dict[tuple[str, int], None]]] = {}
    for judgement in judgements:
        if judgement.up > judgement.down:
            _, passages = questions.setdefault(normalize_question(judgement.question), (judgement.question, {}))
            passages[judgement.passage.article, judgement.passage.position] = None
    return [JudgedQuestion(question, tuple(passages)) for question, passages in questions.values()]


@dataclass(frozen=True, slots=True)
class _Job:
    """Whom a rebuild is told, and what comes with it: a file, or what an address holds."""

    turn: Turn
    upload: Upload | None = None
    address: str | None = None
    insist: bool = False

    @property
    def adds(self) -> str | None:
        """Return what that is called, None where nothing comes with it."""
        return self.upload.name if self.upload else self.address


class Rebuilding:
    """One rebuild at a time, in the order in which they were asked for, told about once in `pace.progress` seconds.

    Only owners get here: the desk looks, at every command and every press. What a stop or a kill cuts off is begun
    again at the next start.
    """

    def __init__(self, services: Services, library: Library) -> None:
        self.library = library
        self._services = services
        self._sender = services.sender
        self._lock = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()
        self._works: dict[int, asyncio.Future[Live | NotLive]] = {}
        self._refused: dict[int, _Job] = {}
        for file in library.uploads.glob(f"{INCOMING}*"):
            # What was being received is of no use to anybody; a folder of that name is not ours.
            with suppress(OSError):
                file.unlink()
        self._tasks.add(asyncio.create_task(self._put_right()))

    async def command(self, turn: MessageTurn) -> None:
        """Handle /rebuild."""
        if self._lock.locked():
            await self._services.reply(turn, "rebuild_running")
        else:
            self._begin(_Job(turn))

    def add(self, turn: Turn, upload: Upload) -> None:
        """Take an upload in, as soon as no other rebuild runs."""
        self._begin(_Job(turn, upload))

    def add_address(self, turn: Turn, address: str) -> None:
        """Fetch what an address holds, and take it in from now on."""
        self._begin(_Job(turn, address=address))

    async def handle_press(self, turn: ButtonTurn, press: Press) -> Outcome:
        """Handle the buttons Cancel and Publish anyway."""
        message = turn.target.message
        if press.op == callback_data.CANCEL:
            if message not in self._works:
                return alert(turn, "rebuild_not_running")
            self._works[message].cancel()
            return Outcome()
        if self._lock.locked():
            return alert(turn, "rebuild_running")
        refused = self._refused.pop(message, None)
        if press.argument == _WITH_UPLOAD and refused is None:
            return alert(turn, "expired")
        self._begin(replace(refused or _Job(turn), turn=turn, insist=True))
        return Outcome()

    async def close(self) -> None:
        """Give up what is running."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for job in self._refused.values():
            if job.upload:
                job.upload.file.unlink(missing_ok=True)

    async def _put_right(self) -> None:
        try:
            await self.library.put_right()
        except (OSError, IndexLibraryError) as error:
            LOG.warning("what a killed process left of an upload stays (%s)", error)

    def _begin(self, job: _Job) -> None:
        # Not awaited: whoever asked for it may ask questions meanwhile.
        task = asyncio.create_task(self._rebuild(job))
        # What an owner insists on adding lies here no more after a stop.
        number = self._services.inbox.begin_work(repeatable=not (job.insist and job.upload))
        self._tasks.add(task)

        def ended(task: "asyncio.Task[None]") -> None:
            self._tasks.discard(task)
            if not task.cancelled():
                self._services.inbox.end_work(number)

        task.add_done_callback(ended)

    async def _rebuild(self, job: _Job) -> None:
        say, upload, steps = job.turn.say, job.upload, deque[Step](maxlen=1)
        # Before its message leaves: a newer file of that name, whose message is quicker, comes after it.
        work = asyncio.ensure_future(self._in_turn(job, steps.append))
        first = say.text("add_reading", name=job.adds) if job.adds else say.text("rebuild_begun")
        board = self._services.board(job.turn.target.chat, say)
        cancel = board.markup([[board.button(say.text("button_cancel"), callback_data.CANCEL)]])
        outcome: Live | NotLive | None = None
        shown_in = None
        try:
            shown_in = await self._sender.card(job.turn.target, [line(first)], cancel)
            outcome = await self._watch(job, work, steps, shown_in, cancel)
        except Exception as error:  # noqa: BLE001 - nobody awaits this task: the owner gets a line and a trace
            outcome = NotLive("failed", say.text("broken", ref=log_fault(error)))
        finally:
            if not work.done():
                work.cancel()
                await asyncio.wait({work})
            insistable = isinstance(outcome, NotLive) and outcome.insisting
            if job.adds and insistable and shown_in is not None:
                self._refused[shown_in] = job
            elif upload:
                upload.file.unlink(missing_ok=True)
        LOG.info("rebuild: %s", _in_short(outcome))
        rows: list[Row] = []
        if insistable:
            argument = _WITH_UPLOAD if job.adds else ""
            label, style = say.text("button_publish"), KeyboardButtonStyle.DANGER
            rows = [[board.button(label, callback_data.PUBLISH, argument=argument, style=style)]]
        await self._sender.put(job.turn.target, shown_in, await self._blocks(outcome, job), board.markup(rows))

    async def _watch(
        self,
        job: _Job,
        work: "asyncio.Future[Live | NotLive]",
        steps: deque[Step],
        shown_in: int | None,
        cancel: Markup,
    ) -> Live | NotLive | None:
        """Return the outcome, None when it was cancelled by its button; meanwhile the message follows."""
        if shown_in is not None:
            self._works[shown_in] = work
        try:
            while not work.done():
                await asyncio.wait({work}, timeout=self._services.pace.progress)
                if steps and shown_in is not None and not work.done():
                    step = steps.pop()
                    await self._sender.edit(job.turn.target.chat, shown_in, [line(_step(step, job.turn.say))], cancel)
            return None if work.cancelled() else work.result()
        finally:
            if shown_in is not None:
                del self._works[shown_in]

    async def _in_turn(self, job: _Job, progress: Callable[[Step], None]) -> Live | NotLive:
        """Wait until no other rebuild runs, then rebuild; a thumb that came meanwhile counts."""
        async with self._lock:
            questions = question_set(self._services.memory.answers.judgements())[-MOST_CHECKED:]
            return await self.library.rebuild(
                questions, progress, upload=job.upload, address=job.address, insist=job.insist
            )

    async def _blocks(self, outcome: Live | NotLive | None, job: _Job) -> list[Block]:
        say = job.turn.say
        if isinstance(outcome, Live):
            return [line(text) for text in _live(outcome, job)]
        texts = _not_live(outcome, job) if outcome else [say.text("rebuild_cancelled")]
        if job.adds and (outcome is None or outcome.why != "unusable"):
            texts.append(say.text("add_undone", name=job.adds))
        if outcome is None or outcome.why != "worse":
            old = await self.library.holdings()
            texts.append(
                say.text("rebuild_old_answers", generation=old.generation) if old else say.text("rebuild_no_old")
            )
        return [line(text) for text in texts]


def _in_short(outcome: Live | NotLive | None) -> str:
    if outcome is None:
        return "cancelled"
    return f"generation {outcome.generation} answers" if isinstance(outcome, Live) else outcome.why


def _step(step: Step, say: Catalogue) -> str:
    if step.stage in ("checking", "fetching"):
        return say.text(f"rebuild_{step.stage}", done=step.done, count=step.count)
    if step.stage in ("waiting", "publishing"):
        return say.text(f"rebuild_{step.stage}")
    if step.stage == "reading":
        return say.text("rebuild_reading", articles=step.articles, passages=step.passages)
    return say.text(f"rebuild_{step.stage}", passages=step.passages)


def _live(live: Live, job: _Job) -> list[str]:
    say, texts = job.turn.say, []
    if job.adds:
        texts.append(say.text("add_read", n=live.read, name=job.adds))
        if live.replaced:
            texts.append(say.text("add_replaced"))
    holds = {"generation": live.generation, "articles": live.articles, "paragraphs": live.paragraphs}
    if live.published:
        checked = live.checked
        if checked and checked.count:
            texts.append(say.text("rebuild_checked", now=checked.now, count=checked.count, before=checked.before))
        else:
            texts.append(say.text("rebuild_unchecked"))
        counts = {"added": live.added, "changed": live.changed, "removed": live.removed, "reused": live.reused}
        texts += [say.text("rebuild_live", **holds), say.text("rebuild_changes", **counts)]
    else:
        texts.append(say.text("rebuild_same", **holds))
    if live.skipped:
        texts.append(say.text("rebuild_skipped", n=live.skips))
        texts += [_quote(f"{path}: {reason}", say) for path, reason in live.skipped[:_SKIPPED_SHOWN]]
    return texts


def _not_live(outcome: NotLive, job: _Job) -> list[str]:
    say = job.turn.say
    checked = outcome.checked
    if outcome.why == "worse" and checked is not None:
        counts = say.text("rebuild_worse", now=checked.now, count=checked.count, before=checked.before)
        return [counts, *(_quote(question, say) for question in checked.lost[:_LOST_SHOWN])]
    key = {"unusable": "add_refused", "refused": "rebuild_refused"}.get(outcome.why, "rebuild_failed")
    cause = head(shown(outcome.cause), _LONGEST)
    return [say.text(key, cause=cause, name=job.adds or "")]


def _quote(text: str, say: Catalogue) -> str:
    return f"• {say.isolated(head(shown(text), _LONGEST))}"
