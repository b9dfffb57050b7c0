"""The owner's tools over the wire: rebuilds told and checked, files that become articles, lists and exports."""

import asyncio
import json
import zipfile
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answer import Answerer
from bot.catalogue import LANGUAGES, Catalogue
from bot.channels.telegram import serve
from bot.channels.telegram.memory.records import Judgement, PassageKey
from bot.channels.telegram.owners.rebuild import question_set
from bot.channels.telegram.owners.uploads import safe_name
from bot.commands.library import ProcessLibrary
from bot.library import Holdings, Library, Live, NotLive, QuestionSetFile, Step, Upload
from bot.policy import Policy
from bot.selfcheck import JudgedQuestion, SelfCheck
from config.settings import load
from index.search.retriever import LocalRetriever
from index.store.store import Store
from tests.telegram_bot import FAST, options
from tests.telegram_server.server import FakeTelegram
from tests.telegram_server.wire import Sent
from tests.telegram_shelf import pressed
from tests.web_site import Site, page

SAY = Catalogue("en").text
OWNER, BOB, GROUP = 7, 8, -1001
CURLEW = "# Curlews counted on the mudflats\n\nVolunteers counted ninety curlews on the mudflats below the weir.\n"
BAKERS = "How many bakers does the night school teach?"
LIVE = Live(8, 40, 300, 1, 2, 3, 34, (("news/x.txt", "binary: a PNG picture"),), 1, SelfCheck(38, 36, 37, ()))


class Shelved:
    """A library whose rebuilds end when the test says so, with the outcome of the test."""

    version = "quoth 0.0"

    def __init__(self, folder: Path) -> None:
        self.uploads = folder / "uploads"
        self.posts = folder / "posts"
        self.outcomes: list[Live | NotLive] = []
        self.steps: list[Step] = []
        self.insisted: list[bool] = []
        self.taken: list[str | None] = []
        self.kept: Sequence[JudgedQuestion] = ()
        self.addresses: list[str | None] = []
        self.gate = asyncio.Event()
        self.begun = asyncio.Event()
        self.cancelled = False

    async def rebuild(
        self,
        questions: Sequence[JudgedQuestion],
        progress: Callable[[Step], None],
        *,
        upload: Upload | None = None,
        address: str | None = None,
        insist: bool = False,
        settled: Mapping[str, str] | None = None,
    ) -> Live | NotLive:
        assert settled is None
        self.kept = questions
        self.addresses.append(address)
        self.insisted.append(insist)
        self.taken.append(upload.file.read_text() if upload else None)
        self.begun.set()
        for step in self.steps:
            progress(step)
        try:
            await self.gate.wait()
        except asyncio.CancelledError:
            self.cancelled = True
            raise
        return self.outcomes.pop(0)

    async def put_right(self) -> bool:
        return False

    async def fetch(self, addresses: Sequence[str]) -> None:
        raise AssertionError(f"nobody asked for {addresses}")

    async def question_set(self, questions: Sequence[JudgedQuestion], file: Path) -> QuestionSetFile:
        file.write_bytes(b"zip")
        return QuestionSetFile(len(questions), whole=False)

    async def holdings(self) -> Holdings | None:
        return Holdings(7, 40, 320)


@dataclass(slots=True)
class Owned:
    """A running bot that person 7 owns, on a real index of two articles."""

    fake: FakeTelegram
    task: "asyncio.Task[int]"
    told: list[str]


@asynccontextmanager
async def owned(fake: FakeTelegram, folder: Path, library: Library, *, access: str = "paired") -> AsyncIterator[Owned]:
    told: list[str] = []
    ready, stop = asyncio.Event(), asyncio.Event()

    def tell(text: str) -> None:
        told.append(text)
        ready.set()

    answerer = Answerer(LocalRetriever(Store(folder / "data")), Policy())
    chosen = options(fake, folder / "data", access=access, library=library)
    pace = replace(FAST, progress=0.05)
    task = asyncio.create_task(serve(chosen, answerer, stop=stop, on_ready=tell, pace=pace))
    await asyncio.wait_for(ready.wait(), 30)
    try:
        code = told[0].partition("/pair ")[2].split()[0]
        await fake.say_and_wait(OWNER, f"/pair {code}")
        yield Owned(fake, task, told)
    finally:
        stop.set()
        await asyncio.wait({task}, timeout=30)
        answerer.close()
    assert task.result() == 0


