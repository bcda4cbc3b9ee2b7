"""The rows that both writers write: 17 texts, 10 whole numbers, 4 floats, 4 dates and times, 3 booleans, 2 empty cells."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

WORDS = [
    "Анна",
    "Иванова",
    "договор",
    "поставка",
    "ООО",
    "Ромашка",
    "счёт",
    "оплата",
    "Москва",
    "улица",
    "Лесная",
    "телефон",
    "директор",
    "встреча",
]
HEADS = [f"Колонка {number}" for number in range(40)]
DIFFERENT = 997


def rows(count: int) -> Iterator[list[object]]:
    """The same rows for the same count."""
    chance = random.Random(1)
    texts = [
        [" ".join(chance.choices(WORDS, k=chance.randint(1, 6))) for _ in range(17)] for _ in range(DIFFERENT)
    ]
    start = datetime(2024, 1, 1, 9, 30, 15, tzinfo=UTC)
    for number in range(count):
        text = [*texts[number % DIFFERENT]]
        text[0], text[3], text[4], text[5] = (
            str(number),
            "+7 495 123-45-67",
            "007701234567",
            "a & b <c@d.example>",
        )
        moment = start + timedelta(seconds=number * 37)
        numbers = [*range(number, number + 10), number / 7, number * 1.25, 0.5 + number, number / 3]
        dates = [moment, moment, moment.date(), moment.date()]
        yield [*text, *numbers, *dates, number % 2 == 0, number % 3 == 0, True, None, None]
