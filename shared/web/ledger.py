"""The ledgers over HTTP: checkpoints and hashes for everybody, entries and proofs for who may audit.

Hashes tell nothing about a person, and a log that only its keeper can read proves nothing. Entries say when which
stream was written, so they are for auditors; the holder of a receipt gets the proof of their own message.
"""

import asyncio
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from fastapi import APIRouter, Depends, Query, Request, Response

from shared.errors import MalformedError, NotFoundError
from shared.ledger.checkpoints import read_checkpoint
from shared.ledger.leaves import masked, tenant_of
from shared.ledger.notes import Verifier
from shared.ledger.proofs import BETWEEN
from shared.ledger.reading import continued, cosigned_notes, leaves_of, newest, proof_of
from shared.ledger.shelves import Shelf
from shared.ledger.tiles import b64
from shared.ledger.tree import leaf_hash
from shared.ledger.writing import CHECKPOINT
from shared.notary.keeper import Keeper
from shared.notary.signing import LedgerSettings
from shared.notary.witnessing import known_witnesses, take_cosignature
from shared.rights import Caller, Role
from shared.web.access import allow, public

PREFIX = "/reporting/v1/ledger"
_OPEN = re.compile(
    r"(?:aside/[0-9]+/)?(?:checkpoint|checkpoints|key|witnessed|stamps|tile/[0-9]/[x0-9/]+(?:\.p/[0-9]+)?)"
)
_TEXT = "text/plain; charset=utf-8"
_LINES = "application/x-ndjson"
of_auditors = allow(Role.AUDITOR, Role.ADMIN, Role.SUPERVISOR)


def ledger_router(ledgers: Mapping[str, Keeper]) -> APIRouter:
    """Return the routes over the ledgers of these services."""
    routes = APIRouter(prefix=PREFIX, tags=["ledger"])
    witnesses = known_witnesses(LedgerSettings().witnesses)

    def of(service: str) -> Keeper:
        if service not in ledgers:
            raise NotFoundError(f"There is no ledger {service}; there are {', '.join(ledgers)}.")
        return ledgers[service]

    @routes.get(
        "",
        summary="Which ledgers there are, how far they are signed, and by which keys",
        dependencies=[Depends(public)],
        responses=_told({"items": [_SHOWN]}),
    )
    async def list_ledgers() -> Response:
        items = [await asyncio.to_thread(_shown, name, keeper, witnesses) for name, keeper in ledgers.items()]
        return Response(msgspec.json.encode({"items": items}), media_type="application/json")

    @routes.get(
        "/{service}/consistency",
        summary="Prove that a later log continues an earlier one",
        dependencies=[Depends(public)],
        responses=_told({"from": 3, "to": 7, "proof": ["q2nP..."]}),
    )
    async def prove_consistency(
        service: str,
        old: Annotated[int, Query(alias="from", ge=1, le=2**53)],
        new: Annotated[int, Query(alias="to", ge=1, le=2**53)],
    ) -> Response:
        proof = await asyncio.to_thread(continued, of(service).shelf, old, new)
        content = {"from": old, "to": new, "proof": [b64(step) for step in proof]}
        return Response(msgspec.json.encode(content), media_type="application/json")

    @routes.get("/{service}/proofs/{index}", summary="Prove that a fact is in the log", responses=_PROOF)
    async def prove(service: str, index: int, _caller: Annotated[Caller, Depends(of_auditors)]) -> Response:
        proof = await asyncio.to_thread(proof_of, of(service).shelf, index)
        return Response(proof.encoded(), media_type=_TEXT)

    @routes.get("/{service}/streams/{stream_id}", summary="Prove every fact of a stream", responses=_PROOF)
    async def prove_stream(service: str, stream_id: UUID, caller: Annotated[Caller, Depends(of_auditors)]) -> Response:
        return Response(await proofs_of_stream(of(service), stream_id, caller.tenant), media_type=_TEXT)

    _taking(routes, of, witnesses)

    @routes.get("/{service}/leaves", summary="The leaves of the log, those of other tenants masked", responses=_LEAVES)
    async def list_leaves(
        service: str,
        caller: Annotated[Caller, Depends(of_auditors)],
        after: Annotated[int, Query(ge=0, le=2**53)] = 0,
        limit: Annotated[int, Query(ge=1, le=4096)] = 256,
    ) -> Response:
        leaves = await asyncio.to_thread(leaves_of, of(service).shelf, after, limit)
        lines = [one if tenant_of(one) == caller.tenant else masked(leaf_hash(one)) for one in leaves]
        return Response(b"".join(line + b"\n" for line in lines), media_type=_LINES)

    _files(routes, of)
    return routes


