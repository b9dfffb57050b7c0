"""The words that dates are written with, as people write them, by language. To add a language, add a table.

| kind | what it holds |
|---|---|
| `months` | 12 of the Gregorian calendar, then 12 of the Solar Hijri one; `ambiguous` ones mean something else alone |
| `weekdays`, `seasons`, `decades` | from Monday, from spring, from the 1950s |
| `relative` | today, yesterday, the day before; this week, last week, the one before; months, years, quarters alike |
| `units`, `pairs` | day, week, month, year, one of them first; words for two of them |
| `scales` | numbers that are not read, and so leave nothing to read ("66 million years ago") |
| `numbers`, `ordinals` | one to twelve, first to fourth |
| `turn`, `turn_behind` | last, this, next, before a month ("last March") or behind it ("marzo pasado") |
| `inside`, `since`, `before`, `after`, `until` | before a date; `by` is until, but not for a month alone |
| `between`, `to`, `either` | stand before and between two; `either` parts two dates of which none is taken |
| `filling`, `year` | may stand inside a date; a word for year |
| `ago`, `ago_before` | stand behind or before a number of units |
| `recent`, `past` | go with a number of units ("last 3 days"), or with one unit alone ("the past week") |
| `quarter`, `decade`, `decade_ending` | words for them; what is written behind 1990 |
| `attached` | a letter that joins the next word: "and" |
| `week_starts` | a weekday, Monday being 0 |

Behind the tables stand the words of questions that are about no topic: `EVENTS` only say that something happened or
was written, `NEWNESS` ask for what is new, `IDLE` come with them: fewer than `index.analysis.light_words` holds, as
who says "theirs" or "more" asks for something. `REFERRING` words, `ABOUT`, and `JOINING` ones in front, make a question
one about the question before.
"""

from typing import Final