@pytest.fixture
async def fake() -> AsyncIterator[FakeTelegram]:
    async with FakeTelegram() as server:
        yield server


@pytest.fixture
async def shelved(tmp_path: Path) -> Shelved:
    return Shelved(tmp_path)


@pytest.fixture
async def bot(fake: FakeTelegram, shelf: Path, tmp_path: Path, shelved: Shelved) -> AsyncIterator[Owned]:
    assert shelf.is_dir()
    async with owned(fake, tmp_path, shelved) as running:
        yield running


@pytest.fixture
async def real(fake: FakeTelegram, shelf: Path, tmp_path: Path) -> AsyncIterator[Owned]:
    assert shelf.is_dir()
    async with owned(fake, tmp_path, ProcessLibrary(load(data_dir=tmp_path / "data"))) as running:
        yield running


async def text_in(fake: FakeTelegram, message: Sent, part: str, *, timeout: float = 20) -> str:
    """The text of a message of the bot's, once it holds `part`."""
    await fake.until(lambda: part in fake.now(message).text, timeout=timeout)
    return fake.now(message).text


async def test_a_rebuild_is_told_in_one_message_and_checked(fake: FakeTelegram, bot: Owned, shelved: Shelved) -> None:
    assert not bot.task.done()
    shelved.steps = [Step("reading", 12, 80), Step("checking", 40, 300, 5, 38)]
    shelved.outcomes = [LIVE]
    told = await fake.say_and_wait(OWNER, "/rebuild")
    assert told.text == "Rebuilding…"
    await text_in(fake, told, "checking kept questions, 5 of 38")
    assert "Cancel" in fake.now(told).rows[0]
    assert (await fake.say_and_wait(OWNER, "/rebuild")).text == SAY("rebuild_running")
    # It answers meanwhile.
    assert "forty bakers" in (await fake.say_and_wait(OWNER, BAKERS)).text
    shelved.gate.set()
    text = await text_in(fake, told, "Live")
    assert "Checked 37/38 kept questions (was 36/38)." in text
    assert "Live: generation 8, articles 40, paragraphs 300." in text
    assert "1 file was skipped:\n• news/x.txt: binary: a PNG picture" in text
    assert fake.now(told).rows == []
    assert shelved.insisted == [False]


async def test_a_rebuild_that_finds_nothing_changed_says_so(fake: FakeTelegram, bot: Owned, shelved: Shelved) -> None:
    assert not bot.task.done()
    shelved.outcomes = [replace(LIVE, published=False, checked=None, skipped=(), skips=0)]
    shelved.gate.set()
    told = await fake.say_and_wait(OWNER, "/rebuild")
    assert await text_in(fake, told, "Nothing") == (
        "Nothing changed: generation 8 answers on, articles 40, paragraphs 300."
    )


async def test_progress_edits_keep_their_distance(fake: FakeTelegram, bot: Owned, shelved: Shelved) -> None:
    assert not bot.task.done()
    shelved.steps = [Step("reading", number, number) for number in range(500)]
    told = await fake.say_and_wait(OWNER, "/rebuild")
    await text_in(fake, told, "articles 499")
    assert len(fake.edits_of(told)) == 1


async def test_a_rebuild_can_be_cancelled_by_an_owner_only(fake: FakeTelegram, bot: Owned, shelved: Shelved) -> None:
    assert not bot.task.done()
    told = await fake.say_and_wait(OWNER, "/rebuild")
    await asyncio.wait_for(shelved.begun.wait(), 30)
    assert (await fake.press_and_wait(told, "Cancel", user=BOB))["text"] == SAY("owner_only")
    assert not shelved.cancelled
    await fake.press_and_wait(told, "Cancel")
    assert await text_in(fake, told, "Cancelled") == "Cancelled.\nThe old index (generation 7) still answers."
    assert shelved.cancelled


