"""The people of the company that leaves: users, their departments and their absences."""

from crmexport.model.clients import GENDERS, REACHED_BY
from crmexport.model.fields import (
    CREATED_AT,
    IS_WORKING,
    MODIFIED_AT,
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
from crmexport.text import N_

USER = entity(
    "user",
    N_("Users"),
    "name",
    text("name", N_("Full name"), required=True),
    text("last_name", N_("Last name")),
    text("first_name", N_("First name")),
    text("middle_name", N_("Middle name")),
    text("position", N_("Position")),
    ref("department", N_("Department"), "department"),
    refs("extra_departments", N_("Other departments"), "department"),
    text("login", N_("Login")),
    *REACHED_BY,
    text("status", N_("Status")),
    IS_WORKING,
    flag("can_login", N_("May sign in")),
    choice("gender", N_("Gender"), GENDERS),
    Field("birthday", Type.DATE, N_("Birthday")),
    Field("hired_on", Type.DATE, N_("Hired")),
    Field("fired_on", Type.DATE, N_("Left")),
    text("inn", N_("INN")),
    text("about", N_("About")),
    text("zone", N_("Time zone")),
    text("language", N_("Language")),
    text("account_id", N_("Account ID")),
    moment("last_seen_at", N_("Last seen")),
    CREATED_AT,
    MODIFIED_AT,
)

DEPARTMENT = entity(
    "department",
    N_("Departments"),
    "name",
    text("name", N_("Department"), required=True),
    ref("parent", N_("Part of"), "department"),
    ref("head", N_("Head"), "user"),
    refs("members", N_("Members"), "user"),
    text("description", N_("Description")),
)

ABSENCE = entity(
    "absence",
    N_("Absences"),
    "kind",
    ref("person", N_("Person"), "user", required=True),
    text("kind", N_("Kind"), words={"vacation": N_("vacation")}),
    Field("start", Type.WHEN, N_("Start")),  # a person's state of today has no beginning
    Field("finish", Type.WHEN, N_("Finish")),
    text("status", N_("Status")),
    text("description", N_("Description")),
    CREATED_AT,
)