TABLES: Final[dict[str, dict[str, str]]] = {
    "en": {
        "months": "january/jan|february/feb|march|april|may|june|july|august/aug|september/sept/sep|october/oct|"
        "november/nov|december/dec",
        "weekdays": "monday|tuesday|wednesday|thursday|friday|saturday|sunday",
        "seasons": "spring|summer|autumn/fall|winter",
        "decades": "fifties|sixties|seventies|eighties|nineties",
        "relative": "today/tonight/this morning/this afternoon/this evening|yesterday/last night|"
        "the day before yesterday/day before yesterday|this week|last week|the week before last/week before last|"
        "this month|last month|the month before last/month before last|this year|last year|"
        "the year before last/year before last|this quarter|last quarter",
        "units": "day/days|week/weeks|month/months|year/years",
        "numbers": "one/a/an|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve",
        "ordinals": "first/1st|second/2nd|third/3rd|fourth/4th",
        "turn": "last/past|this|next",
        "inside": "in|during|on",
        "since": "since",
        "before": "before|prior to",
        "after": "after",
        "until": "until|till|up to",
        "by": "by",
        "between": "between|from",
        "to": "and|to|until|till|through",
        "either": "and|or",
        "filling": "the|of|month|early|mid|late|st|nd|rd|th",
        "ago": "ago",
        "recent": "last|past",
        "past": "past",
        "quarter": "quarter|q",
        "decade_ending": "s",
        "year": "the year|year",
    },
    "es": {
        "months": "enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre/setiembre|octubre|noviembre|diciembre",
        "weekdays": "lunes|martes|miércoles|jueves|viernes|sábado|domingo",
        "seasons": "primavera|verano|otoño|invierno",
        "decades": "años cincuenta|años sesenta|años setenta|años ochenta|años noventa",
        "relative": "hoy/esta noche/esta mañana/esta tarde|ayer/anoche|anteayer/antes de ayer/antier|esta semana|"
        "la semana pasada/semana pasada/la pasada semana|la semana antepasada/semana antepasada|este mes|"
        "el mes pasado/mes pasado/el pasado mes|el mes antepasado|este año|el año pasado/año pasado/el pasado año|"
        "el año antepasado|este trimestre|el trimestre pasado/el último trimestre",
        "units": "día/días|semana/semanas|mes/meses|año/años",
        "numbers": "un/una/uno|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|once|doce",
        "ordinals": "primer/primero|segundo|tercer/tercero|cuarto",
        "turn": "pasado/pasada|este/esta|próximo/próxima",
        "turn_behind": "pasado/pasada||próximo/próxima/que viene",
        "inside": "en|durante|el|a principios de|a finales de|a mediados de",
        "since": "desde|a partir de",
        "before": "antes de|antes del",
        "after": "después de|después del|tras",
        "until": "hasta",
        "between": "entre|de|desde|del",
        "to": "y|a|al|hasta",
        "either": "y|o|u|e",
        "filling": "el|la|los|las|de|del|mes|día|principios|finales|mediados",
        "year": "año|el año|del año",
        "ago": "atrás",
        "ago_before": "hace",
        "recent": "últimos|últimas",
        "past": "última|último",
        "quarter": "trimestre",
        "decade": "década de|años|los años|la década de|década de los",
    },
    "ru": {
        "months": "январе/января/январь/январём|феврале/февраля/февраль/февралём|марте/марта/март/мартом|"
        "апреле/апреля/апрель/апрелем|мае/мая/май/маем|июне/июня/июнь/июнем|июле/июля/июль/июлем|"
        "августе/августа/август/августом|сентябре/сентября/сентябрь/сентябрём|октябре/октября/октябрь/октябрём|"
        "ноябре/ноября/ноябрь/ноябрём|декабре/декабря/декабрь/декабрём",
        "weekdays": "понедельник/понедельника/понедельником|вторник/вторника|среду/среды/среда|четверг/четверга|"
        "пятницу/пятницы/пятница|субботу/субботы/суббота|воскресенье/воскресенья",
        "seasons": "весной/весны/весна/весну|летом/лета/лето|осенью/осени/осень|зимой/зимы/зима/зиму",
        "decades": "пятидесятых|шестидесятых|семидесятых|восьмидесятых|девяностых",
        "relative": "сегодня|вчера|позавчера|на этой неделе/этой неделе/этой недели|"
        "на прошлой неделе/прошлой неделе/прошлой недели|"
        "на позапрошлой неделе/позапрошлой неделе/позапрошлой недели|в этом месяце/этом месяце/этого месяца|"
        "в прошлом месяце/прошлом месяце/прошлого месяца|в позапрошлом месяце/позапрошлом месяце|"
        "в этом году/этом году/этого года|в прошлом году/прошлом году/прошлого года|"
        "в позапрошлом году/позапрошлом году/позапрошлого года|в этом квартале/этом квартале|"
        "в прошлом квартале/прошлом квартале",
        "scales": "сто|тысячу|тысяч|миллион|полтора|несколько",
        "units": "день/дня/дней|неделю/недели/недель|месяц/месяца/месяцев|год/года/лет",
        "numbers": "один/одну/одна/одного|два/две/двух|три/трёх|четыре/четырёх|пять/пяти|шесть/шести|семь/семи|"
        "восемь/восьми|девять/девяти|десять/десяти|одиннадцать/одиннадцати|двенадцать/двенадцати",
        "ordinals": "первом/первый/первого|втором/второй/второго|третьем/третий/третьего|"
        "четвёртом/четвёртый/четвёртого",
        "turn": "прошлый/прошлую/прошлое/прошлой/прошлом/прошлым/прошлого/минувший/минувшую/минувшее|"
        "этот/эту/этой/этом/этим/этого|следующий/следующую/следующее/следующей/следующем/следующим",
        "inside": "в|во|за",
        "since": "с|со|начиная с",
        "before": "до|раньше|ранее|перед",
        "after": "после",
        "until": "вплоть до|до конца",
        "between": "с|со|между|от",
        "to": "по|до|и",
        "either": "и|или",
        "filling": "течение|начале|конце|середине|начала|конца|середины|го",
        "year": "году|года|год|годами|г",
        "ago": "назад|тому назад",
        "recent": "последние|последних",
        "past": "последнюю|последний|последнего|последней",
        "quarter": "квартале|квартал|квартала",
        "decade_ending": "х|е|х годах|е годы|х годов",
    },
    "ar": {
        "months": "يناير/كانون الثاني/جانفي|فبراير/شباط/فيفري|مارس/آذار|أبريل/إبريل/نيسان/أفريل|مايو/أيار/ماي|"
        "يونيو/يونيه/حزيران/جوان|يوليو/يوليه/تموز/جويلية|أغسطس/آب/أوت|سبتمبر/أيلول|أكتوبر/تشرين الأول|"
        "نوفمبر/تشرين الثاني|ديسمبر/كانون الأول",
        "ambiguous": "آب|أوت|ماي",
        "weekdays": "الاثنين/الإثنين|الثلاثاء|الأربعاء|الخميس|الجمعة|السبت|الأحد",
        "seasons": "ربيع/الربيع|صيف/الصيف|خريف/الخريف|شتاء/الشتاء",
        "decades": "الخمسينيات/الخمسينات|الستينيات/الستينات|السبعينيات/السبعينات|الثمانينيات/الثمانينات|"
        "التسعينيات/التسعينات",
        "relative": "اليوم/الليلة|أمس/البارحة|أول أمس/أول من أمس|"
        "هذا الأسبوع/الأسبوع الجاري/الأسبوع الحالي|الأسبوع الماضي/الأسبوع المنصرم|"
        "الأسبوع قبل الماضي|هذا الشهر/الشهر الجاري/الشهر الحالي|الشهر الماضي/الشهر المنصرم|"
        "الشهر قبل الماضي|هذا العام/هذه السنة/العام الجاري/العام الحالي|"
        "العام الماضي/السنة الماضية|العام قبل الماضي/السنة قبل الماضية|هذا الربع|الربع الماضي",
        "units": "يوم/أيام/يوما/الأيام|أسبوع/أسابيع/أسبوعا/الأسابيع|شهر/أشهر/شهرا/شهور/الأشهر/الشهور|"
        "سنة/سنوات/أعوام/عام/عاما/سنين/السنوات/الأعوام",
        "pairs": "يومين/يومان/اليومين|أسبوعين/أسبوعان/الأسبوعين|شهرين/شهران/الشهرين|سنتين/عامين/سنتان/عامان/العامين",
        "numbers": "واحد/واحدة|اثنين/اثنان|ثلاثة/ثلاث/الثلاثة/الثلاث|أربعة/أربع/الأربعة/الأربع|خمسة/خمس/الخمسة/الخمس|"
        "ستة/ست/الستة/الست|سبعة/سبع/السبعة/السبع|ثمانية/ثماني/ثمان/الثمانية/الثماني|تسعة/تسع/التسعة/التسع|"
        "عشرة/عشر/العشرة/العشر|أحد عشر|اثني عشر",
        "ordinals": "الأول/الاول|الثاني|الثالث|الرابع",
        "turn": "|هذا/هذه|",
        "turn_behind": "الماضي/الماضية/المنصرم/المنصرمة/الفائت/الفائتة|الجاري/الحالي/الحالية|"
        "المقبل/المقبلة/القادم/القادمة",
        "inside": "في|خلال|يوم|شهر|بتاريخ",
        "since": "منذ|اعتبارا من|ابتداء من",
        "before": "قبل",
        "after": "بعد",
        "until": "حتى|لغاية",
        "between": "بين|من",
        "to": "و|إلى|حتى",
        "either": "و|أو",
        "filling": "شهر|عام|عامي|سنة|العام|السنة|من|يوم|أوائل|أواخر|مطلع|نهاية|بداية|منتصف",
        "year": "عام|سنة|العام|م",
        "ago_before": "قبل|منذ",
        "recent": "آخر|الماضية|الأخيرة|الماضيين|الأخيرين",
        "past": "آخر",
        "quarter": "الربع",
        "decade": "عقد",
        "attached": "و",
        "week_starts": "5",
    },
    "fa": {
        "months": "ژانویه|فوریه|مارس|آوریل|مه/می|ژوئن|ژوئیه/جولای|اوت/آگوست|سپتامبر|اکتبر|نوامبر|دسامبر|"
        "فروردین/فروردین‌ماه|اردیبهشت/اردیبهشت‌ماه|خرداد/خردادماه|تیر/تیرماه|مرداد/امرداد/مردادماه|شهریور/شهریورماه|"
        "مهر/مهرماه|آبان/آبان‌ماه|آذر/آذرماه|دی/دی‌ماه|بهمن/بهمن‌ماه|اسفند/اسفندماه",
        "ambiguous": "مه|می|تیر|مهر|دی|آذر",
        "weekdays": "دوشنبه/دو‌شنبه/دو شنبه|سه‌شنبه/سه شنبه|چهارشنبه/چهار‌شنبه/چهار شنبه|"
        "پنجشنبه/پنج‌شنبه/پنج شنبه|جمعه|شنبه|یکشنبه/یک‌شنبه/یک شنبه",
        "seasons": "بهار|تابستان|پاییز|زمستان",
        "relative": "امروز/امشب/امروز صبح|دیروز/دیشب|پریروز/پریشب|این هفته/هفته جاری|"
        "هفته گذشته/هفته پیش/هفته قبل/هفته ی گذشته/هفته‌ی گذشته/هفتهٔ گذشته/هفته‌ی پیش||این ماه/ماه جاری|"
        "ماه گذشته/ماه پیش/ماه قبل||امسال/سال جاری|سال گذشته/سال پیش/سال قبل/پارسال|"
        "پیرارسال",
        "units": "روز|هفته|ماه|سال",
        "scales": "صد|هزار|میلیون|میلیارد|چند|چندین|بیست|سی|چهل|پنجاه",
        "numbers": "یک|دو|سه|چهار|پنج|شش|هفت|هشت|نه|ده|یازده|دوازده",
        "ordinals": "اول/نخست/یکم|دوم|سوم|چهارم",
        "turn": "|این|",
        "turn_behind": "گذشته/پیش/قبل|جاری|آینده",
        "inside": "در|طی|طول|روز|به تاریخ",
        "since": "از",
        "before": "قبل از|پیش از",
        "after": "بعد از|پس از",
        "until": "تا",
        "between": "بین|از|میان",
        "to": "و|تا",
        "either": "یا|و",
        "filling": "سال|سال‌های|ماه|روز|طی|طول|اوایل|اواخر|ابتدای|پایان|اواسط|ام|م",
        "year": "سال|میلادی|شمسی",
        "ago": "پیش|قبل",
        "recent": "گذشته|اخیر",
        "past": "اخیر",
        "quarter": "سه‌ماهه/سه ماهه|سه‌ماههٔ|سه‌ماهه‌ی",
        "decade": "دهه|دههٔ|دهه‌ی",
        "week_starts": "5",
    },
}

