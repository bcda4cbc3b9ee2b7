"""The work done around clients: tasks, projects, activities, notes, hours, files, and the links between all of them."""

from crmexport.model.fields import (
    FILES,
    HISTORY,
    IS_ARCHIVED,
    IS_DELETED,
    LINKS,
    TAGS,
    Field,
    Type,
    choice,
    entity,
    flag,
    moment,
    ref,
    refs,
    text,
)
from crmexport.text import N_, NC_

TASK_STATUSES = {
    "new": N_("new"),
    "assigned": N_("assigned"),
    "in_progress": N_("in progress"),
    "review": N_("waiting for acceptance"),
    "completed": N_("completed"),
    "rejected": N_("rejected"),
    "cancelled": N_("cancelled"),
    "postponed": N_("postponed"),
    "overdue": N_("overdue"),
    "template": N_("template"),
}
PROJECT_STATUSES = {
    **TASK_STATUSES,
    "new": NC_("project", "new"),
    "assigned": NC_("project", "assigned"),
    "completed": NC_("project", "completed"),
    "rejected": NC_("project", "rejected"),
    "cancelled": NC_("project", "cancelled"),
    "postponed": NC_("project", "postponed"),
    "overdue": NC_("project", "overdue"),
}
NAMELESS = {
    "incoming": N_("incoming call"),
    "outgoing": N_("outgoing call"),
    "missed": N_("missed call"),
    "failed": N_("failed call"),
    "Message": N_("e-mail"),
}
"""How calls and letters are called that have no name: by what they are."""
CHANGE_KINDS = {
    "create": N_("creation"),
    "edit": N_("change"),
    "drop": N_("deletion"),
    "restore": N_("restoration"),
    "stage": N_("change of stage"),
}
NOTE_KINDS = {
    "knowledge": N_("knowledge base"),
    "comment": N_("comment"),
    "email": N_("e-mail"),
    "notification": N_("notification"),
    "checklist": N_("checklist"),
    "page": N_("page"),
}
LINK_KINDS = {
    "deal": N_("deal"),
    "Deal": N_("deal"),
    "Task": N_("task"),
    "payment": N_("payment"),
    "stage": N_("stage"),
    "activity": N_("activity"),
    "url": N_("address"),
    "member": N_("member"),
}
TAG_USES = {
    "clients": N_("clients"),
    "deals": N_("deals"),
    "tasks": N_("tasks"),
    "meetings": N_("meetings"),
}
PRIORITIES = {"normal": N_("normal"), "high": N_("high")}
ACTIVITY_KINDS = {
    "call": N_("call"),
    "meeting": N_("meeting"),
    "event": N_("event"),
    "todo": N_("to-do"),
    "private": N_("private"),
    "email": N_("e-mail"),
}
CATEGORIES = {"holiday": N_("holiday"), "milestone": N_("milestone")}
ACTIVITY_STATUSES = {
    "planned": N_("planned"),
    "finished": N_("finished"),
    "succeeded": N_("succeeded"),
    "failed": N_("failed"),
}

ASSIGNED = (
    choice("priority", N_("Priority"), PRIORITIES),
    ref("owner", N_("Set by"), "user"),
    ref("responsible", N_("Responsible"), "user"),
    refs("executors", N_("Executors"), "user"),
    refs("watchers", N_("Watchers"), "user"),
)
AROUND = (
    refs("deals", N_("Deals"), "deal"),
    ref("company", N_("Company"), "company"),
    ref("contact", N_("Contact"), "contact"),
)
SCHEDULE = (
    Field("deadline", Type.WHEN, N_("Deadline")),
    Field("planned_start", Type.WHEN, N_("Planned start")),
    Field("planned_finish", Type.WHEN, N_("Planned finish")),
    Field("actual_start", Type.WHEN, N_("Actual start")),
    Field("actual_finish", Type.WHEN, N_("Actual finish")),
    Field("planned_work", Type.MINUTES, N_("Planned work, min")),
    Field("actual_work", Type.MINUTES, N_("Actual work, min")),
    Field("completed_percent", Type.NUMBER, N_("Completed, %")),
    moment("status_changed_at", N_("Status since")),
    moment("activity_at", N_("Last activity")),
)
ENDS = (flag("is_template", N_("Template")), IS_ARCHIVED, IS_DELETED, TAGS, FILES, LINKS, *HISTORY)

TASK = entity(
    "task",
    N_("Tasks"),
    "name",
    text("number", N_("Number")),
    text("name", N_("Task"), required=True),
    choice("status", N_("Status"), TASK_STATUSES),
    *ASSIGNED,
    ref("stage", N_("Stage"), "stage"),
    ref("project", N_("Project"), "project"),
    ref("parent", N_("Part of"), "task"),
    refs("depends_on", N_("Comes after"), "task"),
    *AROUND,
    *SCHEDULE,
    text("text", N_("Text")),
    Field("html", Type.HTML, N_("Text (HTML)")),
    Field("subject_html", Type.HTML, N_("Subject of negotiation (HTML)")),
    flag("is_negotiation", N_("Negotiation")),
    *ENDS,
)

