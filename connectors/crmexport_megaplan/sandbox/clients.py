"""Contractors, companies and humans in one family of ids, and their payers (Megaplan reference, §8.1)."""

from crmexport.sandbox import nasty, words
from crmexport.sandbox.company import Person, account, firm, inn, person, phone, sentence
from crmexport_megaplan.sandbox.customs import SCOPE_FIELDS, Custom, values
from crmexport_megaplan.sandbox.dictionaries import tags
from crmexport_megaplan.sandbox.kinds import Kind, deleted
from crmexport_megaplan.sandbox.people import Employees, contact
from crmexport_megaplan.sandbox.values import DAY, NOW, Body, birthday, day, link, moment, money
from crmexport_megaplan.sandbox.world import OF_LOGO

FAMILY = 12  # of twelve contractors in a row the first seven are companies, the last five humans
COMPANIES = 7
HUMANS = 5
FIRST = 1_000_501


class Contractors(Kind):
    """What companies and humans share."""

    listed = frozenset(
        {"name", "type", "status", "responsibles", "responsiblesCount", "isDropped", "humanNumber"}
    )
    sortable = frozenset({"timeUpdated", "name"})
    unseen = frozenset(
        {
            "countDeals",
            "sumDeals",
            "mergeInProgress",
            "contacts",
            "position",
            "photo",
            "allFiles",
            "deals",
        }
    )

    def member(self, index: int) -> int:
        """The place in the family of all contractors."""
        raise NotImplementedError

    def id(self, index: int) -> str:
        """Companies and humans share one row of ids."""
        return str(FIRST + self.member(index))

    def created(self, index: int) -> int:
        """Rising along the family."""
        return self.world.created("ContractorCompany", self.member(index) * 7 // FAMILY)

    def is_dropped(self, index: int) -> bool:
        """Whether it lies in the bin: such a one is named by a deal (see deals.Deals.contractor)."""
        return index % 41 == 7 and self.content_type == "ContractorCompany"

    def _passed(self, index: int) -> int:
        """How long after it was made it was changed last; every fourth never was."""
        drawn = self.world.draws(self.content_type, index)[13]
        return drawn if drawn & 3 else 0

    def is_touched(self, index: int) -> bool:
        """Whether its own times show that anything happened to it after it was made."""
        return bool(self._passed(index))

    def shared(self, index: int, drawn: tuple[int, ...]) -> Body:
        """The fields that both have, cut short where the reader's rights end."""
        created = self.created(index)
        kind = self.content_type
        staff = self.world.counts["Employee"]
        responsible = [link("Employee", str(Employees.first_id + index % staff))]
        if drawn[9] % 5 == 0:
            responsible.append(link("Employee", str(Employees.first_id + drawn[10] % staff)))
        body = {
            "contentType": kind,
            "id": self.id(index),
            "humanNumber": self.member(index) + 1,
            "type": link("ContractorType", str(1 + drawn[11] % 3)),
            "status": link("ContractorStatus", str(1 + drawn[12] % 3)) if drawn[12] % 5 else None,
            "responsibles": responsible,
            "responsiblesCount": len(responsible),
            "isDropped": self.is_dropped(index),
            "isPublic": False,
            "canSeeFull": self.world.sees_all(index),
            "timeCreated": moment(created),
            "timeUpdated": moment(min(NOW, created + self._passed(index) * 500)),
            "commentsCount": len(self.world.comments_of(kind, index)),
            "hiddenCommentsCount": 0,
        }
        if body["canSeeFull"]:
            body |= self.visible(index, drawn)
        return body

    def visible(self, index: int, drawn: tuple[int, ...]) -> Body:
        """What only those see who may see the whole card."""
        kind = self.content_type
        special = nasty.text(index)
        text = sentence(drawn) if special is None else special
        contacts = self.contacts(index, drawn)
        comments = self.world.comments_of(kind, index)
        return {
            "contactInfo": contacts,
            "contactInfoCount": len(contacts),
            "description": f"<p>{text}</p>" if drawn[14] % 3 else "",
            "textDescription": text if drawn[14] % 3 else "",
            "preferTransport": "",
            "advertisingWay": None,
            "activityType": None,
            "promisingRate": drawn[15] % 6,
            **self._business(index, drawn),
            "possibleActions": ["act_read", "act_edit"],
            "isFavorite": index % 50 == 0,
            "unreadCommentsCount": 0,
            "relationLinks": [],
            "relationLinksCount": 0,
            "financeOperations": [],
            "financeOperationsCount": 0,
            "userCreated": self.world.pick("Employee", index, Employees.first_id),
            "lastComment": link("Comment", str(self.world.first_ids["Comment"] + comments[-1]))
            if comments
            else None,
            "avatar": self.world.orphan(OF_LOGO)
            if index == 0 and self.content_type == "ContractorCompany"
            else None,
            **tags(drawn[16]),
            **self.counted("payers", "Payer", self.world.payers.of(kind, index)),
            **self.counted("attaches", "File", self.world.files.of(kind, index)),
            "comments": [
                link("Comment", str(self.world.first_ids["Comment"] + one)) for one in comments[-2:]
            ],
            **self.counted("todos", "Todo", self.world.todo_indices(kind, index)),
            **values(self.customs(index), index, drawn),
        }

    def _business(self, index: int, drawn: tuple[int, ...]) -> Body:
        """Whom it works with and what it owes; every thirtieth has a partner."""
        companies = self.world.kinds["ContractorCompany"]
        partners = [link("ContractorCompany", companies.id(0))] if index % 30 == 3 else []
        return {
            "partners": partners,
            "partnersCount": len(partners),
            "competitors": [],
            "competitorsCount": 0,
            "balance": money(drawn[15]),
            "lastDealDate": day(self.created(index)) if drawn[15] & 1 else None,
            "lastCommunicationDate": moment(self.created(index)) if drawn[15] & 2 else None,
            "nextCommunicationDate": moment(NOW + DAY) if drawn[15] % 9 == 0 else None,
            "userUpdated": self.world.pick("Employee", drawn[10], Employees.first_id),
        }

    def contacts(self, index: int, drawn: tuple[int, ...]) -> list[Body]:
        """Telephones, e-mail addresses and postal addresses, mixed."""
        number = self.member(index)
        found = [contact("phone", phone(number), "офис; добавочный 12", True)]
        if drawn[17] % 3 == 0:
            found += [
                contact("phone", f"8 (000) {number:07d}", "", False),
                contact("telegram", f"@u{number}", "", False),
            ]
        if drawn[17] % 4:
            found.append(contact("email", f"c{number}@example.test", "", True))
        if drawn[17] % 5 == 0:
            found.append(self._address(drawn))
        return found

    def _address(self, drawn: tuple[int, ...]) -> Body:
        place = drawn[18] % len(words.CITIES)
        street = words.STREETS[drawn[19] % len(words.STREETS)]
        house = str(drawn[20] % 200 + 1)
        return {
            "contentType": "Address",
            "type": link("AddressType", "legal" if drawn[20] & 1 else "actual"),
            "value": f"г. {words.CITIES[place]}, ул. {street}, {house}",
            "city": link("City", str(place + 1)),
            "street": street,
            "house": house,
            "metro": link("Metro", "1") if drawn[20] & 4 else None,
            "isMain": bool(drawn[20] & 2),
        }


class Companies(Contractors):
    """ContractorCompany."""

    content_type = "ContractorCompany"
    stream = "contractorCompany"
    first_id = FIRST

    def member(self, index: int) -> int:
        """Seven of twelve."""
        return index // COMPANIES * FAMILY + index % COMPANIES

    def index(self, id: str) -> int | None:
        """Which company has this id."""
        return _index(self, id, 0, COMPANIES)

    def customs(self, index: int) -> tuple[Custom, ...]:
        """One set for all companies."""
        return SCOPE_FIELDS["contractorCompany"]

    def shortened(self, index: int) -> Body:
        """Its name."""
        return self.named(index, firm(index, self.world.draws("ContractorCompany", index)))

    def body(self, index: int) -> Body:
        """The whole card."""
        drawn = self.world.draws("ContractorCompany", index)
        body = self.shared(index, drawn)
        body["name"] = firm(index, drawn)
        if "contactInfo" in body:
            body["birthday"] = None
            body["contacts"] = [link("ContractorHuman", human) for human in self._people(index)]
            body["contactsCount"] = len(body["contacts"])
        return body

    def _people(self, index: int) -> list[str]:
        if index >= self.world.counts["ContractorHuman"] or index % 4 == 3:
            return [deleted("ContractorHuman")["id"]] if index == 3 else []
        return [str(FIRST + human_member(index))]


class Humans(Contractors):
    """ContractorHuman."""

    content_type = "ContractorHuman"
    stream = "contractorHuman"
    first_id = FIRST

    def member(self, index: int) -> int:
        """Five of twelve."""
        return human_member(index)

    def index(self, id: str) -> int | None:
        """Which human has this id."""
        return _index(self, id, COMPANIES, HUMANS)

    def customs(self, index: int) -> tuple[Custom, ...]:
        """One set for all humans."""
        return SCOPE_FIELDS["contractorHuman"]

    def shortened(self, index: int) -> Body:
        """Its name."""
        return self.named(index, _human_name(index, person(self.world.draws("ContractorHuman", index))))

    def body(self, index: int) -> Body:
        """The whole card."""
        drawn = self.world.draws("ContractorHuman", index)
        who = person(drawn)
        body = self.shared(index, drawn)
        special = nasty.name(index)
        body |= {
            "name": _human_name(index, who),
            "firstName": who.first if special is None else special,
            "middleName": who.middle if index % 3 else "",
            "lastName": who.last,
            "gender": who.gender,
            "company": self._company(index),
        }
        if "contactInfo" in body:
            year = None if index % 4 == 1 else 1899 if index % 89 == 2 else 1950 + drawn[6] % 50
            body |= {
                "position": words.POSITIONS[drawn[5] % len(words.POSITIONS)],
                "birthday": birthday(year, 1 + drawn[7] % 12, 1 + drawn[8] % 28) if index % 3 else None,
                "uid": None,
                "canLogin": False,
                "loginEmail": "",
                "isGuestAccessEnabled": False,
            }
        return body

    def _company(self, index: int) -> Body | None:
        if index % 4 == 3:
            return deleted("ContractorCompany") if index == 3 else None
        return link("ContractorCompany", str(FIRST + index // COMPANIES * FAMILY + index % COMPANIES))


class Payers(Kind):
    """Payer: the requisites of contractors live here."""

    content_type = "Payer"
    stream = "payer"
    first_id = 77
    listed = frozenset({"name", "type", "contractor"})
    in_short = ("name", "type")
    unseen = frozenset(  # only natural persons have them, and those may stand far down the list
        {"firstName", "middleName", "lastName", *(one.name for one in SCOPE_FIELDS["payer/ru/Natural"])}
    )

    def customs(self, index: int) -> tuple[Custom, ...]:
        """One set for each form."""
        natural = self.world.payers.owner(index)[0] == "ContractorHuman"
        return SCOPE_FIELDS["payer/ru/Natural" if natural else "payer/ru/Legal"]

    def shortened(self, index: int) -> Body:
        """Its name and type."""
        drawn = self.world.draws("Payer", index)
        natural = self.world.payers.owner(index)[0] == "ContractorHuman"
        name = person(drawn).full if natural else firm(index, drawn)
        return self.named(index, name, type="Natural" if natural else "Legal")

    def body(self, index: int) -> Body:
        """The whole card."""
        drawn = self.world.draws("Payer", index)
        kind, owner = self.world.payers.owner(index)
        natural = kind == "ContractorHuman"
        who = person(drawn)
        body = {
            "contentType": "Payer",
            "id": self.id(index),
            "name": who.full if natural else firm(index, drawn),
            "type": "Natural" if natural else "Legal",
            "country": link("Country", "ru"),
            "inn": inn(index, natural),
            "kpp": "" if natural else f"00{index % 10**7:07d}",
            "ogrn": "" if natural else f"1{index * 31 % 10**12:012d}",
            "bank": words.BANKS[drawn[9] % len(words.BANKS)],
            "bik": f"04{index % 10**7:07d}",
            "correspondentAccount": account(index + 1),
            "currentAccount": account(index),
            "address": f"{words.CITIES[drawn[10] % len(words.CITIES)]}, а/я {drawn[11]}",
            "legalAddress": "",
            "okpo": f"{index % 10**8:08d}" if drawn[12] & 1 else "",
            "edrpou": "",
            "mfo": "",
            "unp": "",
            "isDropped": index % 53 == 9,
            "contractor": link(kind, self.world.kinds[kind].id(owner)),
            "userCreated": self.world.pick("Employee", index, Employees.first_id),
            "timeCreated": moment(self.created(index)),
            "timeUpdated": moment(self.created(index)),
            **values(self.customs(index), index, drawn),
        }
        return body | ({"firstName": who.first, "middleName": "", "lastName": who.last} if natural else {})


def _human_name(index: int, who: Person) -> str:
    special = nasty.name(index)
    return f"{who.last} {who.first}" if special is None else special


def human_member(index: int) -> int:
    """The place of human `index` in the family of contractors."""
    return index // HUMANS * FAMILY + COMPANIES + index % HUMANS


def _index(kind: Contractors, id: str, first: int, width: int) -> int | None:
    if not (id.isascii() and id.isdigit()) or int(id) < FIRST:
        return None
    rounds, place = divmod(int(id) - FIRST, FAMILY)
    found = rounds * width + place - first
    return found if first <= place < first + width and found < kind.count else None
