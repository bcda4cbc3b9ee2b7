"""A run's way through the passes of its pull: which is taken up, which comes next, what belongs to its beginning and end."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from itertools import groupby
from operator import attrgetter
from typing import Any

from crmexport.archive import Archive
from crmexport.archive.answers import Answers
from crmexport.archive.equation import unexplained
from crmexport.archive.extent import GONE, HIDDEN, UNDER
from crmexport.archive.frontier import Frontier
from crmexport.archive.given import Family
from crmexport.archive.journal import CONTENT, Journal, Kind, Pass, as_of, by_the_slower
from crmexport.archive.lacked import lacked, note_lacked
from crmexport.archive.repeated import drop_repeated
from crmexport.archive.revision import asked_by, is_behind, note_revision
from crmexport.archive.standings import Standings, note_shown, note_standing, standings
from crmexport.archive.under import not_come_again, spare
from crmexport.archive.unshown import gone
from crmexport.archive.unswept import note_unswept, unswept
from crmexport.archive.wholes import answers_before, note_whole
from crmexport.archive.withheld import withheld
from crmexport.pull import passes
from crmexport.pull.beginning import Beginning
from crmexport.pull.belief import hidden_fields, is_little, unbelievable_under
from crmexport.pull.closing import whole_streams
from crmexport.pull.engine import Engine
from crmexport.pull.greeting import Door, greet
from crmexport.pull.left_over import LeftOver
from crmexport.pull.spreading import sweep
from crmexport.pull.watching import Watch, Watching
from crmexport.source import Connector, Request, Standing
from crmexport.source.standing import called
from crmexport.transport.clock import Clock
from crmexport.transport.coats import Coats


class Journey:
    """The passes of one pull, whose number is `pull`. `believe` deletions however many there are."""

    def __init__(
        self,
        archive: Archive,
        connector: Connector,
        coats: Coats,
        clock: Clock,
        watch: Watch,
        believe: bool = False,
    ) -> None:
        self.journal = Journal(archive.database)
        self._archive = archive
        self._connector = connector
        self._coats = coats
        self._clock = clock
        self._believe = believe
        self._new: Counter[str] = Counter()
        self.watching = Watching(watch, clock, coats, archive.counts(), self._new, connector.about.titles)
        self._run = 0
        self._taken_up = 0  # the last pass that was there when the run began
        self.pull = 0

    def begin(self, full: bool) -> int:
        """Take up the last pull, or open a new one; in one transaction, so that a kill leaves either none or all of it.

        With options that ask for more than before, a new one asks for everything, for what is held has not changed; with a
        connector that asks for more, too, but a pull that was stopped first gets what it still lacks.
        """
        last, ended = self.journal.last_pull()
        asks_more, is_behind = last > 0 and self._asks_more(), last > 0 and self._is_behind
        full = full or asks_more or (is_behind and ended)
        is_new = ended or full
        self.pull = last + 1 if is_new else last
        known = self.journal.passes()
        self._taken_up = known[-1].id if known else 0
        since = None if full else as_of(known)
        follows = is_new and last > 0
        standing = self._greeted(self._connector.opening(passes.overlapping(since)) if follows else None)
        since = since and self._as_of(known)  # the account has told its time by now
        with self._archive.database.transaction():
            self._archive.note_options(self._connector.account.options)
            self._note_lower_revision()
            self._run = self.journal.begin(self.pull)
            if follows:
                note_lacked(self._archive.database, self.pull, self._archive.gaps())
            pass_ = self._open(since) if is_new else self._reopen()
            signed_in = standing and self._noted(standing)
        self.watching.lacked = lacked(self._archive.database, self.pull)
        batch = self._connector.about.limits.bulk_calls
        waiting = Frontier(self._archive.database, pass_.id).left(batch) if pass_ else 0
        self.watching.tell("started", pull=self.pull, waiting=waiting, records=self.watching.records())
        if asks_more or is_behind:
            self.watching.tell("asks_more", why="options" if asks_more else "version")
        if signed_in:
            self.watching.tell("signed_in", **signed_in)
        return self._run

    def _asks_more(self) -> bool:
        """Whether the options ask for more than those of the last pull, where the archive keeps these in a form still known."""
        options = self._connector.options
        try:
            before = type(options).read(self._archive.source.options)
        except ValueError:
            return False
        return options.asks_more(before)

    @property
    def _is_behind(self) -> bool:
        """Whether the archive was last asked for everything by an earlier revision of the connector."""
        return is_behind(self._archive.database, self._connector.about.revision)

    def _note_lower_revision(self) -> None:
        """What a still earlier revision has added since, it was not asked for as a whole: the lowest is remembered."""
        if self._connector.about.revision < asked_by(self._archive.database):
            note_revision(self._archive.database, self._connector.about.revision)

    def _greeted(self, questions: Iterable[Request] | None) -> Standing | None:
        """Learn, once a pull, whose sign-in it is: another person may be shown fewer records. None where that is known.

        And once more after a run that failed or was stopped: where its sign-in held no more, or was the wrong one, it may be somebody
        else who goes on.
        A pull that follows another is opened only where the account answers that or one of the first `questions`: where it is
        closed, or the sign-in refused, it would bring nothing, and what the pull before it got is as whole as it was.
        """
        is_known = standings(self._archive.database).pull == self.pull and not self.journal.may_change_hands()
        door = Door(self._connector.account.url, self._coats.send, is_held=bool(self._archive.counts()))
        greeted = self._connector.greetings() and not is_known
        standing = greet(self._connector, door.send) if greeted else None
        if questions is not None:
            door.must_open(questions)
        return standing

    def _noted(self, standing: Standing) -> dict[str, Any] | None:
        """Keep whose sign-in it is; what of that is to be told. Belongs into the caller's transaction."""
        database = self._archive.database
        known = standings(database)
        now = note_standing(database, self.pull, standing, self._given_to_others())
        person, titles = standing.person, self._connector.about.titles
        others = [called(one, titles) for one in known.persons if person and one != person]
        until = now.open_until and now.open_until.isoformat()
        account = standing.account
        if not person and not until and not account:
            return None
        return {
            "person": called(person, titles),
            "others": others,
            "open_until": until,
            "is_new": now.is_new,
            "account": account,
            "called_before": [one for one in now.accounts if account and one != account],
        }

    def _given_to_others(self) -> int:
        """The number of the last pass of which anything was answered before this run."""
        last = self.journal.passes()[-1]
        return (
            last.id if last.ended or Frontier(self._archive.database, last.id).has_answers() else last.id - 1
        )

    def go(self) -> None:
        """Pass by pass, until the archive is sealed."""
        while pass_ := self._next():
            self.watching.tell("pass", kind=str(pass_.kind), since=pass_.since and pass_.since.isoformat())
            frontier, answers = self._of(pass_)
            beginning = Beginning(self.journal, frontier, self._clock, self._coats.ledger)
            engine = self._engine(pass_, frontier, answers, beginning)
            try:
                engine.run()
            finally:
                self._archive.database.must_be_there()
            with self._archive.database.transaction():
                self._end(pass_, answers, beginning)
                self._look_again_for(engine.given, answers)
        with self._archive.database.transaction():
            if moment := self._as_of(self.journal.passes(self.pull)):
                note_shown(self._archive.database, self.pull, moment)
            drop_repeated(self._archive.database, self.pull)
            self._tell_hidden(self._of(self.journal.passes()[-1])[1])

    @property
    def _now(self) -> datetime:
        """As passes tell when they began."""
        return by_the_slower(self._clock.time(), self._coats.ledger.skew)

    def _as_of(self, known: list[Pass]) -> datetime | None:
        """The moment since which to ask. One that is still to come would pass over all that changes until then."""
        ours = self._clock.time()
        moments = (datetime.fromtimestamp(one, UTC) for one in (ours, ours + self._coats.ledger.skew))
        return as_of(known, passes.latest(*moments))

    def are_lost(self, keys: Iterable[str]) -> set[str]:
        """Which of these requests, by their keys, the next pull will make again."""
        return Frontier(self._archive.database, self.journal.passes()[-1].id).are_lost(keys)

    def _next(self) -> Pass | None:
        """The pass that is open, or a new one that follows from those before it."""
        known = self.journal.passes()
        mine = [one for one in known if one.pull == self.pull]
        if not mine[-1].ended:
            return mine[-1]
        before = [one for one in known if one.pull < self.pull]
        told = standings(self._archive.database)
        if further := self._further_back(told, mine):
            with self._archive.database.transaction():
                return self._open_pass(*further)
        new_since = told.before if told.is_new and told.pull == self.pull else None
        can_sweep = bool(self._connector.about.swept)
        kind = passes.following(
            mine,
            before,
            can_sweep=can_sweep,
            lacks=self._lacks,
            new_since=new_since,
            behind=self._is_behind,
            is_old=passes.is_old(mine, self._taken_up, self._now),
        )
        if kind is None:
            return None
        with self._archive.database.transaction():
            return self._open_pass(kind, self._as_of(known))

    def _further_back(self, told: Standings, mine: list[Pass]) -> tuple[Kind, datetime | None] | None:
        """The pass for what changed since the person who is signed in was last asked for all of it, if none of these is.

        The pulls since then were those of others, who may have been shown less. Who is new has a pass for everything anyway.
        """
        if told.pull != self.pull or not told.here or told.is_new:
            return None
        shown = told.shown_until(told.here[-1])
        if passes.reach_back(mine, shown):
            return None
        return (Kind.CHANGES, shown) if shown else (Kind.EVERYTHING, None)

    def _lacks(self) -> bool:
        """Whether a sweep may find what is missing: the person says so, something that it would show was announced, or a list that the
        last one was refused has come since: what was deleted there, nothing has told.
        """
        _frontier, answers = self._of(self.journal.passes()[-1])
        if self._believe or unswept(self._archive.database) - answers.lost_lists():
            return True
        return not unexplained(self._archive).keys().isdisjoint(self._connector.about.swept)

    def _open(self, since: datetime | None) -> Pass:
        """A new pull: everything, or what changed `since` the last one and what that one could not get."""
        pass_ = self._open_pass(Kind.CHANGES if since else Kind.EVERYTHING, since)
        left = self._left_over(pass_)
        left.ask_for_lost(forget_gaps=since is not None)
        if since:
            left.ask_for_vanished(files=False)  # a file that is not there would be asked for every night
        Frontier(self._archive.database, pass_.id).forget_earlier()
        return pass_

    def _reopen(self) -> Pass | None:
        """The pass in which the last run stopped: what failed in this pull is tried again."""
        mine = self.journal.passes(self.pull)
        if not mine or mine[-1].ended:
            return None
        self._left_over(mine[-1]).try_again()
        return mine[-1]

    def _open_pass(self, kind: Kind, moment: datetime | None) -> Pass:
        since = passes.overlapping(moment) if kind is Kind.CHANGES else None
        pass_ = self.journal.begin_pass(self.pull, kind, since, self._clock.time())
        requests = (
            sweep(self._connector, self._archive.database)
            if kind is Kind.SWEEP
            else self._connector.opening(since)
        )
        frontier, answers = self._of(pass_)
        frontier.add(requests)
        answers.forget_ended()
        if _is_whole(pass_, self.journal.passes()):
            note_whole(self._archive.database, pass_.id, is_first=kind is Kind.EVERYTHING)
        if kind is Kind.EVERYTHING:
            note_revision(self._archive.database, self._connector.about.revision)
            answers.forget_gaps()
        if self._rereads(pass_):
            answers.forget_gaps((stream.name, GONE) for stream in self._connector.about.streams)
        if kind is Kind.SWEEP:
            self._left_over(pass_).ask_for_vanished(files=True)
        return pass_

    def _end(self, pass_: Pass, answers: Answers, beginning: Beginning) -> None:
        if pass_.kind in CONTENT:
            self._end_lists(pass_, answers)
        else:
            note_unswept(self._archive.database, answers.lost_lists() & {*self._connector.about.swept})
        self._doubt(pass_, answers)
        answers.end_sublists()
        in_whole, was_whole = self.journal.is_whole(pass_.pull), pass_.kind is Kind.EVERYTHING
        answers.miss_unnamed_files(in_whole=in_whole, was_whole=was_whole)
        streams = None if pass_.kind is Kind.EVERYTHING else whole_streams(self._connector, pass_.kind)
        answers.forget_announced(streams)
        beginning.ended()

    def _doubt(self, pass_: Pass, answers: Answers) -> None:
        """Tell where too much of what hung under records did not come again, and let it be."""
        counted = {} if self._believe else not_come_again(self._archive.database, pass_.id)
        doubted = {name: missed for name, missed in counted.items() if not is_little(*missed)}
        spare(self._archive.database, doubted)
        told = (unbelievable_under(name, UNDER, one.records, one.held) for name, one in doubted.items())
        for gap in answers.gap(told):
            self.watching.gap(gap)

    def _tell_hidden(self, answers: Answers) -> None:
        """Tell which fields come no more; of those that come again, no more. Belongs into the caller's transaction."""
        found = withheld(self._archive.database, self._connector.missing_fields)
        told = [
            hidden_fields(stream, HIDDEN, [*all_]) for stream, all_ in groupby(found, attrgetter("stream"))
        ]
        answers.forget_gaps((gap.stream, gap.id) for gap in self._archive.gaps() if gap.id == HIDDEN)
        for gap in answers.gap(told):
            self.watching.gap(gap)

    def _look_again_for(self, given: Mapping[Family, bool], answers: Answers) -> None:
        """What the source seemed to give none of, it gives after all; of records that have not changed since, it was not asked for.

        Then everything is asked for once more, but not twice in one pull: what fails now and then would go on for ever.
        """
        is_whole = any(one.kind is Kind.EVERYTHING for one in self.journal.passes(self.pull))
        found = {key for key in answers.not_given(given) if not (is_whole and given[key])}
        answers.forget_gaps(found)
        if any(given[key] for key in found):
            note_revision(self._archive.database, 0)

    def _end_lists(self, pass_: Pass, answers: Answers) -> None:
        """Mark as deleted what has no card and is in no list any more. Where several pull together, nobody knows who was shown what."""
        database = self._archive.database
        told = standings(database)
        person = told.here[0] if told.pull == self.pull and len(told.here) == 1 else ""
        whole = answers.whole_lists()
        answers.believe_gone(gone(database, pass_.id, self.pull, person, whole, believe=self._believe))

    def _engine(self, pass_: Pass, frontier: Frontier, answers: Answers, beginning: Beginning) -> Engine:
        return Engine(
            pass_,
            self._connector,
            self._archive,
            frontier,
            answers,
            self._coats,
            self._clock,
            self.watching,
            beginning,
            believe=self._believe,
            rereads=self._rereads(pass_),
            is_whole=_is_whole(pass_, self.journal.passes()),
        )

    def _rereads(self, pass_: Pass) -> bool:
        """Whether what no list shows is read again: by every full pull but the first, and by the sweep of a pull of changes."""
        if pass_.kind is Kind.EVERYTHING:
            return pass_.id > 1
        return pass_.kind is Kind.SWEEP and self.journal.passes(self.pull)[0].kind is Kind.CHANGES

    def _left_over(self, pass_: Pass) -> LeftOver:
        known = self.journal.passes()
        since = max((one.id for one in known if one.kind is Kind.EVERYTHING), default=0)
        whole = [one.id for one in known if one.id >= since and _is_whole(one, known)]
        before = answers_before(self._archive.database, whole)
        sweeps = {one.id for one in known if one.kind is Kind.SWEEP}
        return LeftOver(*self._of(pass_), self._connector, since, before, sweeps)

    def _of(self, pass_: Pass) -> tuple[Frontier, Answers]:
        database = self._archive.database
        told = self._coats.secrets.blanked
        answers = Answers(database, self._run, pass_.id, self._connector.is_same, self._new, told)
        return Frontier(database, pass_.id), answers


def _is_whole(pass_: Pass, known: Iterable[Pass]) -> bool:
    """Whether a pass asks for all that hangs under what it is shown; `known` are all passes.

    So does one that reaches behind earlier pulls, which were those of others: what hangs under a record was shown to them, too.
    """
    last = as_of([one for one in known if one.pull < pass_.pull])
    is_further_back = bool(last and pass_.since and pass_.since < last - passes.OVERLAP)
    return pass_.kind is Kind.EVERYTHING or is_further_back
