"""Our own vocabulary: what a company, a deal, a task is, whatever the source called it.

In: nothing. Out: the kinds of entities with their fields, and the small value types they are made of. It knows no source
and no target.
"""

from crmexport.model.values import Money, Moment, Ref

__all__ = ["Money", "Moment", "Ref"]
