"""The tables of the languages: stemmers, question words, and the function words that give a language away.

| languages | what happens to a word |
|---|---|
| every alphabet | NFKC, case folded, zero-width marks dropped, digits as ASCII, thousands separators dropped |
| a function word in capitals | another term than the word, as in WHO, IT and US |
| a number and its unit | two terms, with one form of million, billion, kilometre and per cent |
| those in `SNOWBALL` | stemmed by the Snowball stemmer of the language; Arabic without its article first |
| Hebrew, Ukrainian, Bulgarian | joined particles or endings dropped, by a few rules (`stemmers.py`) |
| all but `KEEPS_MARKS` | combining accents dropped, before or after the stemmer as `FOLDS_FIRST` says |
| Arabic, Persian, Urdu | alef, yeh, kaf, teh marbuta and hamza forms unified, vowel signs and tatweel dropped |
| Han, Kana, Hangul | character bigrams, and single Han characters at a lower weight in questions; Han simplified |
| Thai, Lao, Khmer, Burmese | character trigrams |
| French, Italian, Catalan | the elided article or pronoun before an apostrophe is dropped |
| Turkish | the suffix behind an apostrophe is dropped |
| unknown | case and accents folded, no stemmer: still searchable |

`QUESTION_WORDS` holds the question words and light auxiliaries that are dropped from articles and questions alike;
larger stop lists break titles and gain nothing. `FUNCTION_WORDS` holds the commonest function words, used to recognise a
language among those written in the same script, and because a small collection that lacks one of them misses nothing.
"""

from types import MappingProxyType
from typing import Final

# Snowball knows its stemmers by these tags.
SNOWBALL: Final = frozenset(
    "ar ca cs da de el en es et eu fi fr ga hi hu hy id it lt ne nl no pl pt ro ru sr sv ta tr".split()
)

# Vietnamese tones and Indic vowel signs tell words apart.
KEEPS_MARKS: Final = frozenset({"vi", "hi", "ne", "mr", "bn", "ta", "te", "th"})
# Where the stemmer does not need the accents, they go before it, so that a word typed without them still agrees.
FOLDS_FIRST: Final = frozenset({"ar", "he", "el", "en", "es", "id", "nl"})
ELIDES: Final = frozenset({"ca", "fr", "it"})
# The stemmer for Persian exists and lowers hit@1 there (pquad_val: .928 with it, .934 without).
ARABIC_SCRIPT: Final = frozenset({"ar", "fa", "ur"})


def _sets(table: dict[str, str]) -> MappingProxyType[str, frozenset[str]]:
    return MappingProxyType({language: frozenset(words.split()) for language, words in table.items()})


QUESTION_WORDS: Final = _sets(
    {
        "en": "what which who whom whose when where why how did do does is was were are the a an of in to",
        "de": "was wer wen wem wessen wann wo warum wieso wie welche welcher welches welchen welchem wurde wurden "
        "ist sind war waren hat haben hatte der die das den dem des ein eine einen einem einer eines in von zu",
        "es": "qué que quién quiénes cuál cuáles cuándo dónde cómo cuánto cuántos cuánta cuántas por fue fueron era "
        "es son el la los las un una de del en a se",
        "fr": "que qui quoi quel quelle quels quelles quand où comment pourquoi combien est sont était a ont été le la "
        "les un une des du de en à ce il elle t",
        "it": "che chi cosa quale quali quando dove come perché quanto quanti quante è sono era ha il lo la i gli le un "
        "una uno di del della in a",
        "pt": "que quem qual quais quando onde como porque quanto quantos quantas é são foi foram era o a os as um uma "
        "de do da dos das em no na",
        "nl": "wat wie wanneer waar waarom hoe welk welke hoeveel is zijn was waren heeft had de het een van in te",
        "ro": "ce cine când unde cum care cât câți câte de a al ai ale în la este sunt era au fost un o și",
        "ru": "что кто когда где куда откуда как какой какая какое какие каких каком какую сколько почему чей кого чем в на и по "
        "был была было были это",
        "tr": "ne kim nerede nereye nasıl hangi kaç neden niçin mi mı mu mü nedir kimdir bir ve olan",
        "el": "τι ποιος ποια ποιο ποιοι ποιες ποιον πότε πού που πώς πόσο πόσα πόσοι πόσες γιατί ήταν είναι ο η το οι τα "
        "του της των τον την σε στο στη στην στον και με",
        "ar": "ما ماذا من متى اين أين كيف كم هل لماذا اي أي هو هي في على إلى الى كان كانت التي الذي",
        "fa": "چه چی کی چرا کجا چگونه چند کدام آیا است بود شد می در از به که را و این آن چیست کیست",
        "hi": "क्या कौन कब कहाँ कहां कैसे क्यों किस किसने कितने कितनी कितना था थी थे है हैं में के की का को ने से",
        "vi": "gì ai nào ở đâu như nhiêu là có của và trong đã được các những",
        "th": "",
    }
)

