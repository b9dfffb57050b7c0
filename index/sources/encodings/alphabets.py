"""What texts in the old encodings are made of: the letters of each language, and the encodings of each.

Of languages in Latin script only the letters beyond ASCII are listed. The table is that of
`index.sources.encodings.guessing`.
"""

from types import MappingProxyType
from typing import Final

# Before "|" stand the letters that make up most of a text, behind it the rare ones.
ALPHABETS: Final = MappingProxyType(
    {
        "en": "éèêëïöüñç|àâôíóáä",
        "de": "äöüß|é",
        "es": "áéíóúñü¿¡|ªºç",
        "fr": "éèàêçâîôûùëïœ|üæÿ",
        "it": "àèéìòù|íóúîº",
        "pt": "ãáéçíóêõâúôà|üªº",
        "nl": "éëïè|öüáóíêç",
        "ca": "àèéíòóúïç|ü·",
        "sv": "åäö|é",
        "da": "æøåé",
        "no": "æøå|éòôó",
        "fi": "äö|åšž",
        "is": "áðéíóúýþæö",
        "pl": "ąćęłńóśźż",
        "cs": "áčďéěíňóřšťúůýž",
        "sk": "áäčďéíĺľňóôŕšťúýž",
        "hu": "áéíóöőúüű",
        "ro": "ăâîșțşţ",
        "hr": "čćđšž",
        "tr": "ıişğüöçâîû",
        "lt": "ąčęėįšųūž",
        "lv": "āčēģīķļņšūž",
        "et": "äõöüšž",
        "ru": "оеаинтсрвлкмдпуя|ыьгзбчйхжшюцщэфъё№",
        "uk": "оанивіертслкдмпу|язьйбгчхцїюжєшщфґ",
        "bg": "аиоентрсвлкдпмзя|ъгбучщжцхйшфюь",
        "sr": "аоиенртсјвкдупмл|згбчшцћжљњђхџф",
        "el": "αοιετσνηυρπκμλςάίό|έωδγήχθύφβώξζψϊϋΐΰ",
        "ar": "اليمنوهرتبعدسفكقحأةى|جشصخطضإزذغثئءظؤآًٌٍَُِّْـپچژگک،؛؟",
        "he": "יוהלאמרתבשנ|עדקפכחצזסגטםןךףץְִֵֶַָֹּ",
        "th": "านรอกเงมยลวดทสตะปบคหั่้ี็ิืุ|แจพชขใไโผซธณถฟภศษญฐฎฏฑฒฉฌฆฝฮฤำูึ์๋๊ๆฯ",
    }
)
ENCODINGS: Final = MappingProxyType(
    {
        "cp1252": "en de es fr it pt nl ca sv da no fi is",
        "cp1250": "pl cs sk hu ro hr",
        "cp1251": "ru uk bg sr",
        "koi8_r": "ru",
        "koi8_u": "uk",
        "cp1256": "ar",
        "cp1253": "el",
        "cp1254": "tr",
        "cp1255": "he",
        "cp1257": "lt lv et",
        "cp874": "th",
        "iso8859_2": "pl cs sk hu ro hr",
        "iso8859_15": "fr fi et es de",
        "iso8859_6": "ar",
        "iso8859_7": "el",
        "iso8859_5": "ru bg sr",
        "mac_roman": "en de es fr it pt nl ca sv da no",
        "mac_cyrillic": "ru",
        "cp850": "en de es fr it pt nl ca sv da no",
        "cp437": "en de es fr it nl sv",
        "cp852": "pl cs hu",
        "cp866": "ru",
    }
)
# The characters that make up most of a Chinese text, and the syllables of a Korean one.
HAN: Final = frozenset(
    "的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里用道行所然家种事成"
    "方多经么去法学如都同现当没动面起看定天分还进好小部其些主样理心她本前开但因只从想实日军者意无力它与长把机十民第公此已工"
    "使情明性知全三又关点正业外将两高间由问很最重并物手应战向头文体政美相见被利什二等产或新己制身果加西斯月话合回特代内信表"
    "化老给世位次度门任常先海通教儿原东声提立及比员解水名真论处走义各入几口认条平系气题活尔更别打女变四神总何电数安少报才结"
    "反受目太量再感建务做接必场件计管期市直德资命山金指克许统区保至队形社便空决治展马科司五基眼书非则听白却界达光放强即难且"
    "权思王象完设式色路记南品住告类求据程北边死张该交规万取拉格望觉术领共确传师观清今切院让识候带导争运"
)
TRADITIONAL: Final = frozenset(
    "個們來為國說時會對著過後裡種經麼學現當沒動進樣從實軍無與長機開關點業將兩間問應戰頭體見達書記這還發話數門給聲員題電"
    "認條氣媽萬東車馬魚鳥語讀寫錢買賣親愛聽覺觀議論調議處該請號區歲帶總統隊連運遠選舉標準義務報場費價錢價錄網際際產業線組織結"
    "級統計續維護變讓識證據設計詞試質資貿質賽趙農達適邊鐵銀錯鎮階際難電靜響頂須預領頻顯養館驗點黨齊龍環球權極樓樣歡歷歸殺漢滿濟"
)
HANGUL: Final = frozenset(
    "이다는의에을하가고로지기한사도은를어자아서리인시대정해나부수전일그보제있라으과만니주원스구장여면동상게비공들성오안소것연"
    "관경제조위우국유적무회신선진내분재마개방생화모바까했거없러와음발학교년당월결된미중물세되말통민차지호실최문업"
)
