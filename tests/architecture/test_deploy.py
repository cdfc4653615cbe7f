"""What is deployed keeps its promises: no root, nothing to write to, watched, closed, and no secret written down."""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic_settings import BaseSettings

from services.__main__ import BUILDERS
from shared.scale_out import ScaleOutSettings
from tests.architecture.tree import ROOT, files, text

Tree = Mapping[str, Any]

DOCKERFILE = Path("deploy/Dockerfile")
PROXY = Path("deploy/haproxy.cfg")
KUBERNETES = Path("deploy/kubernetes/base")
COMPOSE: Tree = yaml.safe_load(text(Path("deploy/compose.yaml")))["services"]
LASTING = sorted(name for name, one in COMPOSE.items() if one["restart"] != "no")
SECRETIVE = re.compile(r"(?:^|_)(?:SECRET|PASSWORD|TOKEN|DSN|URI|KEY|CREDENTIALS?)(?:_|$)")
SMALLEST_UID = 1000


def declared() -> list[Tree]:
    """Return every object of the base, as it is written."""
    listed = yaml.safe_load(text(KUBERNETES / "kustomization.yaml"))["resources"]
    return [one for name in listed for one in yaml.safe_load_all(text(KUBERNETES / name)) if one]


def of_kind(kind: str) -> Sequence[Tree]:
    return [one for one in declared() if one["kind"] == kind]


def names(kind: str) -> set[str]:
    return {one["metadata"]["name"] for one in of_kind(kind)}


PODS = {one["metadata"]["name"]: one["spec"]["template"]["spec"] for one in (*of_kind("Deployment"), *of_kind("Job"))}
REPLICAS = {one["metadata"]["name"]: one for one in of_kind("Deployment")}


def known_settings() -> set[str]:
    """Return the names of all environment variables that the product reads."""
    assert ScaleOutSettings in BaseSettings.__subclasses__()
    return {
        f"{kind.model_config.get('env_prefix', '')}{field}".upper()
        for kind in BaseSettings.__subclasses__()
        for field in kind.model_fields
    }


def final_stage() -> str:
    return "FROM " + re.split(r"^FROM ", text(DOCKERFILE), flags=re.MULTILINE)[-1]


def literals(tree: object) -> Iterator[str]:
    """Return every name that has its value written beside it: as a pair, as name and value, as NAME=value."""
    if isinstance(tree, Mapping):
        if {"name", "value"} <= tree.keys():
            yield str(tree["name"])
        yield from (str(name) for name, value in tree.items() if isinstance(value, str | int))
        tree = list(tree.values())
    if isinstance(tree, str):
        yield from re.findall(r"^(\w+)=.", tree)
    elif isinstance(tree, Sequence):
        for one in tree:
            yield from literals(one)


def test_the_image_runs_as_a_numbered_user_that_is_not_root() -> None:
    (user,) = re.findall(r"^USER (\d+):\d+$", final_stage(), re.MULTILINE)
    assert int(user) >= SMALLEST_UID


def test_the_image_is_watched_and_holds_nothing_that_builds() -> None:
    assert re.search(r"^HEALTHCHECK .*\\\n +CMD .*/livez", final_stage(), re.MULTILINE)
    assert not re.search(r"pip\S* install|apt-get install|\bgcc\b|build-essential", final_stage())
    assert "--require-hashes -r requirements-scale-out.lock" in text(DOCKERFILE)


def test_only_what_the_image_is_made_of_reaches_the_build() -> None:
    rules = text(Path("deploy/Dockerfile.dockerignore")).splitlines()
    let_in = {line.removeprefix("!") for line in rules if line.startswith("!")}
    assert "*" in rules
    assert let_in == {"pyproject.toml", "README.md", "requirements-scale-out.lock", "services", "shared"}


