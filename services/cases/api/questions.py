"""The route that asks the complainant something by a message; the answer comes in as a message, too."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from pydantic import Field

from services.cases.api.doing import CommandRoute, command_routes
from services.cases.api.words import ITEM, CommandBody, example
from services.cases.application import Questions
from services.cases.domain.questions import Ask
from shared.events.questions import QuestionKind
from shared.web.fields import Prose


class AskBody(CommandBody):
    """What the complainant is asked."""

    model_config = example(kind="remedy-arrived", item_id=ITEM)

    kind: QuestionKind
    item_id: Annotated[UUID | None, Field(description="The remedy that is asked about.")] = None
    text: Annotated[Prose | None, Field(description="Of the kind 'free': read with the receipt, never sent.")] = None


COMMANDS = (CommandRoute("ask", AskBody, Ask, Questions.ask),)


def question_routes(questions: Questions) -> APIRouter:
    """Return the route."""
    return command_routes(questions, COMMANDS)