async def test_files_wait_for_their_turn_and_each_is_cancelled_by_its_own_button(
    fake: FakeTelegram, bot: Owned, shelved: Shelved
) -> None:
    assert not bot.task.done()
    shelved.outcomes = [replace(LIVE, read=1)]
    for name in ("first.md", "second.md"):
        fake.upload(OWNER, CURLEW.encode(), name)
    first, second = (await fake.wait_sent(3, OWNER))[1:]
    await asyncio.wait_for(shelved.begun.wait(), 30)
    await fake.press_and_wait(second, "Cancel")
    assert "second.md was not added." in await text_in(fake, second, "Cancelled")
    assert fake.now(second).rows == []
    shelved.gate.set()
    await text_in(fake, first, "first.md: 1 article read.")
    assert (len(shelved.insisted), shelved.cancelled, list(shelved.uploads.iterdir())) == (1, False, [])


async def test_a_worse_index_is_not_published_unless_an_owner_insists(
    fake: FakeTelegram, bot: Owned, shelved: Shelved
) -> None:
    assert not bot.task.done()
    worse = SelfCheck(38, 36, 35, ("Who <lit> it?",))
    shelved.outcomes = [NotLive("worse", "", worse), replace(LIVE, checked=worse)]
    shelved.gate.set()
    told = await fake.say_and_wait(OWNER, "/rebuild")
    text = await text_in(fake, told, "Not published")
    assert "the new index answers 35 of 38 kept questions, the old one 36" in text
    assert text.endswith("• Who <lit> it?")
    await fake.press_and_wait(told, "Publish it anyway")
    again = (await fake.wait_sent(3, OWNER))[-1]
    assert "Live: generation 8" in await text_in(fake, again, "Live")
    assert shelved.insisted == [False, True]


async def test_a_failure_names_its_place_and_that_the_old_index_answers(
    fake: FakeTelegram, bot: Owned, shelved: Shelved
) -> None:
    assert not bot.task.done()
    shelved.outcomes = [NotLive("failed", "news/b.txt: permission denied")]
    shelved.gate.set()
    told = await fake.say_and_wait(OWNER, "/rebuild")
    assert await text_in(fake, told, "failed") == (
        "Rebuild failed: news/b.txt: permission denied\nThe old index (generation 7) still answers."
    )
    assert fake.now(told).rows == []


async def test_a_rebuild_ends_with_the_bot(fake: FakeTelegram, shelf: Path, tmp_path: Path, shelved: Shelved) -> None:
    assert shelf.is_dir()
    async with owned(fake, tmp_path, shelved):
        await fake.say_and_wait(OWNER, "/rebuild")
        await asyncio.wait_for(shelved.begun.wait(), 30)
    assert shelved.cancelled


async def test_the_tools_are_for_owners_in_private_chats_only(fake: FakeTelegram, bot: Owned) -> None:
    assert not bot.task.done()
    await fake.say_and_wait(OWNER, f"/users add {BOB}")
    commands = ("rebuild", "add", "status", "misses", "evalset", "users", "loglevel")
    for user, command in enumerate(commands, 100):
        fake.say(GROUP, f"/{command}", user=user)
        assert (await fake.say_and_wait(GROUP, f"/{command}", user=OWNER)).text == SAY("private_only")
    assert (await fake.say_and_wait(BOB, "/status")).text == SAY("owner_only")
    assert (await fake.say_and_wait(BOB, "/rebuild")).text == SAY("owner_only")
    assert len(fake.sent(GROUP)) == len(commands)


async def test_a_file_becomes_an_article_that_answers(fake: FakeTelegram, real: Owned, tmp_path: Path) -> None:
    assert not real.task.done()
    fake.upload(OWNER, CURLEW.encode(), "../curlews.md")
    told = (await fake.wait_sent(2, OWNER))[-1]
    assert told.text == "Reading curlews.md…"
    text = await text_in(fake, told, "Live")
    assert text.startswith("curlews.md: 1 article read.\n")
    assert "generation 2, articles 3" in text
    assert "ninety" in (await fake.say_and_wait(OWNER, "How many curlews were counted on the mudflats?")).text
    assert [path.name for path in (tmp_path / "data" / "uploads").iterdir()] == ["curlews.md"]


