"""How the decisions about the people of a case, and about cases of one matter, are tried."""

from collections.abc import Callable, Iterable, Mapping

from services.cases.domain import parties, retaliation, together
from services.cases.domain.state import Case
from services.cases.domain.trying import NOBODY, PAID, WORD, Asking, Trial


def _leave(case: Case, _asking: Asking) -> Iterable[Trial]:
    yield lambda: together.leave(case, together.LeaveWorker(member_id=NOBODY))


def _count(case: Case, _asking: Asking) -> Iterable[Trial]:
    workers = max(1, len(case.crew.members))
    yield lambda: together.count(case, together.CountGroup(workers=workers))


def _represent(case: Case, _asking: Asking) -> Iterable[Trial]:
    command = together.NameRepresentative(name=WORD)
    yield lambda: together.name_representative(case, command, organisation_known=True)


def _split(case: Case, _asking: Asking) -> Iterable[Trial]:
    command = together.SplitCase(workers=1)
    yield lambda: together.split(case, command, other_id=NOBODY, number=WORD, acknowledge_by=None)


def _report(case: Case, asking: Asking) -> Iterable[Trial]:
    command = retaliation.ReportRetaliation(acts=("other",), statement=WORD)
    yield lambda: retaliation.report(case, command, policy=asking.policy)


def _check(case: Case, asking: Asking) -> Iterable[Trial]:
    command = retaliation.CheckRetaliation(outcome="none")
    yield lambda: retaliation.check(case, command, policy=asking.policy)


def _fee(case: Case, asking: Asking) -> Iterable[Trial]:
    today = asking.at.date()
    command = parties.ReportFee(amount=PAID, from_country=WORD, to_country=WORD, paid_on=today)
    yield lambda: parties.report_fee(case, command, fee_id=NOBODY, recruiter=None, today=today)


TRIALS: Mapping[str, Callable[[Case, Asking], Iterable[Trial]]] = {
    "join-worker": lambda case, _: [lambda: together.join(case, together.JoinWorker(reference=WORD), member_id=NOBODY)],
    "leave-worker": _leave,
    "count-workers": _count,
    "name-representative": _represent,
    "link": lambda case, _: [lambda: together.link(case, together.LinkCase(other_id=NOBODY), other=None)],
    "unlink": lambda case, _: [lambda: together.unlink(case, together.UnlinkCase(other_id=NOBODY))],
    "merge": lambda case, _: [
        lambda: together.merge(case, together.MergeCase(survivor_id=NOBODY, reason=WORD), survivor=None)
    ],
    "unmerge": lambda case, _: [lambda: together.unmerge(case, together.UnmergeCase(reason=WORD))],
    "split": _split,
    "report-retaliation": _report,
    "check-retaliation": _check,
    "release-disclosure": lambda case, _: [
        lambda: retaliation.release(case, retaliation.ReleaseDisclosure(reason=WORD))
    ],
    "report-fee": _fee,
}
"""The commands, each with how it is tried; another case that it names decides on further gates when it is given."""
