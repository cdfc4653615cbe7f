"""Limits: what is too much is refused at once, and what was let in is answered."""

import asyncio

import httpx2
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from shared.web.limits import Admission, BodyLimit, Traffic


async def echo(scope: Scope, receive: Receive, send: Send) -> None:
    body = await Request(scope, receive).body()
    await PlainTextResponse(str(len(body)))(scope, receive, send)


def client(app: ASGIApp) -> httpx2.AsyncClient:
    return httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url="http://testserver")


async def test_a_body_within_the_limit_passes_declared_or_not() -> None:
    async def chunks() -> object:
        yield b"abcd"
        yield b"efgh"

    async with client(BodyLimit(echo, limit=8)) as http:
        assert (await http.post("/", content=b"12345678")).text == "8"
        assert (await http.post("/", content=chunks())).text == "8"  # type: ignore[arg-type]  # an async generator


async def test_a_body_over_the_limit_is_refused_declared_or_not() -> None:
    async def chunks() -> object:
        for _ in range(1000):
            yield b"abcd"

    async with client(BodyLimit(echo, limit=8)) as http:
        for answer in (await http.post("/", content=b"123456789"), await http.post("/", content=chunks())):  # type: ignore[arg-type]  # as above
            assert answer.status_code == 413
            assert answer.headers["content-type"] == "application/problem+json"


async def test_a_length_that_is_no_number_is_refused() -> None:
    async with client(BodyLimit(echo, limit=8)) as http:
        assert (await http.post("/", content=b"1", headers={"content-length": "-1"})).status_code == 413


async def test_one_more_than_may_be_inside_is_sent_away_and_the_others_are_answered() -> None:
    opened = asyncio.Event()

    async def slow(scope: Scope, receive: Receive, send: Send) -> None:
        await opened.wait()
        await PlainTextResponse("done")(scope, receive, send)

    async with client(Admission(slow, Traffic(), most=2)) as http:
        inside = [asyncio.create_task(http.get("/")) for _ in range(2)]
        await asyncio.sleep(0.01)
        refused = await http.get("/")
        opened.set()
        answered = await asyncio.gather(*inside)
        assert (refused.status_code, refused.headers["Retry-After"]) == (503, "1")
        assert [answer.text for answer in answered] == ["done", "done"]
        assert (await http.get("/")).text == "done"