EVENTS: Final = {
    "en": "happen|happened|happening|happens|occurred|going|took|taking|place|reported|published|events|"
    "up|stories|articles|posts|top",
    "es": "pasó|pasa|pasado|pasando|ocurrió|ocurre|ocurrido|sucedió|sucede|sucedido|hubo|pasaron|ocurrieron|"
    "acontecimientos|publicó|artículos|notas|historias",
    "ru": "случилось|произошло|происходит|происходило|событий|события|сообщили|опубликовали|"
    "произошли|статьи|статей|материалы|главные|главное",
    "ar": "حدث|يحدث|حصل|يحصل|جرى|يجري|أحداث|الأحداث|نشر|وقع|حدثت|حصلت|جرت|مقالات|المقالات",
    "fa": "افتاد|افتاده|اتفاق|اتفاقی|رخ|داد|داده|رویداد|رویدادهای|رویدادها|گذشت|منتشر|مقاله‌ها|مقالات|مطالب",
}
NEWNESS: Final = {
    "en": "new|news|newest|latest|recent|recently|headlines|breaking",
    "es": "nuevo|nueva|nuevos|nuevas|novedades|noticias|noticia|último|última|últimas|últimos|reciente|recientes|"
    "titulares|actualidad",
    "ru": "новости|новостей|новость|новое|нового|новые|свежие|свежего|свежее|последние|последних|недавние|срочные",
    "ar": "أخبار|الأخبار|خبر|آخر|أحدث|جديد|الجديد|الجديدة|الأخيرة|مستجدات|المستجدات|عناوين|عاجل|عاجلة",
    "fa": "خبر|خبرها|خبرهای|اخبار|تازه|تازه‌ها|تازه‌های|تازه‌ترین|جدید|جدیدترین|آخرین|فوری",
}
IDLE: Final = {
    "en": "any|anything|something|s|tell|show|give|list|please|all|most|got|get|read|has|been|every|everything",
    "es": "dime|muéstrame|dame|hay|ha|han|todo|todas|todos|algo|favor|más|cuáles|tal|ver",
    "ru": "покажи|расскажи|дай|мне|есть|все|всё|пожалуйста|самые|самое|какие|за|нас|вас|там",
    "ar": "هات|أعطني|أرني|هناك|كل|جميع|فضلك|هل|يوجد|أهم|الذي",
    "fa": "بده|نشان|هست|همه|همهٔ|لطفا|بگو|چه|چیزی|مهم‌ترین|ترین|ها|شده|های",
}
REFERRING: Final = {
    "en": "it|its|he|she|they|them|him|his|her|their|that|those|these|there",
    "es": "él|ella|ellos|ellas|su|sus|lo|le|eso|ese|esa",
    "ru": "он|она|оно|они|его|её|их|ему|ей|им",
    "ar": "له|لها|لهم|ذلك|تلك",
    "fa": "او|آن|آنها|آن‌ها",
}
ABOUT: Final = {
    "en": "about",
    "es": "sobre|respecto",
    "ru": "про|о|об|насчёт|насчет",
    "ar": "عن|حول|بخصوص|بشأن",
    "fa": "درباره|دربارهٔ|درباره‌ی|مورد|چطور|چه‌طور|طور",
}
JOINING: Final = {"en": "and|but|or|so", "es": "y|e|pero|o", "ru": "а|и|но|или", "ar": "و|ثم|أو", "fa": "و|ولی|اما|یا"}
