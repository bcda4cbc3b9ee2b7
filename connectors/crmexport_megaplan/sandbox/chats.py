"""Chats with clients, whichever way they write (RAML `/clientChat`, type `ClientChat`; it names what a comment may stand at, too).

The first belong to nobody who has a card: what is said there stands nowhere else. The others are held at deals, whose comments
they show.
"""

from collections.abc import Sequence

from crmexport_megaplan.sandbox.deals import Deals
from crmexport_megaplan.sandbox.values import Body, link
from crmexport_megaplan.sandbox.world import World

OWN = 2
HELD_AT = (0, 2)  # deals, by their places
CHATS = OWN + len(HELD_AT)


def chats(world: World) -> list[Body]:
    """ClientChat."""
    return [
        {
            "contentType": "ClientChat",
            "id": str(7_001 + place),
            "channelType": ("Telegram", "Whatsapp", "MaxMessenger", "Email")[place],
            "channelName": f"Канал; {place}",
            "contractor": None,
            "subject": None if place < OWN else link("Deal", str(Deals.first_id + HELD_AT[place - OWN])),
        }
        for place in range(CHATS)
    ]


def said(world: World, chat: int) -> Sequence[int]:
    """The comments that a chat shows."""
    return (
        world.comments_of("ClientChat", chat)
        if chat < OWN
        else world.comments_of("Deal", HELD_AT[chat - OWN])
    )