async def test_a_file_that_holds_no_article_is_refused_with_the_reason(
    fake: FakeTelegram, real: Owned, tmp_path: Path
) -> None:
    assert not real.task.done()
    fake.upload(OWNER, b"\x89PNG\r\n\x1a\n" + bytes(200), "curlews.txt", mime="text/plain")
    told = (await fake.wait_sent(2, OWNER))[-1]
    text = await text_in(fake, told, "cannot use")
    assert text.startswith("I cannot use curlews.txt: binary")
    assert text.endswith("The old index (generation 1) still answers.")
    assert list((tmp_path / "data" / "uploads").iterdir()) == []


async def test_a_pasted_article_is_added_by_command_or_as_the_reply_to_it(
    fake: FakeTelegram, bot: Owned, shelved: Shelved
) -> None:
    assert not bot.task.done()
    shelved.outcomes = [replace(LIVE, read=1)] * 2
    shelved.gate.set()
    assert (await fake.say_and_wait(OWNER, "/add")).text == SAY("add_explain")
    text = "Old: harbour <news>\n\nThe harbour <froze>.\n\nIt thawed &amp; that was that."
    told = await fake.say_and_wait(OWNER, f"/add {text}")
    await text_in(fake, told, "Old_ harbour _news.txt: 1 article read.")
    photo = [{"file_id": "f", "file_unique_id": "u", "width": 1, "height": 1}]
    replied = fake.say(OWNER, None, photo=photo, caption="Herons came back to the weir.")
    # The caption of a picture was asked.
    assert (await fake.wait_sent(4, OWNER))[-1].text.startswith(SAY("not_found"))
    told = await fake.say_and_wait(OWNER, "/add", reply_to=replied["message_id"])
    await text_in(fake, told, "1 article read.")
    assert shelved.taken == [text, "Herons came back to the weir."]
    assert list(shelved.uploads.iterdir()) == []


async def test_only_an_owner_adds_and_nothing_is_fetched_for_others(
    fake: FakeTelegram, bot: Owned, shelved: Shelved
) -> None:
    assert not bot.task.done()
    await fake.say_and_wait(OWNER, f"/users add {BOB}")
    fake.upload(BOB, CURLEW.encode(), "curlews.md")
    assert (await fake.wait_sent(1, BOB))[0].text == SAY("only_text")
    assert not fake.called("getFile")
    assert not shelved.taken


async def test_a_file_too_large_is_refused_before_it_is_fetched(fake: FakeTelegram, bot: Owned) -> None:
    assert not bot.task.done()
    document = {"file_id": "f", "file_unique_id": "u", "file_name": "big.jsonl", "file_size": 20_000_001}
    told = await fake.say_and_wait(OWNER, None, document=document)
    assert told.text == "big.jsonl is too large: 21 MB, and Telegram gives me at most 20 MB."
    assert not fake.called("getFile")


async def test_a_file_that_telegram_does_not_give_is_asked_for_again(
    fake: FakeTelegram, bot: Owned, caplog: pytest.LogCaptureFixture
) -> None:
    assert not bot.task.done()
    document = {"file_id": "nowhere", "file_unique_id": "u", "file_name": "x.md", "file_size": 20}
    told = await fake.say_and_wait(OWNER, None, document=document)
    assert told.text == SAY("add_not_fetched", name="x.md")
    assert fake.token not in caplog.text


async def test_an_upload_that_was_refused_can_be_insisted_on_and_is_gone_after_that(
    fake: FakeTelegram, bot: Owned, shelved: Shelved
) -> None:
    assert not bot.task.done()
    shelved.outcomes = [NotLive("worse", "", SelfCheck(1, 1, 0, ("Who?",))), LIVE]
    shelved.gate.set()
    fake.upload(OWNER, CURLEW.encode(), "curlews.md")
    told = (await fake.wait_sent(2, OWNER))[-1]
    assert "curlews.md was not added." in await text_in(fake, told, "Not published")
    await fake.press_and_wait(told, "Publish it anyway")
    again = (await fake.wait_sent(3, OWNER))[-1]
    await text_in(fake, again, "Live")
    assert (shelved.taken, shelved.insisted) == ([CURLEW, CURLEW], [False, True])
    assert list(shelved.uploads.iterdir()) == []
    assert (await fake.press_and_wait(told, "Publish it anyway"))["text"] == SAY("expired")


