"""What a Megaplan account may hold and a pull does not bring: named, so that nobody believes it is in the archive.

Sources: Megaplan reference, §4.6, §7, §8.7, §9, §20.16, §20.19, §20.20.
"""

from crmexport.source import NotGiven
from crmexport.text import N_

_OF_BOTH = (
    NotGiven(
        N_("Absences as such: holidays, sick leave, truancy"),
        N_(
            "There is no list of them. What is met in people's cards (next holiday, state of today) and as events of a "
            "category named so is exported as absences. Past sick leave and truancy kept elsewhere: save the reports of the "
            "staff section as files."
        ),
    ),
    NotGiven(
        N_("Records that this user may not see"),
        N_(
            "The interface leaves them out without a word. Pull with the sign-in of a director or administrator."
        ),
    ),
    NotGiven(
        N_(
            "Access rights, reports, dashboards, forms for sites, mailings, automations, personal filters of other people"
        ),
        N_(
            "They are settings of Megaplan, of no use elsewhere. Save reports as files, and the texts of mailings that you want to send again."
        ),
    ),
    NotGiven(
        N_("Printed forms of invoices and other documents (PDF)"),
        N_(
            "What stands in them is exported, and of an invoice the address of its form, if it has one, which leads there as long as the "
            "account is open. Save the forms that you need as files."
        ),
    ),
    NotGiven(
        N_("Discussions and chats among colleagues"),
        N_(
            "They are what colleagues say to each other: those of the one who is signed in, and of the people below, could be had, and are "
            "left alone. Save what you need as files."
        ),
    ),
    NotGiven(
        N_("Notifications, favourites, statistics"),
        N_("Left out on purpose: they belong to the user who pulls, or are counted anew from the records."),
    ),
    NotGiven(
        N_("The recycle bin"),
        N_(
            "Deleted records are told by nothing but links that lead nowhere. Restore what you need before the pull."
        ),
    ),
)
NOT_GIVEN = (
    *_OF_BOTH,
    NotGiven(
        N_(
            "Who is whose chief or coordinator, who subscribed to a record, and the feed of interactions with a client"
        ),
        N_(
            "The interface names them without saying what they are. Departments with their heads, watchers and participants, calls, mail "
            "and comments are exported."
        ),
    ),
    NotGiven(
        N_("Articles of the knowledge base that nothing leads to"),
        N_(
            "Where the account gives neither the tree of the knowledge base nor the articles of a section, articles are found by the "
            "links in sections and in each other. If the report says so, link lonely articles from a section before the pull."
        ),
    ),
    NotGiven(
        N_(
            "Of spaces: who made and changed what and when, charts, automations, rows that no view of a table shows"
        ),
        N_(
            "The interface does not tell these. A table is read through its views: where each of them has a filter, the report names the table. "
            "Tables that show tasks, deals or clients are not read, for those are exported as such."
        ),
    ),
    NotGiven(
        N_("Recordings of calls that lie with the provider of the telephony"),
        N_(
            "They are outside of the account: the call names their address, and whoever has an account with the provider gets them "
            "there."
        ),
    ),
    NotGiven(
        N_("Financial operations that belong to nothing"),
        N_(
            "There is no list of operations. Those of deals, invoices, tasks and clients are exported, and whatever an empty "
            "search shows. Compare their number with the finance section."
        ),
    ),
    NotGiven(
        N_(
            "History of events, products, documents and warehouses, and of records that nobody touched after they were made"
        ),
        N_(
            "Asking for each of them would double the pull, and nothing shows that there is any. Removed links are in no "
            "history at all."
        ),
    ),
)
NOT_GIVEN_BY_V1 = (
    *_OF_BOTH,
    NotGiven(
        N_("The history of each task, project, client and deal, where it is not asked for"),
        N_(
            "The older interface has one list of all changes, which may show those of current tasks and projects only. With "
            "--set history=true every record is asked for its own: as many requests again."
        ),
    ),
    NotGiven(
        N_("Chats with people who have no card yet"),
        N_(
            "What was written to clients through messengers stands in the comments of their cards, and that of others nowhere: make cards "
            "of those you need before the pull."
        ),
    ),
    NotGiven(
        N_("Photos, files of negotiations"),
        N_(
            "With the older interface, files come from where records and comments list them or their texts show them, and from "
            "nowhere else."
        ),
    ),
    NotGiven(
        N_(
            "Documents, the knowledge base, spaces, calls, warehouses, discussions, comments of events, products and people"
        ),
        N_("The older interface has no way to them. Where the account has the newer one, pull with that."),
    ),
)
