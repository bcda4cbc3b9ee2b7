"""The least possible number of requests for a full pull and its seal, by arithmetic that anybody can follow.

Counted are: each list at its page size (tasks and projects in the one mixed list, templates apart, companies and humans
in one mixed list, programs with the inactive ones); the field definitions of each scope; the tree of categories, one level after another; one sub-list page for every
hundred rows of comments of a record that has any, and for attachments beyond the five shown or of contractors that rights cut short; cards of what is named but
hidden from lists, and of what is deleted; the events of each person, the comments of each consignment and chat, and the members of each group; history where a record was touched; links where there are any; cards of rows of
consignments and of financial operations, which have no lists; the small lists of dictionaries; the lists of spaces, what lies in each, and
the texts, columns, views and rows there; all of these packed into bulk requests; and one request for each file's bytes.
For the seal: a look for changes (the definitions, the tree, all that spaces hold and the lists that tell of no change whole once more, one page of
each other list), and a sweep (the lists of clients, deals and tasks whole once more). And one question each for who is
signed in and until when the account is open. Not counted: signing in.
"""

from collections.abc import Iterable

from crmexport_megaplan.sandbox import chats, goods, papers, small, spaces
from crmexport_megaplan.sandbox.account import InventedAccount
from crmexport_megaplan.sandbox.behaviour import Behaviour
from crmexport_megaplan.sandbox.catalogue import HOLDERS, PARENTS
from crmexport_megaplan.sandbox.kinds import DELETED
from crmexport_megaplan.sandbox.past import PARENTS as PAST
from crmexport_megaplan.sandbox.past import RELATED
from crmexport_megaplan.sandbox.programs import SCHEMES, scopes

PREVIEW = 5
GREETINGS = 2
CONTRACTORS = ("ContractorCompany", "ContractorHuman")


def least_requests(account: InventedAccount, behaviour: Behaviour) -> int:
    """The number, for this account under this behaviour."""
    packed = (
        sum(_comment_pages(account, behaviour))
        + sum(_attach_pages(account, behaviour))
        + _hidden(account, behaviour)
        + len(small.ROUTES | small.MIXED)
        + len(small.EMPTY)
        + _goods(account, behaviour)
        + _past(account)
        + account.counts["Employee"]
        + account.counts["Consignment"]
        + account.kinds["Group"].count
        + _papers()
        + papers.CUT_THREADS
        + chats.CHATS
        + 2 * account.kinds["DocFolder"].count
        + account.kinds["Vacation"].count // 2
        + _spaces(behaviour)
    )
    together = 1 if behaviour.bulk == "off" else behaviour.bulk_max
    again = len(small.ROUTES | small.MIXED) + len(small.EMPTY) + _search(account, behaviour)
    again += 2 * account.kinds["DocFolder"].count + _spaces(behaviour)
    tree = 1 + len(goods.CATEGORIES)
    both = 2 * (len(scopes()) + tree) + _up(packed, together) + _up(again, together) + account.counts["File"]
    both += behaviour.spaces == "given"  # the file that a cell shows
    told, untold = _lists(account, behaviour)
    page = behaviour.page_cap
    newest = [papers.CALLS, papers.MESSAGES, account.counts["File"]]
    lists = 2 * _pages(untold, page) + 2 * _pages(told, page) + len(told) + _pages(newest, page) + len(newest)
    return both + lists + GREETINGS


def _lists(account: InventedAccount, behaviour: Behaviour) -> tuple[list[int], list[int]]:
    """The sizes of the lists that tell what changed, and of those that do not."""
    counts = account.counts
    templates = {
        kind: sum(map(account.issues(kind).is_template, range(counts[kind]))) for kind in ("Task", "Project")
    }
    issues = counts["Task"] + counts["Project"] - sum(templates.values())
    told = [account.contractors, issues, *_deal_lists(account, behaviour)]
    kinds = ("Employee", "Department", "Payer", "Todo", "Invoice", "Offer", "Warehouse", "Consignment")
    untold = [*(counts[kind] for kind in kinds), papers.DOCS, papers.SECTIONS, chats.CHATS]
    return told, [*untold, len(SCHEMES), *templates.values()]


def _pages(sizes: list[int], page: int) -> int:
    return sum(max(1, _up(size, page)) for size in sizes)


