"""The blind index: a hash says nothing without its tenant's key, and is the same whenever it is made."""

import secrets

from services.cases.views import Blind
from shared.vault.keks import KEY_BYTES, HeldKeks
from shared.vault.memory import PassingKeys, passing_vault
from shared.vault.vault import Vault

TERMS = ["w:broker", "g:พาส"]


def test_every_tenant_and_every_vault_hashes_otherwise() -> None:
    blind = Blind(passing_vault())
    hashes = {
        *blind.hashed("north", TERMS),
        *blind.hashed("south", TERMS),
        *Blind(passing_vault()).hashed("north", TERMS),
    }
    assert len(hashes) == 6
    assert {len(one) for one in hashes} == {12}


def test_hashes_outlive_the_process_and_a_new_key_encryption_key() -> None:
    keys, kek = PassingKeys(), secrets.token_bytes(KEY_BYTES)
    vault = Vault(keys, HeldKeks({"kek-1": kek}))
    before = Blind(vault).hashed("north", TERMS)
    renewed = Vault(keys, HeldKeks({"kek-1": kek, "kek-2": secrets.token_bytes(KEY_BYTES)}))
    renewed.rewrap()
    assert Blind(renewed).hashed("north", TERMS) == before
    assert keys.kept("handles") is not None
    assert Blind(Vault(keys, renewed.keks)).hashed("north", TERMS) == before
