"""Tables of the words that dates are written with, for `date_words`: one for each language.

`|` parts words of the same kind and `/` other forms of the same month. To add a language, add a table.
"""

from collections.abc import Iterable
from functools import cache, partial
from typing import Final, Literal, TypeVar

from index.analysis.literal import fold_text

Unit = Literal["day", "week", "month", "year"]
Value = TypeVar("Value")
MONDAY, SATURDAY = 0, 5


_UNITS: Final[tuple[Unit, ...]] = ("day", "week", "month", "year")
_RELATIVE: Final[tuple[tuple[Unit, int], ...]] = tuple((unit, back) for unit in _UNITS for back in (0, 1))


class DateTable:
    """The words of one language, folded; made from the words as people write them.

    `inside` come before a date ("in"), `since` before its beginning, `between` and `to` around two; `filling` may stand
    inside a date ("the year"), `year` is a word for year. `months` count from 1, those of the Solar Hijri calendar from
    13; `ambiguous` months mean something else without a year. `relative`, in the order of `_RELATIVE`, says how many
    units back: "yesterday" is one day; `recent` goes with a number of `units` ("last 3 days"), which are in the order
    of `_UNITS`. `week_starts` is a weekday, Monday being 0.
    """

    def __init__(  # noqa: PLR0913 (one for each kind of word)
        self, *, months: str, inside: str, since: str, between: str, to: str, filling: str, year: str, relative: str,
        recent: str, units: str, ambiguous: str = "", week_starts: int = MONDAY,
    ) -> None:  # fmt: skip
        self.months = _numbered(months, range(1, 25))
        self.relative = _numbered(relative, _RELATIVE)
        self.units = _numbered(units, _UNITS)
        self.inside, self.since, self.recent = _folded(inside), _folded(since), _folded(recent)
        self.between, self.to = _folded(between), _folded(to)
        self.filling, self.year, self.ambiguous = _folded(filling), _folded(year), _folded(ambiguous)
        self.week_starts = week_starts

    @property
    def is_solar(self) -> bool:
        """Whether its speakers count years by the Solar Hijri calendar too."""
        return max(self.months.values()) > 12


@cache
def tables() -> tuple[DateTable, ...]:
    """Return the tables of all languages, folded when they are first needed."""
    return _ENGLISH(), _ARABIC(), _PERSIAN(), _SPANISH(), _RUSSIAN()


def _numbered(words: str, values: Iterable[Value]) -> dict[str, Value]:
    """Return the value of each form: words and values go in the same order."""
    return {form: value for value, forms in zip(values, words.split("|"), strict=False) for form in _folded(forms, "/")}


def _folded(words: str, parted_by: str = "|") -> frozenset[str]:
    return frozenset(fold_text(word).strip() for word in words.split(parted_by) if word)


_ENGLISH: Final = partial(
    DateTable,
    months="january/jan|february/feb|march|april|may|june|july|august/aug|september/sept/sep|october/oct|november/nov|"
    "december/dec",
    inside="in|during|on",
    since="since",
    between="between|from",
    to="and|to|until|till",
    filling="the|of|year|month|early|late|st|nd|rd|th",
    year="",
    relative="today|yesterday|this week|last week|this month|last month|this year|last year",
    recent="last|past",
    units="days|weeks|months|years",
)
_SPANISH: Final = partial(
    DateTable,
    months="enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre/setiembre|octubre|noviembre|diciembre",
    inside="en|durante|el",
    since="desde",
    between="entre|de|desde",
    to="y|a|hasta",
    filling="el|la|los|las|de|del|ano|mes|dia",
    year="",
    relative="hoy|ayer|esta semana|la semana pasada/semana pasada|este mes|el mes pasado/mes pasado|este ano|"
    "el ano pasado/ano pasado",
    recent="ultimos|ultimas",
    units="dias|semanas|meses|anos",
)
_RUSSIAN: Final = partial(
    DateTable,
    months="январе/января/январь|феврале/февраля/февраль|марте/марта/март|апреле/апреля/апрель|мае/мая/май|"
    "июне/июня/июнь|июле/июля/июль|августе/августа/август|сентябре/сентября/сентябрь|октябре/октября/октябрь|"
    "ноябре/ноября/ноябрь|декабре/декабря/декабрь",
    inside="в|во|за",
    since="с|со",
    between="с|между",
    to="по|до|и",
    filling="течение",
    year="году|года|год|г",
    relative="сегодня|вчера|на этой неделе|на прошлой неделе|в этом месяце|в прошлом месяце|в этом году|в прошлом году",
    recent="последние|последних",
    units="дней/дня|недели/недель|месяца/месяцев|года/лет",
)
_ARABIC: Final = partial(
    DateTable,
    months="يناير/كانون الثاني/جانفي|فبراير/شباط/فيفري|مارس/آذار|أبريل/إبريل/نيسان/أفريل|مايو/أيار/ماي|"
    "يونيو/يونيه/حزيران/جوان|يوليو/يوليه/تموز/جويلية|أغسطس/آب/أوت|سبتمبر/أيلول|أكتوبر/تشرين الأول|"
    "نوفمبر/تشرين الثاني|ديسمبر/كانون الأول",
    inside="في|خلال",
    since="منذ",
    between="بين|من",
    to="و|إلى|حتى",
    filling="شهر|عام|سنة|العام|السنة|من|يوم",
    year="عام|سنة|العام",
    relative="اليوم|أمس/البارحة|هذا الأسبوع|الأسبوع الماضي|هذا الشهر|الشهر الماضي|هذا العام/هذه السنة|"
    "العام الماضي/السنة الماضية",
    recent="آخر",
    units="أيام/يوما|أسابيع/أسبوعا|أشهر/شهرا|سنوات/أعوام/سنة/عاما",
    ambiguous="آب|أوت",
    week_starts=SATURDAY,
)
_PERSIAN: Final = partial(
    DateTable,
    months="ژانویه|فوریه|مارس|آوریل|مه/می|ژوئن|ژوئیه/جولای|اوت/آگوست|سپتامبر|اکتبر|نوامبر|دسامبر|"
    "فروردین|اردیبهشت|خرداد|تیر|مرداد/امرداد|شهریور|مهر|آبان|آذر|دی|بهمن|اسفند",
    inside="در|طی|طول",
    since="از",
    between="بین|از",
    to="و|تا",
    filling="سال|ماه|روز|طی|طول",
    year="سال",
    relative="امروز|دیروز|این هفته|هفته گذشته/هفته پیش/هفته قبل/هفته ی گذشته/هفته‌ی گذشته|این ماه|"
    "ماه گذشته/ماه پیش/ماه قبل|امسال|سال گذشته/سال پیش/پارسال",
    recent="گذشته|اخیر",
    units="روز|هفته|ماه|سال",
    ambiguous="مه|می|تیر|مهر|دی|آذر",
    week_starts=SATURDAY,
)