async def test_thumbs_become_kept_questions_and_a_question_set_that_evaluate_reads(
    fake: FakeTelegram, real: Owned, shelf: Path, tmp_path: Path, quoth: Callable[..., CompletedProcess[str]]
) -> None:
    assert not real.task.done()
    assert (await fake.say_and_wait(OWNER, "/evalset")).text == SAY("evalset_none")
    answer = await fake.say_and_wait(OWNER, BAKERS)
    await pressed(fake, answer, "… More")
    await fake.press_and_wait(answer, "Helpful")
    (shelf / "kept.md").write_text("# Kept\n\nWhere nothing changed, no kept question is asked.\n")
    told = await fake.say_and_wait(OWNER, "/rebuild")
    assert "Checked 1/1 kept questions (was 1/1)." in await text_in(fake, told, "Live")
    fake.say(OWNER, "/evalset")
    await fake.until(
        lambda: bool(fake.called("sendDocument")) and fake.called("sendDocument")[0].status == 200, timeout=20
    )
    sent = fake.sent(OWNER)[-1]
    assert sent.raw["caption"].startswith("1 question with its passage")
    content = fake.downloaded(sent.raw["document"]["file_id"])
    zipfile.ZipFile(BytesIO(content)).extractall(tmp_path / "out")
    ended = quoth("evaluate", str(tmp_path / "out" / "quoth-evalset"), "--json")
    assert json.loads(ended.stdout)["hit@1"] == 1.0, ended.stderr


async def test_misses_are_listed_most_asked_first_and_escaped_once(fake: FakeTelegram, bot: Owned) -> None:
    assert not bot.task.done()
    assert (await fake.say_and_wait(OWNER, "/misses")).text == SAY("misses_none")
    for question in (
        "Which zeppelin burned <b>brightly</b>?",
        "Which  ZEPPELIN burned <b>brightly</b>",
        "Quasars & pulsars?",
    ):
        await fake.say_and_wait(OWNER, question)
    assert (await fake.say_and_wait(OWNER, "/misses")).text == (
        "Without an answer in the last 30 days, most asked first:\n"
        "• which zeppelin burned <b>brightly</b> (2 times)\n"
        "• quasars & pulsars (1 time)"
    )


async def test_status_tells_version_index_times_and_trouble(fake: FakeTelegram, bot: Owned) -> None:
    assert not bot.task.done()
    await fake.say_and_wait(OWNER, BAKERS)
    fake.push(message={"text": "poison", "chat": 5})
    status = (await fake.say_and_wait(OWNER, "/status")).text
    for line in (
        "Version: quoth 0.0",
        "Index: generation 7, articles 40, passages 320",
        "Questions: 1 answered, 0 close, 0 nothing found",
        "Told to slow down by Telegram: 0. Unreadable updates: 1",
        "Kept: answers 1, thumbs 0, misses 0",
    ):
        assert line in status.splitlines()
    assert "Last good poll: " in status
    assert "ms at the median" in status


async def test_users_are_let_in_listed_and_shut_out(fake: FakeTelegram, bot: Owned) -> None:
    assert not bot.task.done()
    assert (await fake.say_and_wait(OWNER, f"/users add {BOB}")).text == f"{BOB} may ask now."
    assert "bakers" in (await fake.say_and_wait(BOB, BAKERS)).text
    listed = (await fake.say_and_wait(OWNER, "/users")).text.splitlines()
    assert listed[:3] == ["Access: paired", f"Owners: {OWNER}", f"Let in: {BOB}"]
    assert (await fake.say_and_wait(OWNER, f"/users remove {BOB}")).text == f"{BOB} may no longer ask."
    assert (await fake.say_and_wait(OWNER, f"/users remove {BOB}")).text == f"{BOB} is not among them."
    assert "private" in (await fake.say_and_wait(BOB, BAKERS)).text
    assert (await fake.say_and_wait(OWNER, f"/users remove {OWNER}")).text == SAY("users_last_owner", user=str(OWNER))
    for wrong in ("add x", f"add {'9' * 30}"):
        assert SAY("users_wrong") in (await fake.say_and_wait(OWNER, f"/users {wrong}")).text


