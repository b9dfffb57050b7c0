"""What a press of a button does: Telegram is told first, always; then at most one message changes or comes."""

from dataclasses import replace
from typing import Literal, TypeVar

from bot.answer import Answer
from bot.channels.telegram.access.door import administers, asker
from bot.channels.telegram.access.turn import ButtonTurn
from bot.channels.telegram.conversation.browse import Lists, page_at
from bot.channels.telegram.conversation.callback import Outcome, alert
from bot.channels.telegram.conversation.presenter import passage_keys
from bot.channels.telegram.conversation.questions import LONGEST_QUESTION
from bot.channels.telegram.conversation.services import Services
from bot.channels.telegram.incoming import question_of
from bot.channels.telegram.memory.question import SearchedQuestion
from bot.channels.telegram.memory.records import StoredAnswer
from bot.channels.telegram.messages import callback_data
from bot.channels.telegram.messages.callback_data import Press
from bot.channels.telegram.messages.cards import page_card
from bot.channels.telegram.messages.display import Display
from bot.channels.telegram.messages.keyboards import View, page_keyboard

T = TypeVar("T")

# Presses that send a message of their own.
_ASKING = (callback_data.LIKE, callback_data.OPEN, callback_data.EXAMPLE)
_VOTES: dict[str, Literal[1, -1]] = {callback_data.HELPFUL: 1, callback_data.NOT_IT: -1}


