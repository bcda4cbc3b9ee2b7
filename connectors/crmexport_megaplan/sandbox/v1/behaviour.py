"""What nobody knows for certain about the older API, as switches. The defaults are the likelier reading."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class V1Behaviour:
    """How the older API of this sandbox behaves where the reference leaves it open."""

    zone: str = "Europe/Moscow"  # §12: the zone of all its times, told nowhere
    clock: Literal["local", "offset", "absent"] = "local"  # §16: how System/datetime tells the time
    one_time_key: Literal["field", "data", "absent"] = (
        "field"  # §13: how the key is told, or an older install
    )
    refusal: Literal["401", "403", "inside"] = "401"  # §12, §13: how a wrong signature is told
    detailed: bool = True  # §16: whether Detailed gives whole cards in lists of tasks
    sort_by_id: bool = True  # §15: whether SortBy=id is accepted
    newest_first: bool = False  # §15: the order where none is asked
    page_cap: int = 100  # §15: the most rows a page holds, whatever Limit says
    retired_programs: bool = True  # §16: whether Program/list shows retired schemes
    attach_by_url: bool = True  # §16: whether a signed GET of Url gives a file, or only File/downloadAttach
    empty_list: Literal["[]", '""'] = "[]"  # §12: how a list without rows is written
    json_form: Literal["compact", "spaced", "escaped"] = (
        "compact"  # how bytes look: the server's or PHP's habits
    )
    pair_requests: int | None = None  # a pair dies after so many requests (so that tests need not wait)
