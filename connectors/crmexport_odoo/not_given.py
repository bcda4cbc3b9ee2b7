"""What an Odoo may hold and a pull does not bring, whatever the database: named in every report.

What depends on the database (other models, values of other companies, bytes in tables) is told by its own answers. Sources:
Odoo reference, §1, §2; Odoo 19's code (calendar.event, mail.message, ir.attachment).
"""

from crmexport.source import NotGiven
from crmexport.text import N_

NOT_GIVEN = (
    NotGiven(
        N_("Records and fields that this user may not see"),
        N_(
            "The interface leaves them out without a word. Pull with an administrator who belongs to all companies of the "
            "database: the report then tells of which kinds some are hidden, and how many."
        ),
    ),
    NotGiven(
        N_("To-dos that people keep for themselves (tasks without a project)"),
        N_(
            "Newer versions show them to nobody else, administrators included. Let people put what the company needs into a "
            "project."
        ),
    ),
    NotGiven(
        N_("What private meetings of other people are about"),
        N_(
            "Even an administrator is told that the person is busy, and when. Let people make public what the company needs."
        ),
    ),
    NotGiven(
        N_("Texts in other languages than the one of the pull"),
        N_(
            "Where names of stages, tags or products are translated, one language is fetched: set the option language to the "
            "one you need."
        ),
    ),
    NotGiven(
        N_("Records of apps that this connector does not know, and of models of your own"),
        N_(
            "Accounting, warehouse, personnel, website and others, chat included. The report names those that hold records. "
            "Export them from their lists in Odoo as Excel or CSV files."
        ),
    ),
    NotGiven(
        N_("Access rights, automation, views, reports, dashboards, mail templates"),
        N_("They are settings of Odoo, of no use elsewhere. Save reports as files."),
    ),
    NotGiven(
        N_("Deleted records, and activities that were done before Odoo began to keep them"),
        N_("Odoo keeps neither. What was done stands as a message at its record, and messages are exported."),
    ),
)
