"""Companies, the people in them, and the legal details they pay under."""

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
    money,
    ref,
    refs,
    text,
)
from crmexport.text import N_

GENDERS = {"male": N_("male"), "female": N_("female")}

REACHED_BY = (
    Field("phones", Type.PHONES, N_("Phones")),
    Field("emails", Type.EMAILS, N_("E-mails")),
    Field("messengers", Type.MESSENGERS, N_("Messengers")),
    Field("sites", Type.SITES, N_("Sites")),
    Field("addresses", Type.ADDRESSES, N_("Addresses")),
)

CLIENT = (
    text("number", N_("Number")),
    text("type", N_("Type")),
    text("status", N_("Status")),
    ref("owner", N_("Responsible"), "user"),
    refs("responsibles", N_("All responsible"), "user"),
    *REACHED_BY,
    text("description", N_("Description")),
    Field("description_html", Type.HTML, N_("Description (HTML)")),
)

RELATIONS = (
    text("advertising_channel", N_("Advertising channel")),
    text("industry", N_("Industry")),
    text("preferred_channel", N_("Preferred channel")),
    Field("prospects", Type.NUMBER, N_("Prospects")),
    money("balance", N_("Balance")),
    Field("last_contact_at", Type.WHEN, N_("Last contact")),
    Field("next_contact_at", Type.WHEN, N_("Next contact")),
    Field("last_deal_date", Type.WHEN, N_("Last deal")),
    flag("is_public", N_("Seen by everybody")),
    flag("is_shortened", N_("Shortened by access rights")),
    IS_ARCHIVED,
    IS_DELETED,
    TAGS,
    FILES,
    LINKS,
    *HISTORY,
)

COMPANY = entity(
    "company",
    N_("Companies"),
    "name",
    text("name", N_("Company"), required=True),
    *CLIENT,
    refs("contacts", N_("Contacts"), "contact"),
    refs("requisites", N_("Legal details"), "requisite"),
    text("inn", N_("INN")),
    text("kpp", N_("KPP")),
    text("ogrn", N_("OGRN")),
    Field("founded_on", Type.DATE, N_("Founded")),
    ref("parent", N_("Parent company"), "company"),
    *RELATIONS,
)

CONTACT = entity(
    "contact",
    N_("Contacts"),
    "name",
    text("name", N_("Full name"), required=True),
    text("last_name", N_("Last name")),
    text("first_name", N_("First name")),
    text("middle_name", N_("Middle name")),
    ref("company", N_("Company"), "company"),
    text("position", N_("Position")),
    Field("birthday", Type.DATE, N_("Birthday")),
    choice("gender", N_("Gender"), GENDERS),
    *CLIENT,
    refs("requisites", N_("Legal details"), "requisite"),
    text("inn", N_("INN")),
    *RELATIONS,
)

REQUISITE = entity(
    "requisite",
    N_("Legal details"),
    "name",
    text("name", N_("Legal name"), required=True),
    ref("company", N_("Client"), "company"),
    choice("kind", N_("Kind"), {"legal": N_("legal entity"), "natural": N_("natural person")}),
    text("last_name", N_("Last name")),
    text("first_name", N_("First name")),
    text("middle_name", N_("Middle name")),
    text("country", N_("Country")),
    text("inn", N_("INN")),
    text("kpp", N_("KPP")),
    text("ogrn", N_("OGRN")),
    text("okpo", N_("OKPO")),
    text("edrpou", N_("EDRPOU")),
    text("unp", N_("UNP")),
    text("bank", N_("Bank")),
    text("bik", N_("BIC")),
    text("mfo", N_("MFO")),
    text("account", N_("Account")),
    text("correspondent_account", N_("Correspondent account")),
    text("legal_address", N_("Legal address")),
    text("address", N_("Postal address")),
    text("director", N_("Director")),
    IS_DELETED,
    *HISTORY,
)
