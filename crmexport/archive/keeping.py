"""The statements by which answers are kept: all that is written for every answer, each compiled once."""

from typing import Any

from sqlalchemy import (
    Text,
    and_,
    bindparam,
    case,
    cast,
    delete,
    exists,
    func,
    literal_column,
    null,
    or_,
    select,
    tuple_,
    update,
)
from sqlalchemy.dialects.postgresql import insert  # SQLite writes its ON CONFLICT in the same words

from crmexport.archive import schema
from crmexport.archive.among import among
from crmexport.archive.wording import HANGS_ON_DELETED, IS_LINKED, part, text
from crmexport.source import FILES, GapKind


def _insert(table: Any, *columns: str) -> Any:
    return insert(table).values({name: bindparam(name) for name in columns})


def _is_under(name: Any) -> Any:
    """Whether a list is called as those under a record are (“its”), or further down (behind “first”).

    All of these lie between “least” and “beyond”, so that an index by the name need not be gone over as a whole for each record.
    """
    is_near = and_(name >= bindparam("least"), name < bindparam("beyond"))
    return and_(is_near, or_(name == bindparam("its"), name > bindparam("first")))


RESPONSE = _insert(schema.responses, "run", "received", "status", "request", "sha256", "body")
_record_columns = (
    "stream",
    "id",
    "sha256",
    "response",
    "start",
    "end",
    "parent_stream",
    "parent_id",
    "modified",
    "listed",
)
_record = _insert(schema.records, *_record_columns)
NEW_RECORD = _record.on_conflict_do_nothing()
_parent = {  # an answer that does not say under which record one stands leaves it where it was
    name: func.coalesce(_record.excluded[name], schema.records.c[name])
    for name in ("parent_stream", "parent_id")
}
CHANGED_RECORD = _record.on_conflict_do_update(
    index_elements=["stream", "id"],
    set_={name: _record.excluded[name] for name in _record_columns[2:-1]} | _parent,
)
VERSION = _insert(schema.versions, "stream", "id", "sha256", "response", "start", "end", "replaced")
LINK = _insert(schema.links, "stream", "id").on_conflict_do_nothing()
_described = _insert(schema.files, "id", "name", "size", "meta")
FILE = _described.on_conflict_do_update(
    index_elements=["id"], set_={name: _described.excluded[name] for name in ("name", "size", "meta")}
)
_size = func.coalesce(schema.files.c.size, schema.files.c.bytes)
KNOWN_FILES = select(
    schema.files.c.id, _size, schema.files.c.meta, schema.files.c.sha256, schema.files.c.bytes
).where(among(schema.files.c.id, "ids"))
FILE_HELD = (
    update(schema.files)
    .where(schema.files.c.id == bindparam("its"))
    .values(sha256=bindparam("digest"), bytes=bindparam("length"))
)
REPLACED = update(schema.files).where(schema.files.c.id == bindparam("its")).values(sha256=null())
OWNER = _insert(schema.file_owners, "file", "stream", "id").on_conflict_do_nothing()
_gap_row = _insert(schema.gaps, "stream", "id", "kind", "reason")
GAP = _gap_row.on_conflict_do_update(
    index_elements=["stream", "id"], set_={"kind": _gap_row.excluded.kind, "reason": _gap_row.excluded.reason}
)
DOUBTED = (
    update(schema.gaps)
    .where(
        schema.gaps.c.stream == bindparam("of"),
        schema.gaps.c.kind == text(GapKind.VANISHED.value),
        part(schema.gaps.c.id, 2) == text(""),
    )
    .values(kind=text(GapKind.REFUSED.value), reason=bindparam("words"))
)
"""What was “not there”, but for lists under records (stream/id)."""
_owner = schema.file_owners.alias()
_is_of_this_pull = exists().where(
    schema.responses.c.id == schema.records.c.response,
    schema.runs.c.id == schema.responses.c.run,
    schema.passes.c.pull == schema.runs.c.pull,
    schema.passes.c.id == bindparam("pass_"),
)
# by the columns of the statement right around it: to one further out it would not be tied, and be of any owner of any file
_owner_is_lost = exists().where(
    schema.gaps.c.stream == schema.records.c.stream, schema.gaps.c.id == schema.records.c.id
)
_owner_is_read = exists().where(
    schema.records.c.stream == _owner.c.stream,
    schema.records.c.id == _owner.c.id,
    or_(
        schema.records.c.deleted.is_not(None),
        schema.records.c.listed >= bindparam("since"),
        and_(_is_of_this_pull, ~_owner_is_lost),  # had it named the file, that would have been asked for
    ),
)
_is_unheld = and_(
    schema.files.c.sha256.is_(None),
    ~exists().where(schema.gaps.c.stream == text(FILES), schema.gaps.c.id == schema.files.c.id),
)
_names_it = and_(_owner.c.file == schema.files.c.id, ~_owner_is_read)
_other = schema.files.alias()
_a_list_is_lost = exists().where(
    schema.gaps.c.stream == text(FILES),
    schema.gaps.c.kind.in_([text(GapKind.REFUSED.value), text(GapKind.BROKEN.value)]),
    ~exists().where(_other.c.id == schema.gaps.c.id),
)
_is_inventory = and_(_owner.c.stream == text(FILES), _owner.c.id == _owner.c.file)


