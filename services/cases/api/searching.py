"""The search over what people said. Its words are in the body: they must not stand in a log of URLs."""

from typing import Annotated

from fastapi import APIRouter, Depends, Response
from pydantic import Field, StringConstraints

from services.cases.api import examples
from services.cases.api.doing import OFFICE
from services.cases.api.examples import shown
from services.cases.api.reading import Opening, json_answer
from services.cases.api.words import PREFIX, example
from services.cases.views import Search
from shared.errors import InvalidError
from shared.rights import Caller
from shared.web.access import allow
from shared.web.commands import Body
from shared.web.consistency import caught_up
from shared.web.fields import Writable
from shared.web.purpose import PURPOSE_HEADER

of_office = allow(*OFFICE)


class SearchBody(Body):
    """What is looked for: every word must be said in one and the same fact of a case."""

    model_config = example(words="passport broker", limit=20)

    words: Annotated[
        str,
        StringConstraints(min_length=1, max_length=200),
        Writable,
        Field(description="Words, a phrase in Thai, Lao, Khmer or Burmese, or a telephone number."),
    ]
    limit: Annotated[int, Field(ge=1, le=50, description="Facts in a page.")] = 20
    after: Annotated[str | None, Field(max_length=300, description="The `next` of the page before.")] = None


def searching_routes(search: Search) -> APIRouter:
    """Return the route."""
    routes = APIRouter(prefix=PREFIX, tags=["cases"], dependencies=[Depends(caught_up)])

    @routes.post(
        "/search", summary="Search what was said, within reach; on record", responses=shown(200, examples.FOUND)
    )
    async def search_cases(
        body: SearchBody, caller: Annotated[Caller, Depends(of_office)], opening: Opening
    ) -> Response:
        if opening is None:
            raise InvalidError(f"Say by {PURPOSE_HEADER} why you look into what people said.", field=PURPOSE_HEADER)
        return json_answer(await search.found(caller, body.words, body.limit, body.after, opening))

    return routes