PROJECT = entity(
    "project",
    N_("Projects"),
    "name",
    text("number", N_("Number")),
    text("name", N_("Project"), required=True),
    choice("status", N_("Status"), PROJECT_STATUSES),
    *ASSIGNED,
    ref("parent", N_("Part of"), "project"),
    *AROUND,
    *SCHEDULE,
    text("text", N_("Text")),
    Field("html", Type.HTML, N_("Text (HTML)")),
    *ENDS,
)

ACTIVITY = entity(
    "activity",
    N_("Activities"),
    "name",
    text("name", N_("Activity"), required=True, words=NAMELESS),
    choice("kind", N_("Kind"), ACTIVITY_KINDS),
    text("category", N_("Category"), words=CATEGORIES),
    choice("status", N_("Status"), ACTIVITY_STATUSES),
    text("status_name", N_("Status at source"), words={"answered": N_("answered"), "missed": N_("missed")}),
    Field("start", Type.WHEN, N_("Start")),
    Field("finish", Type.WHEN, N_("Finish")),
    moment("finished_at", N_("Finished")),
    ref("responsible", N_("Responsible"), "user"),
    refs("participants", N_("Participants"), "user"),
    text("place", N_("Place")),
    text("description", N_("Description")),
    Field("description_html", Type.HTML, N_("Description (HTML)")),
    text("result", N_("Result")),
    flag("is_template", N_("Template")),
    IS_DELETED,
    TAGS,
    FILES,
    LINKS,
    *HISTORY,
)

NOTE = entity(
    "note",
    N_("Notes"),
    "text",
    ref("parent", N_("Belongs to"), None),
    ref("author", N_("Author"), "user"),
    moment("created_at", N_("Created")),
    text("subject", N_("Subject")),
    text("text", N_("Text")),
    Field("html", Type.HTML, N_("Text (HTML)")),
    text("kind", N_("Kind"), words=NOTE_KINDS),
    ref("reply_to", N_("Answer to"), "note"),
    Field("completed_percent", Type.NUMBER, N_("Completed, %")),
    flag("is_hidden", N_("Hidden")),
    IS_DELETED,
    FILES,
    moment("modified_at", N_("Modified")),
)

TIME_ENTRY = entity(
    "time_entry",
    N_("Time entries"),
    "text",
    ref("parent", N_("Belongs to"), None),
    ref("person", N_("Person"), "user"),
    Field("date", Type.DATE, N_("Date"), required=True),
    Field("minutes", Type.MINUTES, N_("Minutes"), required=True),
    text("text", N_("Text")),
    moment("created_at", N_("Created")),
)

# One changed field, or one event that a source tells of without naming fields. `part` is what was changed where that is not the
# record itself, such as a row of a deal. Values are texts in the words of the source; what was a link is a link as well, for ids
# and for titles that the history itself does not tell.
CHANGE = entity(
    "change",
    N_("Changes"),
    "text",
    ref("parent", N_("Belongs to"), None),
    ref("part", N_("Changed part"), None),
    ref("author", N_("Author"), "user"),
    moment("created_at", N_("Created")),
    text("kind", N_("Kind"), words=CHANGE_KINDS),
    text("field", N_("Field")),
    text("label", N_("Title of the field")),
    text("old_value", N_("Before")),
    text("new_value", N_("After")),
    ref("old_link", N_("Link before"), None),
    ref("new_link", N_("Link after"), None),
    text("text", N_("Text")),
)

FILE = entity(
    "file",
    N_("Files"),
    "name",
    text("name", N_("File"), required=True),
    Field("size", Type.INTEGER, N_("Size, bytes")),
    text("media_type", N_("Media type")),
    text("sha256", N_("SHA-256")),
    text("held_path", N_("File here")),
    refs("attached_to", N_("Attached to"), None),
    Field("url", Type.URL, N_("Address")),
    moment("created_at", N_("Created")),
    ref("created_by", N_("Created by"), "user"),
)

TAG = entity(
    "tag",
    N_("Tags"),
    "name",
    text("name", N_("Tag"), required=True),
    text("color", N_("Color")),
    text("used_for", N_("Used for"), words=TAG_USES),
)

LINK = entity(
    "link",
    N_("Links"),
    "title",
    ref("origin", N_("From"), None, required=True),
    ref("target", N_("To"), None),
    text("kind", N_("Kind"), words=LINK_KINDS),
    text("title", N_("Title")),
    Field("url", Type.URL, N_("Address")),
)
