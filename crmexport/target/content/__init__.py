"""vCard and iCalendar: both are lines of a name, parameters and a value, folded and escaped in the same way.

In: the rows of a table whose headings are properties. Out: a card, an event or a to-do for each row. What a property cannot
hold is told in the card's note or the event's description, and counted: nothing is dropped in silence.
"""
