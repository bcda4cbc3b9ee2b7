"""Our own vocabulary: what a company, a deal, a task is, whatever the source called it.

In: nothing. Out: the kinds of entities with their fields, and the small value types they are made of. It knows no source
and no target.
"""

from crmexport.model.clients import COMPANY, CONTACT, REQUISITE
from crmexport.model.fields import LISTS, PARTS, Entity, Field, Type
from crmexport.model.people import ABSENCE, DEPARTMENT, USER
from crmexport.model.records import RECORD
from crmexport.model.sales import DEAL, INVOICE, LINE_ITEM, PAYMENT, PIPELINE, PRODUCT, STAGE
from crmexport.model.values import Moment, Money, Ref, in_zone
from crmexport.model.work import ACTIVITY, CHANGE, FILE, LINK, NOTE, PROJECT, TAG, TASK, TIME_ENTRY

ENTITIES: dict[str, Entity] = {
    one.name: one
    for one in (
        COMPANY,
        CONTACT,
        REQUISITE,
        DEAL,
        LINE_ITEM,
        INVOICE,
        PAYMENT,
        PRODUCT,
        PIPELINE,
        STAGE,
        TASK,
        PROJECT,
        ACTIVITY,
        NOTE,
        TIME_ENTRY,
        CHANGE,
        FILE,
        USER,
        DEPARTMENT,
        ABSENCE,
        TAG,
        LINK,
        RECORD,
    )
}
"""All entities by name, in the order in which a person reads them."""

__all__ = ["ENTITIES", "LISTS", "PARTS", "Entity", "Field", "Moment", "Money", "Ref", "Type", "in_zone"]
