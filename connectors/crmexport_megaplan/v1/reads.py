"""What may be asked through the older API without changing anything: it changes things by GET as well, so every route is named."""

import re

from crmexport.source import ReadRule
from crmexport_megaplan.reads import FILE_PATH
from crmexport_megaplan.v1 import lists
from crmexport_megaplan.v1.files import DOWNLOAD, PLAIN
from crmexport_megaplan.v1.kinds import CARDS
from crmexport_megaplan.v1.query import address
from crmexport_megaplan.v1.reader import CLOCK, WHO
from crmexport_megaplan.v1.sign_in import AUTHORIZE, ONE_TIME_KEY

ROUTES = frozenset(
    {
        *(spec.route for spec in lists.LISTS.values()),
        *(route for route, _key in CARDS.values()),
        *lists.FIELDS.values(),
        lists.DEAL_FIELDS,
        lists.COMMENTS,
        lists.HISTORY,
        CLOCK,
        WHO,
        DOWNLOAD,
    }
)
_ROUTE = re.compile("|".join(re.escape(address(route)) for route in sorted(ROUTES)))

READS = (
    ReadRule("GET", _ROUTE),
    ReadRule("POST", _ROUTE),
    ReadRule("GET", FILE_PATH),
    ReadRule("GET", re.compile(re.escape(PLAIN))),
    *(ReadRule("POST", re.compile(re.escape(address(route)))) for route in (ONE_TIME_KEY, AUTHORIZE)),
)
