"""The cards of the older API, made of those of the newer one (Megaplan reference, §18), and what lists show of them."""

from collections.abc import Callable
from typing import Any

from crmexport_megaplan.sandbox.account import InventedAccount
from crmexport_megaplan.sandbox.customs import SCOPE_FIELDS
from crmexport_megaplan.sandbox.dictionaries import WHOLE
from crmexport_megaplan.sandbox.v1.telling import Telling, empty, number
from crmexport_megaplan.sandbox.values import Body, seconds_of

ISSUE_CARD = frozenset(
    {
        *("Statement", "Executors", "Auditors", "Customer", "SubTasks", "Attaches", "Start", "Finish"),
        *("PlannedFinish", "PlannedWork", "ActualWork", "ActualWorkWithSubTasks", "Completed"),
        *(field.name for scope in ("task", "project") for field in SCOPE_FIELDS[scope]),
    }
)
DEAL_EXTRA = frozenset({"Contact", "Payer", "Attaches"})  # of every scheme, yet shown only when named
EMPLOYEE_LIST = frozenset({"Id", "Name", "Position", "Department", "LastOnline"})
INVOICE_LIST = frozenset({"Id", "Number", "Name"})
ALWAYS = frozenset({"Id", "Name"})


class Bodies:
    """Makes cards. Kinds are named by the contentType of the newer API."""

    def __init__(self, account: InventedAccount, telling: Telling) -> None:
        self._account = account
        self.tell = telling
        self._makers: dict[str, Callable[[int, Body], Body]] = {
            "Task": self._task,
            "Project": self._project,
            "ContractorCompany": self._client,
            "ContractorHuman": self._client,
            "Payer": self._payer,
            "Deal": self._deal,
            "Program": self._program,
            "Invoice": self._invoice,
            "Employee": self._employee,
            "Department": self._department,
            "Todo": self._event,
            "Comment": self._comment,
        }

    def card(self, kind: str, index: int) -> Body:
        """The whole card of a record."""
        return self._makers[kind](index, self._account.body(kind, index))

    def _customs(self, body: Body) -> Body:
        return {name: self.tell.value(value) for name, value in body.items() if "CustomField" in name}

    def _issue(self, kind: str, index: int, body: Body) -> Body:
        tell = self.tell
        deadline = body["deadline"] or {}
        return {
            "Id": number(body["id"]),
            "Name": body["name"],
            "Status": body["status"],
            "Deadline": tell.time(deadline),
            "DeadlineType": "soft" if tell.time(deadline) else "",
            "Owner": tell.named(body["owner"]),
            "Responsible": tell.named(body["responsible"]),
            "Favorite": 0,
            "TimeCreated": tell.time(body["timeCreated"]),
            "TimeUpdated": tell.time(body["activity"]),
            "Activity": tell.time(body["activity"]),
            "Folders": ["all"],
            "Tags": tell.all_named(body["tags"]),
            "IsOverdue": body["status"] == "overdue",
            "CommentsUnread": 0,
            "Statement": body["statement"],
            "Executors": tell.all_named(body["executors"]),
            "Auditors": tell.all_named(body["auditors"]),
            "Customer": tell.named(body["contractor"]),
            "Attaches": tell.files(kind, index),
            "Start": tell.time(body["actualStart"]),
            "Finish": tell.time(body["actualFinish"]),
            "PlannedFinish": "",
            "PlannedWork": tell.minutes(body["plannedWork"]),
            "ActualWork": tell.minutes(body["actualWork"]),
            "ActualWorkWithSubTasks": tell.minutes(body["workedOffTimeTotal"]),
            "Completed": body["completed"],
            **self._customs(body),
        }

    def _task(self, index: int, body: Body) -> Body:
        parent, tell = body["parent"], self.tell
        tasks = self._account.kinds["Task"]
        has_child = body["subTasksCount"] and index + 1 < tasks.count
        child = [{"contentType": "Task", "id": tasks.id(index + 1)}] if has_child else []
        return {
            **self._issue("Task", index, body),
            "Severity": {"Id": 2, "Name": "Высокая"} if body["isUrgent"] else "",
            "SuperTask": tell.named(parent) if parent and parent["contentType"] == "Task" else "",
            "Project": tell.named(body["project"]),
            "SubTasks": tell.all_named(child),
        }

    def _project(self, index: int, body: Body) -> Body:
        return {**self._issue("Project", index, body), "SuperProject": self.tell.named(body["parent"])}

    def _client(self, index: int, body: Body) -> Body:
        tell, human = self.tell, body["contentType"] == "ContractorHuman"
        contacts = body.get("contactInfo") or []
        mails = [one["value"] for one in contacts if one.get("type") == "email"]
        return {
            "Id": number(body["id"]),
            "Name": body["name"],
            "PersonType": "human" if human else "company",
            "CompanyName": "" if human else body["name"],
            "FirstName": body.get("firstName", ""),
            "LastName": body.get("lastName", ""),
            "MiddleName": body.get("middleName", ""),
            "Birthday": tell.day(body.get("birthday")),
            "Description": body.get("description", ""),
            "Email": mails[0] if mails else "",
            "Phones": [_full_phone(one) for one in contacts if one.get("type") == "phone"],
            "ContactInfo": [_contact(one) for one in contacts if one.get("type") == "email"],
            "Site": "",
            "Skype": "",
            "GUID": "",
            "Locations": [_location(one) for one in contacts if one["contentType"] == "Address"],
            "ChildContacts": tell.all_named(body.get("contacts")),
            "ParentCompany": tell.named(body.get("company")),
            "Payers": tell.all_named(body.get("payers")),
            "Attaches": tell.files(body["contentType"], index),
            "Responsibles": tell.all_named(body["responsibles"]),
            "ResponsibleContractors": [],
            "Status": tell.named(body["status"]),
            "Type": tell.named(body["type"]),
            "PreferTransport": body.get("preferTransport", ""),
            "PromisingRate": empty(body.get("promisingRate")),
            "IsDropped": int(body["isDropped"]),
            "TimeCreated": tell.time(body["timeCreated"]),
            "TimeUpdated": tell.time(body["timeUpdated"]),
            **self._customs(body),
        }

    def _payer(self, index: int, body: Body) -> Body:
        names = (
            "type",
            "inn",
            "kpp",
            "ogrn",
            "bank",
            "bik",
            "correspondentAccount",
            "currentAccount",
            "address",
        )
        return {
            "Id": number(body["id"]),
            "Name": body["name"],
            **{name[0].upper() + name[1:]: body[name] for name in names},
            "Contractor": self.tell.named(body["contractor"]),
            "IsDropped": int(body["isDropped"]),
            **self._customs(body),
        }

    def _deal(self, index: int, body: Body) -> Body:
        tell = self.tell
        return {
            "Id": number(body["id"]),
            "GUID": "",
            "Name": body["name"],
            "Description": body["description"],
            "Contractor": tell.named(body["contractor"]),
            "Contact": tell.named(body["contact"]),
            "Payer": tell.named(body["payer"]),
            "TimeCreated": tell.time(body["timeCreated"]),
            "TimeUpdated": tell.time(body["timeUpdated"]),
            "Owner": tell.named(body["userCreated"]),
            "Manager": tell.named(body["manager"]),
            "Auditors": tell.all_named(body["auditors"]),
            "IsDraft": False,
            "IsPaid": body["isPaid"],
            "Program": tell.named(body["program"]),
            "Status": tell.named(body["state"]),
            "FinalPrice": tell.money(body["price"]),
            "Positions": [self._position(one) for one in body["positions"]],
            "Attaches": tell.files("Deal", index),
            **self._customs(body),
        }

    def _position(self, row: Body) -> Body:
        return {
            "Id": number(row["id"]),
            "Name": row["name"],
            "Count": row["quantity"],
            "DeclaredPrice": self.tell.money(row["price"]),
            "DiscountType": row["discount"]["type"],
            "DiscountValue": row["discount"]["valueInMain"],
            "Cost": self.tell.money(row["sum"]),
        }

    def _program(self, index: int, body: Body) -> Body:
        return {"Id": number(body["id"]), "Name": body["name"]}

    def _invoice(self, index: int, body: Body) -> Body:
        tell = self.tell
        return {
            "Id": number(body["id"]),
            "Number": body["number"],
            "Name": body["name"],
            "Date": tell.day(body["invoiceDate"]),
            "Status": body["status"],
            "Deal": tell.named(body["deal"]),
            "Payer": tell.named(body["payer"]),
            "Sum": tell.money(body["sum"]),
            "Positions": [{"Name": row["name"], "Count": row["quantity"]} for row in body["rows"]],
            "TimeCreated": tell.time(body["timeCreated"]),
        }

    def _employee(self, index: int, body: Body) -> Body:
        tell, contacts = self.tell, body["contactInfo"]
        return {
            "Id": number(body["id"]),
            "Name": body["name"],
            "FirstName": body["firstName"],
            "LastName": body["lastName"],
            "MiddleName": body["middleName"],
            "Gender": body["gender"],
            "Position": {"Id": 10 + index % 5, "Name": body["position"]},
            "Department": tell.named(body["department"]),
            "Birthday": tell.day(body["birthday"]),
            "Phones": [_phone(one) for one in contacts if one["type"] == "phone"],
            "Email": contacts[0]["value"],
            "Behaviour": "",
            "Inn": body["inn"],
            "Status": tell.named(body["status"]),
            "AppearanceDay": tell.day(body["appearanceDay"]),
            "FireDay": tell.day(body["fireDay"]),
            "TimeCreated": tell.time(body["timeCreated"]),
            "TimeUpdated": tell.time(body["timeCreated"]),
            "Avatar": "",
            "Photo": "",
            "Login": body["login"],
            "LastOnline": tell.time(body["lastOnline"]),
            "IsOnline": False,
            "User": {"Id": body["uid"]},
            **self._customs(body),
        }

    def _department(self, index: int, body: Body) -> Body:
        people = [one["employee"] for one in body["vacancies"]]
        heads = [one["employee"] for one in body["vacancies"] if one["isHead"]]
        return {
            "Id": number(body["id"]),
            "Name": body["name"],
            "Head": self.tell.named(heads[0] if heads else None),
            "Employees": self.tell.all_named(people),
            "EmployeesCount": len(people),
        }

    def _event(self, index: int, body: Body) -> Body:
        tell, when = self.tell, body["when"] or {}
        start, finish = when.get("from"), when.get("to")
        span = (seconds_of(finish) - seconds_of(start)) // 60 if start and finish else ""
        related = [one for one in body["relations"] if one["contentType"].startswith("Contractor")]
        return {
            "Id": number(body["id"]),
            "Name": body["name"],
            "Description": body["description"],
            "TimeCreated": tell.time(body["timeCreated"]),
            "TimeUpdated": tell.time(body["timeCreated"]),
            "StartTime": tell.time(start),
            "Duration": span,
            "IsPersonal": 0,
            "EventCategory": tell.name(body["category"]),
            "Participants": tell.all_named([one["subject"] for one in body["participants"]]),
            "Contractors": tell.all_named(related),
            "Reminders": [],
            "HasTodo": 1,
            "TodoListId": 1 + index % 2,
            "Owner": self._user(body["userCreated"]),
            "IsFinished": body["status"]["id"] != "1",
            "IsOverdue": body["isOverdue"],
            "Place": tell.name(body["place"]),
        }

    def _user(self, link: Body | None) -> Any:
        """The number of somebody as a user of the account, which is another than that of the employee."""
        people = self._account.kinds["Employee"]
        index = people.index(link["id"]) if link else None
        return "" if index is None else people.body(index)["uid"]

    def _comment(self, index: int, body: Body) -> Body:
        tell = self.tell
        return {
            "Id": number(body["id"]),
            "Text": body["content"],
            "Work": empty(tell.minutes(body["workTime"])),
            "WorkDate": tell.time(body["workDate"])[:10],
            "TimeCreated": tell.time(body["timeCreated"]),
            "Author": tell.named(body["owner"]),
            "Avatar": "",
            "Attaches": tell.files("Comment", index),
            "IsUnread": False,
            "IsFavorite": False,
        }


def _phone(one: Body) -> Body:
    return {
        "Phone": one["value"],
        "PhoneType": "mobile" if one["isMain"] else "",
        "PhoneComment": one["comment"],
    }


def _full_phone(one: Body) -> str:
    """A client's telephone with its kind and its remark, as FormatSettings[phone]=full shows it."""
    remark = f"\t{one['comment']}" if one["comment"] else ""
    return f"ph_{'m' if one['isMain'] else 'w'}-{one['value']}{remark}"


def bare_phone(phone: str) -> str:
    """The same where nothing of that kind is asked for."""
    return phone.partition("-")[2].partition("\t")[0]


def _contact(one: Body) -> Body:
    return {"Type": one["type"], "Value": one["value"], "IsMain": one["isMain"]}


def _location(one: Body) -> Body:
    city = WHOLE["City", one["city"]["id"]]
    return {"Address": one["value"], "City": city["name"], "Type": one["type"]["id"]}


def shown(body: Body, names: Any) -> Body:
    """Only these fields of a card, and its id and name."""
    return {name: value for name, value in body.items() if name in names or name in ALWAYS}
