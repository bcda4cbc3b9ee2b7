"""The statements by which an archive is read: all that readers, the proof and every pull ask again and again, each compiled once."""

from sqlalchemy import and_, bindparam, exists, func, or_, select

from crmexport.archive.among import among
from crmexport.archive.schema import announced, file_owners, files, gaps, records, responses
from crmexport.archive.wording import IS_LINKED, number, part, step, text
from crmexport.source import GapKind

_is_held = records.c.deleted.is_(None)
_by_stream = select(records.c.stream, func.count()).group_by(records.c.stream).order_by(records.c.stream)
COUNT_HELD = _by_stream.where(_is_held)
COUNT_DELETED = _by_stream.where(~_is_held)
COUNT_FILES = select(func.count()).select_from(files)
COUNT_FILES_HELD = COUNT_FILES.where(files.c.sha256.is_not(None))

_place = (records.c.start, records.c.end)
_parent = (records.c.parent_stream, records.c.parent_id)
_in_answer = records.c.response == bindparam("response")
PLACES = (
    select(records.c.stream, records.c.id, *_place, *_parent)
    .where(_in_answer, _is_held)
    .order_by(records.c.start)
)
ANSWER = select(responses.c.request, responses.c.status, responses.c.body).where(
    responses.c.id == bindparam("response")
)
_of_stream = and_(records.c.stream == bindparam("of"), _is_held)
ANSWERS_WITH = select(records.c.response).where(_of_stream).distinct().order_by(records.c.response)
RECORDS = (
    select(records.c.id, *_place, records.c.modified, *_parent)
    .where(_of_stream, _in_answer)
    .order_by(records.c.start)
)

FILES = step(
    select(files.c.id, files.c.name, files.c.size, files.c.meta, files.c.sha256, files.c.bytes)
    .where(files.c.id > bindparam("last"))
    .order_by(files.c.id)
)
_is_owner = and_(records.c.stream == file_owners.c.stream, records.c.id == file_owners.c.id)
OWNERS = (
    select(file_owners.c.file, file_owners.c.stream, file_owners.c.id, records.c.response, records.c.deleted)
    .select_from(file_owners.outerjoin(records, _is_owner))
    .where(among(file_owners.c.file, "ids"))
    .order_by(file_owners.c.file, file_owners.c.stream, file_owners.c.id)
)

_scope = announced.c.scope
ANNOUNCED_IN = select(announced.c.number).where(
    announced.c.stream == bindparam("of"), _scope == bindparam("within")
)
ANNOUNCED = select(announced.c.stream, IS_LINKED, func.sum(announced.c.number)).group_by(
    announced.c.stream, IS_LINKED
)
# "0" follows "/"
_its = or_(_scope == gaps.c.id, and_(_scope > gaps.c.id + text("/"), _scope < gaps.c.id + text("0")))
_parent_is_held = exists().where(
    records.c.stream == part(gaps.c.id, 1),
    records.c.id == part(gaps.c.id, 2),
    _is_held,
)
_is_doubtful = and_(
    gaps.c.kind == text(GapKind.VANISHED.value),
    exists().where(announced.c.stream == gaps.c.stream, announced.c.number > number(0), _its),
    _parent_is_held,
)
GAPS = select(gaps.c.stream, gaps.c.id, gaps.c.kind, gaps.c.reason, _is_doubtful).order_by(
    gaps.c.stream, gaps.c.id
)
"""A vanished gap is doubtful if it is of a list under a record that is there and announces something in it."""
_of_them = (part(gaps.c.id, 1), part(gaps.c.id, 2))
DOUBTED = (
    select(*_of_them)
    .where(_is_doubtful)
    .distinct()
    .order_by(*_of_them)
    .limit(bindparam("most"))
    .offset(number(0))
)
