"""The contract between a connector and the engine.

In: nothing but values (requests, responses). Out: what to ask next and what an answer teaches. A connector never opens
a socket or a file; the engine asks, waits, retries and stores for all of them alike.
"""

from crmexport.source.account import Account, Credentials, Grant, SignIn
from crmexport.source.contract import FILES, About, Connector, Limits, NotGiven, ReadRule, Stream
from crmexport.source.exchange import Key, Request, Response, Verdict
from crmexport.source.reading import Announced, FileRef, Gap, GapKind, Reading, Row, SubList
from crmexport.source.registry import connector_class, connector_names
from crmexport.source.standing import Standing

__all__ = [
    "FILES",
    "About",
    "Account",
    "Announced",
    "Connector",
    "Credentials",
    "FileRef",
    "Gap",
    "GapKind",
    "Grant",
    "Key",
    "Limits",
    "NotGiven",
    "ReadRule",
    "Reading",
    "Request",
    "Response",
    "Row",
    "SignIn",
    "Standing",
    "Stream",
    "SubList",
    "Verdict",
    "connector_class",
    "connector_names",
]
