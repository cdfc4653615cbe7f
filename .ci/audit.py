"""What a release stands on and gives away: known weaknesses of packages, secrets in the tree, a bill of materials.

Fails for a known weakness or a secret. Where no list of weaknesses can be reached, it says so and goes on: a wall
around the builder is no fault of the change, but nobody shall take silence for a clean answer.
"""

import json
import math
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

HERE = Path(__file__).parents[1]
BIN = Path(sys.executable).parent
LOCK = "requirements.lock"
SBOM = Path("dist/sbom.json")
PATIENCE = 300
LEAST_ENTROPY = 4.0
"""Bits per character: words and placeholders have fewer, random keys more."""

PATTERNS = {
    "private key": re.compile(r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----\s+[A-Za-z0-9+/=]{20}"),
    "key of Redress": re.compile(r"rdk_[0-9a-f]{16}_[\w-]{43}"),
    "key of AWS": re.compile(r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"),
    "token of GitHub": re.compile(r"\bgh[pousr]_[A-Za-z0-9]{36}\b"),
    "token of Slack": re.compile(r"\bxox[abpr]-[A-Za-z0-9-]{10,}"),
    "signed token": re.compile(r"\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{20,}"),
    "password in an address": re.compile(r"://[^\s/:@{}$]{1,60}:(?P<secret>[^\s/:@{}$]{12,80})@"),
    "assigned secret": re.compile(
        r"(?i)(?:secret|passw(?:or)?d|token|api_?key)\w*[\"']?\s*[=:]\s*[\"'](?P<secret>[A-Za-z0-9+/=_-]{24,})[\"']"
    ),
}


def weaknesses() -> bool:
    """Ask for known weaknesses of what is locked; False when there is one."""
    asked = [
        str(BIN / "pip-audit"),
        "-r",
        LOCK,
        "--disable-pip",
        "--require-hashes",
        "--format",
        "json",
        "--timeout",
        "15",
    ]
    try:
        ran = subprocess.run(asked, cwd=HERE, capture_output=True, text=True, timeout=PATIENCE, check=False)
        packages = json.loads(ran.stdout)["dependencies"]
    except (json.JSONDecodeError, KeyError, subprocess.TimeoutExpired):
        print("NOT AUDITED: no list of known weaknesses can be reached from here. Run 'make audit' where one can.")
        return True
    passed_over = [one["name"] for one in packages if "skip_reason" in one]
    weak = [one for one in packages if one.get("vulns")]
    if len(passed_over) == len(packages):
        print(f"NOT AUDITED: the index that answers here knows no weaknesses of any of {len(packages)} packages.")
        return True
    for one in weak:
        known = ", ".join(
            f"{each['id']} (fixed in {', '.join(each['fix_versions']) or 'nothing yet'})" for each in one["vulns"]
        )
        print(f"WEAK: {one['name']} {one['version']}: {known}")
    if passed_over:
        print(f"Not audited, since the index does not know them: {', '.join(passed_over)}")
    print(f"{len(packages) - len(passed_over)} packages audited, {len(weak)} with known weaknesses.")
    return not weak


def secrets() -> bool:
    """Look for secrets in every committed file; False when there is one. The secret itself is not printed."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=HERE, capture_output=True, text=True, check=True)
    files = [HERE / name for name in listed.stdout.split("\0") if name and (HERE / name).is_file()]
    found = [place for file in files for place in places(file)]
    for place in found:
        print(f"SECRET? {place}")
    print(f"{len(files)} files searched for secrets, {len(found)} places to look at.")
    return not found


def places(file: Path) -> list[str]:
    """Return where a file seems to hold a secret, and of which kind."""
    text = file.read_bytes().decode("utf-8", "replace")
    return [
        f"{file.relative_to(HERE)}:{text.count(chr(10), 0, match.start()) + 1}: {kind}"
        for kind, pattern in PATTERNS.items()
        for match in pattern.finditer(text)
        if "secret" not in match.groupdict() or entropy(match["secret"]) >= LEAST_ENTROPY
    ]


def entropy(text: str) -> float:
    """Return the bits per character that the letters of a text hold."""
    return -sum(count / len(text) * math.log2(count / len(text)) for count in Counter(text).values())


def bill_of_materials() -> bool:
    """Write what is delivered as CycloneDX; False when it cannot be written."""
    SBOM.parent.mkdir(exist_ok=True)
    told = [str(BIN / "cyclonedx-py"), "requirements", LOCK, "--pyproject", "pyproject.toml", "--output-reproducible"]
    ran = subprocess.run(
        [*told, "--short-PURLs", "-o", str(SBOM)], cwd=HERE, capture_output=True, text=True, check=False
    )
    if ran.returncode:
        print(ran.stderr.strip())
        return False
    print(f"{len(json.loads((HERE / SBOM).read_bytes())['components'])} components written to {SBOM} (CycloneDX).")
    return True


if __name__ == "__main__":
    sys.exit(0 if all([weaknesses(), secrets(), bill_of_materials()]) else 1)