@pytest.mark.usefixtures("introduced")
async def test_a_second_owner_needs_a_new_code_which_only_the_terminal_shows(fake: FakeTelegram, bot: Owned) -> None:
    assert (await fake.say_and_wait(BOB, "/pair")).text == SAY("pair_closed")
    said = await fake.say_and_wait(OWNER, "/pair new")
    code = bot.told[-1].partition("/pair ")[2].split()[0]
    assert (said.text, code in said.text, len(bot.told)) == (SAY("pair_new"), False, 2)
    assert SAY("paired") in (await fake.say_and_wait(BOB, f"/pair {code}")).text
    await fake.until(lambda: any(f": {BOB}" in call.arguments["scope"] for call in fake.called("setMyCommands")))
    assert (await fake.say_and_wait(OWNER, f"/users remove {BOB}")).text == f"{BOB} may no longer ask."
    await fake.until(lambda: len(fake.called("deleteMyCommands")) == len(LANGUAGES))
    assert "private" in (await fake.say_and_wait(BOB, "Who?")).text


async def test_with_a_list_nobody_is_let_in_from_telegram(
    fake: FakeTelegram, shelf: Path, tmp_path: Path, shelved: Shelved
) -> None:
    assert shelf.is_dir()
    async with owned(fake, tmp_path, shelved, access="listed"):
        assert (await fake.say_and_wait(OWNER, f"/users add {BOB}")).text == SAY("access_listed")
        assert (await fake.say_and_wait(GROUP, "/pair", user=OWNER)).text == SAY("access_listed")


def test_a_passage_counts_as_right_when_more_thumbs_point_up_than_down() -> None:
    one, two = PassageKey("0123456789ab", 2), PassageKey("0123456789ab", 3)
    judgements = [
        Judgement("Who lit it?", one, 2, 1),
        Judgement("who  lit it", two, 1, 0),
        Judgement("Who?", one, 1, 1),
        Judgement("Why?", two, 0, 3),
    ]
    key = ("0123456789ab", 2), ("0123456789ab", 3)
    assert question_set(judgements) == [JudgedQuestion("Who lit it?", key)]


@given(st.text(max_size=300))
def test_a_name_from_outside_leads_nowhere_else(name: str) -> None:
    safe = safe_name(name)
    assert safe
    assert Path("/folder", safe).parent == Path("/folder")
    assert not safe.startswith(".")
    assert len(safe.encode()) <= 120
    assert safe.isprintable()


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../.ssh/Harbour news?.md", "Harbour news_.md"),
        ("C:\\temp\\Новости дня.txt", "Новости дня.txt"),
        (".hidden", "hidden"),
        ("a" * 300 + ".jsonl", "a" * 114 + ".jsonl"),
        ("", "article"),
        ("..", "article"),
    ],
)
def test_names_keep_what_is_readable_of_them(name: str, safe: str) -> None:
    assert safe_name(name) == safe


async def test_an_address_is_fetched_read_and_kept_as_a_source(
    fake: FakeTelegram, real: Owned, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not real.task.done()
    with Site() as site:
        monkeypatch.setenv("QUOTH_FETCH_ALLOWED", site.place)
        site.replies["/curlew"] = page("Curlews Counted", "Volunteers counted ninety curlews on the mudflats.")
        address = site.at("/curlew")
        told = await fake.say_and_wait(OWNER, f"/add {address}")
        assert told.text == SAY("add_reading", name=address)
        text = await text_in(fake, told, "Live", timeout=60)
        assert SAY("add_read", n=1, name=address) in text
        assert "ninety curlews" in (await fake.say_and_wait(OWNER, "How many curlews were counted?")).text
        refused = await fake.say_and_wait(OWNER, f"/add {site.at('/gone')}")
        text = await text_in(fake, refused, "cannot use", timeout=60)
        assert "404" in text
        outside = await fake.say_and_wait(OWNER, "/add http://127.0.0.1:9/secret")
        assert "private" in await text_in(fake, outside, "cannot use", timeout=60)
        assert (await fake.say_and_wait(BOB, f"/add {address}")).text != SAY("add_reading", name=address)