@pytest.mark.parametrize("name", sorted(COMPOSE))
def test_a_container_has_no_rights_and_nothing_to_write_to(name: str) -> None:
    one = COMPOSE[name]
    assert one["read_only"] is True
    assert one["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in one["security_opt"]
    assert {"privileged", "cap_add", "network_mode", "pid"} & one.keys() == set()
    assert one["mem_limit"]
    assert not one["image"].endswith(":latest")
    assert ":" in one["image"]


def test_no_container_mounts_the_socket_of_the_engine() -> None:
    assert [name for name, one in COMPOSE.items() if "docker.sock" in str(one.get("volumes"))] == []


@pytest.mark.parametrize("name", LASTING)
def test_a_container_that_lasts_is_watched(name: str) -> None:
    assert COMPOSE[name]["healthcheck"]["test"]


def test_only_this_machine_reaches_the_one_port() -> None:
    published = {name: one["ports"] for name, one in COMPOSE.items() if "ports" in one}
    assert published.keys() == {"proxy"}
    assert all(port.startswith("127.0.0.1:") for port in published["proxy"])


def test_every_service_runs_somewhere_and_cases_twice() -> None:
    served = sorted(one["command"][1] for one in COMPOSE.values() if one.get("command", [""])[0] == "serve")
    assert served == sorted([*BUILDERS, "cases"])
    assert names("Deployment") == names("Service") == set(BUILDERS)


def test_every_replica_has_a_name_of_its_own() -> None:
    called = [one["environment"]["REDRESS_INSTANCE"] for one in COMPOSE.values() if "serve" in one.get("command", [])]
    assert len(called) == len(set(called)) == len(BUILDERS) + 1


def test_a_service_waits_for_topics_and_engines() -> None:
    waited = {"postgres", "mongodb-init", "topics"}
    assert {
        n for n, one in COMPOSE.items() if "serve" in one.get("command", []) and one["depends_on"].keys() != waited
    } == set()


def test_the_way_in_knows_every_service_by_its_path() -> None:
    by_path = {name: name for name in BUILDERS if name != "reporting"} | {"rights": "intake"}
    assert {path: name for name, path in re.findall(r"use_backend (\w+) if \{ path /(\w+) \}", text(PROXY))} == by_path
    assert re.search(r"default_backend reporting$", text(PROXY), re.MULTILINE)
    (way_in,) = of_kind("Ingress")
    paths = {one["path"]: one["backend"]["service"]["name"] for one in way_in["spec"]["rules"][0]["http"]["paths"]}
    assert paths == {"/": "reporting"} | {f"/{path}": name for path, name in by_path.items()}


@pytest.mark.parametrize("name", sorted(PODS))
def test_a_pod_has_no_rights_and_nothing_to_write_to(name: str) -> None:
    pod = PODS[name]
    (container,) = pod["containers"]
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["securityContext"]["runAsUser"] >= SMALLEST_UID
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert pod["automountServiceAccountToken"] is False
    assert pod["serviceAccountName"] in names("ServiceAccount")
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert container["resources"]["requests"].keys() == {"cpu", "memory"}
    assert "memory" in container["resources"]["limits"]


@pytest.mark.parametrize("name", sorted(REPLICAS))
def test_a_replica_is_probed_and_given_time_to_leave(name: str) -> None:
    pod = REPLICAS[name]["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    probed = {probe: container[probe]["httpGet"]["path"] for probe in container if probe.endswith("Probe")}
    assert probed == {"startupProbe": "/livez", "livenessProbe": "/livez", "readinessProbe": "/readyz"}
    assert pod["terminationGracePeriodSeconds"] > 15
    assert container["args"][:2] == ["serve", name]


def test_every_service_has_a_budget_and_grows_with_its_lag() -> None:
    assert names("PodDisruptionBudget") == names("HorizontalPodAutoscaler") == set(BUILDERS)
    for one in of_kind("HorizontalPodAutoscaler"):
        measured = {metric["type"]: metric for metric in one["spec"]["metrics"]}
        assert measured["Pods"]["pods"]["metric"]["name"] == "redress_consumer_lag_events"
        assert measured["Resource"]["resource"]["name"] == "cpu"
        assert one["spec"]["minReplicas"] > 1


def test_nobody_speaks_to_anybody_but_by_the_edges_that_are_named() -> None:
    edges = {one["metadata"]["name"]: one["spec"] for one in of_kind("NetworkPolicy")}
    assert edges["default-deny"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    for name, edge in edges.items():
        for rule in (*edge.get("ingress", ()), *edge.get("egress", ())):
            assert rule["ports"], name
            assert rule.get("from") or rule.get("to"), name
    outside = [name for name, edge in edges.items() if "ipBlock" in str(edge)]
    assert outside == ["telling-people"]
    assert edges["telling-people"]["podSelector"] == {"matchLabels": {"app.kubernetes.io/name": "notify"}}


@pytest.mark.parametrize(
    "said",
    [
        "environment: {REDRESS_SECRET: c2VjcmV0}",
        "env: [{name: REDRESS_SECRET, value: a}]",
        "literals: [REDRESS_SECRET=a]",
    ],
)
def test_a_secret_that_is_written_down_is_found(said: str) -> None:
    assert [name for name in literals(yaml.safe_load(said)) if SECRETIVE.search(name)] == ["REDRESS_SECRET"]


def test_no_secret_is_written_down() -> None:
    deployed = [file for file in files() if file.parts[0] == "deploy" and file.suffix in {".yaml", ".yml"}]
    written = [
        (str(file), name)
        for file in deployed
        for tree in yaml.safe_load_all(text(file))
        for name in literals(tree)
        if SECRETIVE.search(name)
    ]
    assert written == []
    assert of_kind("Secret") == []
    assert re.search(r"^deploy/secrets/$", text(Path(".gitignore")), re.MULTILINE)
    assert [file for file in files() if file.suffix in {".env", ".pem", ".key"}] == []


def test_what_is_set_is_what_the_product_reads() -> None:
    told = {
        name
        for file in files()
        if file.parts[0] == "deploy" and file.suffix in {".yaml", ".md", ".sh"} and (ROOT / file).is_file()
        for name in re.findall(r"\bREDRESS_[A-Z_]+[A-Z]\b", text(file))
    }
    assert told - known_settings() - {"REDRESS_IMAGE", "REDRESS_BASE", "REDRESS_PORT"} == set()
