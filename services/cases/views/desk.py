"""What a desk reads: lists, queues, tasks, and what is kept for the work."""

from dataclasses import dataclass

from services.cases.views.keeping import KeptThings
from services.cases.views.lists import Lists
from services.cases.views.queues import Queues
from services.cases.views.tasks import Tasks
from shared.documents.port import Documents
from shared.policy import Policy
from shared.privacy.reading import Reading


@dataclass(frozen=True, slots=True)
class Desk:
    """The views of many cases, together."""

    lists: Lists
    queues: Queues
    tasks: Tasks
    kept: KeptThings


def desk_on(documents: Documents, policy: Policy, reading: Reading) -> Desk:
    """Put the views of many cases together."""
    return Desk(
        Lists(documents, policy), Queues(documents, policy), Tasks(documents, policy, reading), KeptThings(documents)
    )