def _unnamed(*named: Any) -> Any:
    """Name as gaps the files that are not held and that nothing names."""
    words = cast(bindparam("words"), Text)
    found = select(text(FILES), schema.files.c.id, text(GapKind.VANISHED.value), words)
    return insert(schema.gaps).from_select(
        ["stream", "id", "kind", "reason"], found.where(_is_unheld, ~exists().where(*named))
    )


UNNAMED_FILES = _unnamed(_names_it)
UNSHOWN_FILES = _unnamed(_names_it, or_(~_is_inventory, _a_list_is_lost))
"""The same in a whole pull: a list of all files, its own owner where nothing else is, would have had it asked for."""
_announcement = _insert(schema.announced, "stream", "scope", "number", "seen")
ANNOUNCED = _announcement.on_conflict_do_update(
    index_elements=["stream", "scope"],
    set_={"number": _announcement.excluded.number, "seen": _announcement.excluded.seen},
)
_there = (
    update(schema.records)
    .where(schema.records.c.stream == bindparam("of"), among(schema.records.c.id, "ids"))
    .values(deleted=null())
)
LISTED = _there.values(listed=bindparam("pass_"))
PRESENT = (
    update(schema.records)
    .where(schema.records.c.stream == bindparam("of"), among(schema.records.c.id, "ids"))
    .values(listed=bindparam("pass_"))
)
NOT_LISTED = _there.values(
    listed=case(
        (schema.records.c.listed == bindparam("pass_"), schema.records.c.listed), else_=literal_column("0")
    )
)
ENDED = _insert(schema.ended, "stream", "parent_stream", "parent_id").on_conflict_do_nothing()
WHOLE_LISTS = select(schema.ended.c.stream).where(schema.ended.c.parent_stream == text(""))
_under = exists().where(
    schema.ended.c.stream == schema.records.c.stream,
    schema.ended.c.parent_stream == schema.records.c.parent_stream,
    schema.ended.c.parent_id == schema.records.c.parent_id,
)
_has_not_come_again = and_(
    schema.records.c.stream.in_(select(schema.ended.c.stream)),
    _under,
    schema.records.c.listed < bindparam("pass_"),
    schema.records.c.deleted.is_(None),
)
NOT_COME_AGAIN = update(schema.records).where(_has_not_come_again).values(deleted=bindparam("now"))
COUNT_NOT_COME_AGAIN = (
    select(schema.records.c.stream, func.count(), func.count(schema.records.c.parent_id.distinct()))
    .where(_has_not_come_again)
    .group_by(schema.records.c.stream)
)
SPARED = delete(schema.ended).where(schema.ended.c.stream == bindparam("s"))
NO_LONGER_ENDED = delete(schema.ended)
_held_row = schema.records.alias()
_never_held = (
    select(schema.gaps.c.stream, schema.gaps.c.id)
    .where(schema.gaps.c.kind == text(GapKind.VANISHED.value))
    .where(~exists().where(_held_row.c.stream == schema.gaps.c.stream, _held_row.c.id == schema.gaps.c.id))
)
_hangs_on_nothing = and_(
    tuple_(schema.records.c.parent_stream, schema.records.c.parent_id).in_(_never_held),
    schema.records.c.listed < bindparam("pass_"),
)
_lost = select(schema.gaps.c.stream).where(schema.gaps.c.id == text(""))
_orphaned = and_(
    schema.records.c.parent_id.is_not(None),
    schema.records.c.deleted.is_(None),
    schema.records.c.stream.not_in(_lost),  # it may hang on something else by now
    or_(HANGS_ON_DELETED, _hangs_on_nothing),
)
_taken_back = exists().where(
    schema.announced.c.stream == schema.records.c.stream,
    schema.announced.c.scope == schema.records.c.parent_stream + text("/") + schema.records.c.parent_id,
)
COUNT_ORPHANS = (
    select(schema.records.c.stream, func.count())
    .where(_orphaned, ~_taken_back)
    .group_by(schema.records.c.stream)
)
ORPHANED = update(schema.records).where(_orphaned).values(deleted=bindparam("now"))
MORE_CHANGED = (
    update(schema.passes)
    .where(schema.passes.c.id == bindparam("pass_"))
    .values(changed=schema.passes.c.changed + bindparam("more"))
)
UNLINKED = delete(schema.announced).where(
    schema.announced.c.stream == bindparam("s"), schema.announced.c.scope == bindparam("i")
)
SILENCED = (
    update(schema.announced)
    .where(schema.announced.c.stream == bindparam("s"), _is_under(schema.announced.c.scope))
    .values(number=literal_column("0"))
)
SENT = (
    update(schema.runs)
    .where(schema.runs.c.id == bindparam("run"))
    .values(ended=bindparam("now"), requests=bindparam("sent"))
)
DELETED = (
    update(schema.records)
    .where(schema.records.c.stream == bindparam("of"), schema.records.c.id == bindparam("its"))
    .where(schema.records.c.deleted.is_(None), schema.records.c.listed >= bindparam("least"))
    .values(deleted=bindparam("now"))
)
NOT_ANNOUNCED_AGAIN = delete(schema.announced).where(
    schema.announced.c.seen < bindparam("pass_"), ~IS_LINKED, schema.announced.c.stream.not_in(_lost)
)
NOT_ANNOUNCED_AGAIN_OF = NOT_ANNOUNCED_AGAIN.where(among(schema.announced.c.stream, "of"))
ANNOUNCED_STREAMS = select(schema.announced.c.stream).distinct()
LOST_LISTS = _lost.distinct()
COUNT_GAPS = select(func.count()).select_from(schema.gaps)
FORGOTTEN = delete(schema.responses).where(schema.responses.c.id == bindparam("number"))
FILLED = delete(schema.gaps).where(schema.gaps.c.stream == bindparam("s"), schema.gaps.c.id == bindparam("i"))
BACK = FILLED.where(schema.gaps.c.kind == text(GapKind.VANISHED.value))
BACK_UNDER = delete(schema.gaps).where(
    _is_under(schema.gaps.c.id), schema.gaps.c.kind == text(GapKind.VANISHED.value)
)
LIST_REFUSED = select(schema.gaps.c.id).where(
    schema.gaps.c.stream == bindparam("s"),
    schema.gaps.c.id == text(""),
    schema.gaps.c.kind == text(GapKind.REFUSED.value),
)
SHOWN = (
    select(schema.records.c.id)
    .where(schema.records.c.stream == bindparam("of"), schema.records.c.id == bindparam("its"))
    .where(schema.records.c.listed == bindparam("pass_"), schema.records.c.deleted.is_(None))
)