class Callbacks:
    """Handle the buttons of answers; those of articles and lists are handed to browse.py."""

    def __init__(self, services: Services, lists: Lists) -> None:
        self._services = services
        self._answers = services.memory.answers
        self._searches = services.searches
        self._presenter = services.presenter
        self._lists = lists

    async def decide(self, turn: ButtonTurn) -> Outcome:
        """Return what the button does, for whoever may press it."""
        press = self._services.seal.read(turn.query.data or "", turn.who.chat)
        admits = self._services.door.admits(turn.who)
        asks = admits and press is not None and press.op in _ASKING
        if too_fast := self._services.admission.too_fast(turn, asks=asks):
            return Outcome(too_fast)
        if not admits:
            return alert(turn, "inline_private")
        return await self._do(turn, press) if press is not None else alert(turn, "expired")

    async def _do(self, turn: ButtonTurn, press: Press) -> Outcome:
        about_answer = callback_data.about_answer(press)
        stored = self._answers.find(press.subject) if about_answer else None
        if stored is not None and turn.message is None:
            # Of a message that is too old to be seen, Telegram says only the chat.
            turn = replace(turn, target=replace(turn.target, thread=stored.thread, direct=stored.direct))
        if press.op in _VOTES:
            return await self._vote(turn, press, stored)
        if not turn.who.private and not await self._may_change(turn, stored):
            return alert(turn, "ask_your_own")
        if stored is not None:
            return await self._change(turn, press, stored)
        return await (self._ask_again(turn) if about_answer else self._lists.handle_press(turn, press))

    async def _may_change(self, turn: ButtonTurn, stored: StoredAnswer | None) -> bool:
        """Return whether the one who pressed may change a message that all see: its asker, and administrators."""
        owner = stored.user if stored else asker(turn.replied_to).user if turn.replied_to else None
        return owner == turn.who.user or await administers(turn.query.get_bot(), turn.who.chat, turn.who.user)

    async def _change(self, turn: ButtonTurn, press: Press, stored: StoredAnswer) -> Outcome:
        view = View.of(press.argument)
        if press.op in (callback_data.BEFORE, callback_data.AFTER):
            return await self._page(turn, press, stored)
        if press.op == callback_data.LIKE:
            return await self._more_like(turn, stored, view)
        searched = SearchedQuestion.of(stored)
        if press.op == callback_data.EXACT:
            return await self._search_again(turn, stored, replace(searched, exact=True))
        if press.op == callback_data.ALONE:
            return await self._search_again(turn, stored, replace(searched, added=()))
        if press.op == callback_data.DROP:
            answer = await self._searches.answer(searched)
            drop = _nth(answer.filters, callback_data.number(press.argument))
            without = searched.without | ({drop.key} if drop else set())
            return await self._search_again(turn, stored, replace(searched, without=without))
        return await self._show(turn, stored, view)

    async def _show(self, turn: ButtonTurn, stored: StoredAnswer, view: View) -> Outcome:
        """Show another passage, or all buttons; what the articles say now, when they have changed."""
        searched = SearchedQuestion.of(stored)
        answer = await self._searches.answer(searched)
        fresh = await self._presenter.renew(stored, searched, answer)
        wanted = _nth(stored.passages, view.passage)
        if fresh.passages == stored.passages and wanted is not None:
            return self._display(turn, fresh, answer, view)
        if wanted is None or wanted not in fresh.passages:
            first = self._display(turn, fresh, answer, replace(view, passage=0))
            return replace(first, text=turn.say.text("passage_gone"), alert=True)
        view = replace(view, passage=passage_keys(answer).index(wanted))
        return replace(self._display(turn, fresh, answer, view), text=turn.say.text("articles_changed"))

    def _display(self, turn: ButtonTurn, stored: StoredAnswer, answer: Answer, view: View) -> Outcome:
        """Show the answer in the place of the message with the button, or as a new one when that is too old."""
        mine = self._answers.votes(stored.id, turn.who.user).mine if turn.who.private else None
        display = Display(stored, SearchedQuestion.of(stored), answer, turn.say, view, mine)
        if turn.message is None:
            return Outcome(then=lambda: self._presenter.present(turn, display.searched, answer))
        return Outcome(then=lambda: self._presenter.show(turn.target.message, display))

    async def _search_again(self, turn: ButtonTurn, stored: StoredAnswer, searched: SearchedQuestion) -> Outcome:
        """Search the question differently, and show the answer in the place of the one before."""
        answer = await self._searches.answer(searched)
        fresh = await self._presenter.renew(stored, searched, answer)
        return self._display(turn, fresh, answer, View())

    async def _page(self, turn: ButtonTurn, press: Press, stored: StoredAnswer) -> Outcome:
        view = View.of(press.argument)
        key = _nth(stored.passages, view.passage)
        opened = await self._searches.open_article(key.article) if key else None
        if key is None or opened is None or view.place is None:
            return alert(turn, "passage_gone")
        pages = page_at(opened, view.place, backward=press.op == callback_data.BEFORE)
        board = self._services.board(turn.who.chat, turn.say)
        blocks = page_card(opened, pages, turn.say, key.position)
        markup = page_keyboard(board, opened, pages, stored.id, view)
        return Outcome(then=lambda: self._services.sender.put(turn.target, turn.editable, blocks, markup))

    async def _more_like(self, turn: ButtonTurn, stored: StoredAnswer, view: View) -> Outcome:
        key = _nth(stored.passages, view.passage)
        searched = await self._searches.like(key) if key else None
        if searched is None:
            return alert(turn, "passage_gone")
        answer = await self._searches.answer(searched)
        if not answer.passages:
            return alert(turn, "no_more_like_this")
        return Outcome(then=lambda: self._presenter.present(turn, searched, answer))

    async def _vote(self, turn: ButtonTurn, press: Press, stored: StoredAnswer | None) -> Outcome:
        view = View.of(press.argument)
        key = _nth(stored.passages, view.passage) if stored else None
        if stored is None or key is None:
            return alert(turn, "expired")
        votes = await self._answers.vote(stored, turn.who.user, _VOTES[press.op], key)
        if votes is None:
            return alert(turn, "vote_not_kept")
        text = turn.say.text({1: "voted_up", -1: "voted_down", None: "vote_taken_back"}[votes.mine])
        if not turn.who.private:
            # Everyone's thumb counts here; a mark of one would be seen by all.
            return Outcome(text)
        shown = await self._show(turn, stored, view)
        return replace(shown, text=shown.text or text)

    async def _ask_again(self, turn: ButtonTurn) -> Outcome:
        """Make an answer that is no longer remembered anew, from the question that its message replies to."""
        asking = turn.replied_to
        question = question_of(asking, self._services.mentions) if asking is not None else ""
        if asking is None or not question or len(question) > LONGEST_QUESTION:
            return alert(turn, "expired")
        stored = StoredAnswer(
            turn.who.chat,
            asker(asking).user,
            question,
            "nothing",
            thread=turn.target.thread,
            direct=turn.target.direct,
            asked_in=asking.message_id,
            sent_as=turn.target.message,
        )
        return await self._search_again(turn, stored, SearchedQuestion(question))


def _nth(items: tuple[T, ...], number: int) -> T | None:
    return items[number] if number < len(items) else None
