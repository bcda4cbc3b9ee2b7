"""Everything about Megaplan that sources contradict each other on or nobody knows, as switches.

The defaults are the likelier reading. A connector is right when it gives the same archive under every setting.
Each comment names the section of the Megaplan reference that leaves the question open.
"""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Behaviour:
    """How this sandbox behaves where the reference says X or ?."""

    page_after_inclusive: bool = False  # §4.1: does the page begin with the cursor row or after it
    count_is: Literal["total", "page", "absent"] = "total"  # §3: what meta.pagination.count counts
    has_more_flag: bool = True  # §4.1: whether hasMoreNext is given at all
    page_cap: int = 100  # §4.1: the most rows a page holds, whatever `limit` says
    comments_page_cap: int = 100  # §8.6: the same for comment lists
    sort_by_id: bool = True  # §4.1: False: sorting by id answers 422
    deleted_cursor: Literal["position", "empty", "error", "first"] = (
        "position"  # §4.1: a cursor row deleted meanwhile; “first”: it is passed over
    )
    included: Literal["on_header", "always", "never"] = "on_header"  # §4.3: the included form
    bare_rows: bool = False  # §4.3: whether a row that an earlier row of its page names is a bare link, too
    bare_files: bool = False  # §4.3: lists of files name them, and tell nothing else unless asked
    foreign_custom_fields: Literal["ignored", "refused"] = (
        "ignored"  # §6.3: naming fields of another deal scheme
    )
    customs_listed: bool = True  # §6.3: False: lists know no extra field by its name (422); cards show them
    employee_list_hides_fired: bool = False  # §7
    contractor_list_hides_dropped: bool = False  # §4.5
    deal_list_hides_inactive_programs: bool = False  # §4.5: shown only when filtered by that very program
    project_list_hides_closed: bool = False  # §4.5: shown with the filter_any term
    project_filter: bool = (
        True  # §4.5: False: the list of projects takes no filter, as the vendor describes it
    )
    program_filter: bool = True  # §4.4: False: the scheme that a filter of deals names is ignored in silence
    day_offset: int = (
        0  # §4.6: hours from midnight UTC to the beginning of a filter's DateOnly: its zone is nowhere told
    )
    restricted: bool = False  # §0, §7: the reader may not see everything: lists pass over the rest in silence
    shortens: bool = False  # §8.1: the rights of the reader show some clients in part only (`canSeeFull`)
    todo_list_hides_finished: bool = False  # §7: shown in the todos of a record with {"all": true}
    talks_bare: bool = False  # §4.3: lists of tasks show what is negotiated as bare links
    sent_apart: bool = False  # §7: the list of letters shows those received unless asked for those sent
    threads_apart: bool = (
        False  # §7: the list of letters shows the first of each thread, `withParent` its answers
    )
    cuts_changes: bool = False  # §4.3: histories show one field of each change, and how many there are
    calls_apart: bool = False  # RAML: the list of calls leaves out those that its history has
    passes_over: bool = False  # §7: the lists of consignments and of calls leave one out that a link leads to
    folders_apart: bool = False  # §7: documents and folders are listed one level at a time, by `parentFolder`
    as_described: bool = False  # §4.3: fields that the description does not name are refused
    description: Literal["known", "newer", "absent"] = "known"  # §0: what the API's own description names
    absent: tuple[str, ...] = ()  # §7: lists known from the vendor's description only: these answer 404
    spaces: Literal["given", "absent", "refused"] = "given"  # RAML: 404, or 403, for all of them
    spaces_apart: bool = (
        False  # RAML: the list of elements is empty, each lies in the list of what is above it
    )
    views: Literal["whole", "filtered", "mute"] = "whole"  # RAML: each has a filter, or does not say whether
    cuts_cells: bool = False  # §4.3: lists show five cells of a row, and how many there are
    contractor_history: bool = True  # §7: False: the history of contractors answers 500
    contractor_comments: bool = True  # §7: False: comments of contractors answer 500
    hidden_comments_listed: bool = True  # §8.6: whether lists of comments show those counted as hidden
    empty_search: Literal["all", "nothing"] = "all"  # §7: what /finOperation/search gives for an empty `q`
    bulk: Literal["on", "off", "counted"] = "on"  # §10: absent (404), one request, or as many as it has calls
    bulk_max: int = 20  # §10: more calls than this answer 422
    expiry: Literal["http", "meta"] = "http"  # §2.3: HTTP 401, or 200 with meta.status 401
    token_seconds: float = 172_800  # §2.1: how long an access token holds
    token_requests: int | None = (
        None  # a token also dies after this many requests (so that tests need not wait)
    )
    error_data: Literal["list", "null"] = "list"  # §11: `data` of an error
    file_redirect: bool = False  # §9: whether a download answers with a redirect to another path
    json_form: Literal["compact", "spaced", "escaped"] = (
        "compact"  # how bytes look: the server's or PHP's habits
    )
