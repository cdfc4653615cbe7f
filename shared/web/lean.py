"""Command routes without the general dependency machinery: key, path, body, command, in this order, and no more.

FastAPI still reads the signature, so OpenAPI stays complete; at run time the few things that every command needs are
done directly, which halves the cost of a request. A caller without a key learns nothing about the body's rules.
"""

from collections.abc import Callable, Coroutine
from typing import Any, cast

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic import BaseModel, TypeAdapter, ValidationError

from shared.errors import SettingsError, UnsupportedMediaError
from shared.web.access import ROLES_OF_ACCESS


class LeanRoute(APIRoute):
    """A route of `path parameters, body, Commanded(...)`; other signatures are refused when the app is put together."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the handler that FastAPI calls in the place of its own."""
        access = [found for found in self.dependant.dependencies if hasattr(found.call, ROLES_OF_ACCESS)]
        if len(access) != 1 or self.dependant.query_params or self.dependant.header_params:
            raise SettingsError(f"{self.path} is no command: it takes path parameters, a body and Commanded(...).")
        gather: Callable[[Request], Coroutine[Any, Any, Any]] = cast("Any", access[0].call)
        context_name = access[0].name
        paths = {
            field.name: TypeAdapter[Any](cast("Any", field.field_info.annotation))
            for field in self.dependant.path_params
        }
        bodies = {
            field.name: cast("type[BaseModel]", field.field_info.annotation) for field in self.dependant.body_params
        }
        takes_request = self.dependant.request_param_name
        endpoint = self.endpoint

        async def handle(request: Request) -> Response:
            values: dict[str, Any] = {}
            context = await gather(request)
            if context_name is not None:
                values[context_name] = context
            for name, adapter in paths.items():
                values[name] = _checked(("path", name), adapter.validate_python, request.path_params[name])
            for name, model in bodies.items():
                values[name] = await _body(request, model)
            if takes_request is not None:
                values[takes_request] = request
            answer: Response = await endpoint(**values)
            return answer

        return handle


async def _body(request: Request, model: type[BaseModel]) -> BaseModel:
    media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media != "application/json" and not media.endswith("+json"):
        raise UnsupportedMediaError("Send the body as application/json.")
    body: BaseModel = _checked(("body",), model.model_validate_json, await request.body())
    return body


def _checked(where: tuple[str, ...], validate: Callable[[Any], Any], value: object) -> Any:
    try:
        return validate(value)
    except ValidationError as error:
        found = [{**entry, "loc": (*where, *entry["loc"])} for entry in error.errors(include_url=False)]
        raise RequestValidationError(found) from error