def _taking(routes: APIRouter, of: Callable[[str], Keeper], witnesses: Sequence[Verifier]) -> None:
    @routes.post(
        "/{service}/cosignatures",
        summary="Hand in a checkpoint of the log with a witness's line below it",
        dependencies=[Depends(public)],
        openapi_extra={"requestBody": {"content": {_TEXT: {"example": _COSIGNED}}}},
        responses=_told({"taken": ["witness.union-office"]}),
    )
    async def take(service: str, request: Request) -> Response:
        try:
            encoded = (await request.body()).decode()
        except UnicodeDecodeError as error:
            raise MalformedError("A checkpoint is text in UTF-8.") from error
        taken = await asyncio.to_thread(take_cosignature, of(service).shelf, encoded, witnesses)
        return Response(msgspec.json.encode({"taken": taken}), media_type="application/json")


def _files(routes: APIRouter, of: Callable[[str], Keeper]) -> None:
    @routes.get(
        "/{service}/{path:path}",
        summary="A file of the ledger, as C2SP tlog-tiles lays it out",
        dependencies=[Depends(public)],
        responses={200: {"description": "The file.", "content": {_TEXT: {"example": _CHECKPOINT}}}},
    )
    async def get_file(service: str, path: str) -> Response:
        if _OPEN.fullmatch(path) is None:
            raise NotFoundError("Open to everybody are checkpoint, checkpoints, key, witnessed, stamps and tile/...")
        content = await asyncio.to_thread(_file, of(service).shelf, path)
        kind = "application/octet-stream" if "tile/" in path else _TEXT
        lasting = "tile/" in path and ".p/" not in path
        cached = "public, max-age=31536000, immutable" if lasting else "no-cache"
        return Response(content, media_type=kind, headers={"Cache-Control": cached})


async def proofs_of_stream(keeper: Keeper, stream_id: UUID, tenant: str) -> str:
    """Return the proofs of every fact of a stream of a tenant that is signed over, in one file."""
    facts = await keeper.store.stream(stream_id)
    if not facts or facts[0].envelope.tenant != tenant:
        raise NotFoundError(f"There is no stream {stream_id} in the record of {keeper.store.source}.")
    _, checkpoint = await asyncio.to_thread(newest, keeper.shelf)
    places = [fact.position - 1 for fact in facts if fact.position <= checkpoint.size]
    if not places:
        raise NotFoundError("No checkpoint covers this yet; one is signed about every second. Ask again.")
    proofs = [await asyncio.to_thread(proof_of, keeper.shelf, place) for place in places]
    return BETWEEN.join(proof.encoded() for proof in proofs)


def _file(shelf: Shelf, path: str) -> bytes:
    """Return a file; the checkpoint with the lines of the witnesses that have signed it."""
    return newest(shelf)[0].encoded().encode() if path == CHECKPOINT else shelf.read(path)


def _shown(name: str, keeper: Keeper, witnesses: Sequence[Verifier]) -> dict[str, object]:
    try:
        _, checkpoint = newest(keeper.shelf)
    except NotFoundError:
        size, root = 0, None
    else:
        size, root = checkpoint.size, b64(checkpoint.root)
    keys = keeper.verifiers()
    return {
        "service": name,
        "origin": keeper.origin(),
        "size": size,
        "root": root,
        "keys": keys,
        "refused": keeper.refused,
        "witnesses": [_seen(keeper.shelf, one) for one in witnesses],
    }


def _seen(shelf: Shelf, witness: Verifier) -> dict[str, object]:
    """Return how far a witness has signed, and when."""
    for note in cosigned_notes(shelf):
        at = witness.signed_at(note)
        if at is not None:
            when = datetime.fromtimestamp(at, UTC).isoformat()
            return {"name": witness.name, "size": read_checkpoint(note.text).size, "cosigned_at": when}
    return {"name": witness.name, "size": None, "cosigned_at": None}


_SHOWN = {
    "service": "cases",
    "origin": "redress-5f3a09c1/cases",
    "size": 1298,
    "root": "XcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg=",
    "keys": ["redress-5f3a09c1/cases+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"],
    "refused": None,
    "witnesses": [{"name": "witness.union-office", "size": 1290, "cosigned_at": "2026-03-02T08:14:00+00:00"}],
}
_CHECKPOINT = "redress-5f3a09c1/cases\n1298\nXcnae...=\n\n\u2014 redress-5f3a09c1/cases Uw2Q...\n"
_COSIGNED = f"{_CHECKPOINT}\u2014 witness.union-office 7mDh...\n"
_LEAVES: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "Lines of JSON from the index `after` on, in the order of the log: `envelope` and `sha256` of a "
        "fact of the caller's tenant, as they are hashed, or the `leaf_hash` alone of another.",
        "content": {_LINES: {"example": '{"envelope":{...},"sha256":"9f2c..."}\n{"leaf_hash":"51ab..."}\n'}},
    }
}
_PROOF: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "C2SP tlog-proof, verified offline by 'redress verify-proof'.",
        "content": {_TEXT: {"example": "c2sp.org/tlog-proof@v1\nextra ...\nindex 7\n...\n\n" + _CHECKPOINT}},
    }
}


def _told(example: object) -> dict[int | str, dict[str, Any]]:
    return {200: {"description": "Done.", "content": {"application/json": {"example": example}}}}