def _deal_lists(account: InventedAccount, behaviour: Behaviour) -> list[int]:
    """One list of all deals, or a list for each program where one does not show them all with all their fields."""
    if not behaviour.deal_list_hides_inactive_programs and behaviour.foreign_custom_fields == "ignored":
        return [account.counts["Deal"]]
    deals = [account.deal_kind.program(index) for index in range(account.counts["Deal"])]
    return [deals.count(program) for program in range(len(SCHEMES))]


def _comment_pages(account: InventedAccount, behaviour: Behaviour) -> Iterable[int]:
    for kind in PARENTS:
        for index in range(account.counts.get(kind, 0)):  # chats, which tell no number, are asked one and all
            own = account.comments.of(kind, index)
            if len(own) > behaviour.comments_page_cap // 2:
                yield _up(len(list(account.comment_kind.rows(kind, index))), behaviour.comments_page_cap)
            elif own:
                yield 1


def _attach_pages(account: InventedAccount, behaviour: Behaviour) -> Iterable[int]:
    for kind in HOLDERS:
        for index in range(account.counts[kind]):
            own = len(account.files.of(kind, index))
            unknown = kind in CONTRACTORS and not account.sees_all(index)
            if own > PREVIEW or unknown:
                yield max(1, _up(own, behaviour.page_cap))


def _hidden(account: InventedAccount, behaviour: Behaviour) -> int:
    """Cards to ask one by one; finished todos hidden from the list cost a sub-list for each record that has any."""
    counts = account.counts
    found = len(DELETED)
    if behaviour.employee_list_hides_fired:
        found += sum(map(account.employee_kind.is_fired, range(counts["Employee"])))
    if behaviour.contractor_list_hides_dropped:
        found += sum(map(account.company_kind.is_dropped, range(counts["ContractorCompany"])))
    found += 2 * behaviour.passes_over
    if behaviour.todo_list_hides_finished:
        found += len(
            {
                account.todo_owner(todo)
                for todo in range(counts["Todo"])
                if account.todo_kind.is_finished(todo) and account.todo_owner(todo)
            }
        )
    return found


def _goods(account: InventedAccount, behaviour: Behaviour) -> int:
    """Rows of consignments and financial operations have cards only; the search gives pages of ids."""
    rows, operations = account.counts["ConsignmentRow"], account.counts["FinOperation"]
    hidden = goods.LONELY if behaviour.empty_search == "nothing" else 0
    return rows + operations - hidden + _search(account, behaviour)


def _search(account: InventedAccount, behaviour: Behaviour) -> int:
    found = account.counts["FinOperation"] if behaviour.empty_search == "all" else 0
    return max(1, _up(found, behaviour.page_cap))


def _past(account: InventedAccount) -> int:
    """A page of history for each record that was touched, one more for a deal's stages, and one for each kind of link."""
    touched = sum(account.is_touched(kind, index) for kind in PAST for index in range(account.counts[kind]))
    deals = range(account.counts["Deal"])
    stages = sum(map(account.deal_kind.is_touched, deals))
    related = sum(
        len(account.relations.of(kind, index)) > PREVIEW
        for kind in RELATED
        for index in range(account.counts[kind])
    )
    return (
        touched
        + stages
        + related
        + sum(bool(found) for index in deals for found in account.links(index).values())
    )


def _papers() -> int:
    """Articles are asked for one by one, their sections for theirs, and each document that has any for its versions."""
    return (
        len((*papers.SECTION_OF, papers.THROWN_AWAY))
        + papers.SECTIONS
        + sum(bool(papers.versions_of(doc)) for doc in range(papers.DOCS))
    )


def _spaces(behaviour: Behaviour) -> int:
    """The lists of elements, those within elements, and what each holds; where there are none, the first list alone."""
    if behaviour.spaces != "given":
        return 1
    holding = sum(bool(spaces.within(id)) for id in spaces.ELEMENTS)
    members = sum(kind == "Space" for kind, _title, _above in spaces.ELEMENTS.values())
    rows = sum(_up(number, behaviour.page_cap) for number in spaces.ROWS.values())
    tables = 2 * len(spaces.ROWS) + rows  # the columns and the views of each, and its rows
    return len(spaces.LISTS) + holding + members + len(spaces.NOTES) + 1 + tables


def _up(number: int, by: int) -> int:
    return -(-number // by)