# Of these the ones that are nouns as well (summer, era, star) or begin a name (São Paulo): kept in articles, and searched
# by a question that says nothing else.
NOUNS_TOO: Final = _sets({"es": "era", "fr": "été", "it": "era", "pt": "são era", "ro": "era", "vi": "sao"})

FUNCTION_WORDS: Final = _sets(
    {
        "en": "the of and to in is was for that with on as by are his from at it an this which or be were has have "
        "what who how when where did does i me my we us our you your he him she her they them will would can could should do am",
        "de": "der die und in den von zu das mit sich des auf für ist im dem nicht ein eine als auch es an werden aus "
        "wurde wie was wer wann wo welche",
        "es": "de la que el en y los se del las un por con una su para es al lo como más fue qué quién cuándo dónde cuál",
        "fr": "de la le et les des en un du une que est pour qui dans par plus pas au sur ne se avec son quel quelle où qu",
        "it": "di e il la che in un per del è una sono con si da non dei le al della nel gli più quale quando dove chi",
        "pt": "de que e o da em um para é com não uma os no se na por mais as dos como foi ao ele das qual quando onde",
        "nl": "de van het een en in is dat op te zijn met voor niet aan er om ook als dan door wat wie welke hoe",
        "ro": "de și în a la cu pe care este un o din pentru nu se mai fost au ca ce lui al sunt cine când unde",
        "sv": "och i att det som en på är av för med den till inte har de ett om var vad hur när vem",
        "da": "og i at det er en til på som med for af den ikke der de et har hvad hvem hvor hvornår",
        "no": "og i det er en til på som med for av den ikke har de et fra hva hvem hvor når",
        "fi": "ja on ei se että oli hän mutta joka ovat kun myös mikä kuka missä milloin",
        "pl": "się nie że jest jak przez są ich ale jako dla który która kto gdzie kiedy oraz był była",
        "cs": "se na je že jak ale pro by který která jsou také podle při kdo kde kdy byl byla",
        "hu": "a az és hogy nem is egy ez volt meg de mint ki mi hol mikor",
        "tr": "ve bir bu da de için ile olarak çok en olan ne gibi daha sonra kadar ya kim nerede hangi kaç mi mı",
        "id": "yang dan di itu dengan untuk tidak ini dari dalam akan pada juga adalah apa siapa",
        "vi": "của và là các có trong được cho một với những người không đã này khi để từ gì nào ai",
        "ca": "de la i que el en els les un una per amb del és al no es van què qui quan on",
        "ru": "и в не на что с по как это из у к о за от для был его она они какой кто когда где который",
        "uk": "і в не на що з як це та у до за від для був його вона вони який хто коли де є",
        "bg": "и в на е се за от не да с по като са що кой кога къде това при",
        "sr": "и у на је се да за од са не као су што ко када где",
        "ar": "في من على إلى أن التي الذي هذا هذه عن مع كان ما هو هي لا كم متى أين",
        "fa": "در به از که را این با است برای آن یک می شود شد بود ها های چه کدام",
        "ur": "کے میں کی ہے اور سے کا کو نے پر کہ یہ ہیں کیا تھا",
        "hi": "के में है की और से का को ने पर यह हैं कि था क्या",
        "mr": "आणि आहे मध्ये या हे ते होते काय च्या",
        "ne": "र छ को मा हो यो लागि थियो के गर्न",
    }
)
