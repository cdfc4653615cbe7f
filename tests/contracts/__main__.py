"""Write the contracts anew; a schema that breaks what is stored is refused, a golden example is never rewritten."""

import json
import sys

from shared.events import REGISTRY
from tests.contracts.compatibility import breaks
from tests.contracts.documents import GOLDEN, SCHEMAS, golden_file, interfaces, rendered, schemas
from tests.contracts.samples import sample


def main() -> int:
    """Return 1 when a change would make stored facts unreadable."""
    SCHEMAS.mkdir(parents=True, exist_ok=True)
    GOLDEN.mkdir(parents=True, exist_ok=True)
    broken = [
        f"{file}: {loss}"
        for file, schema in schemas().items()
        if file.exists()
        for loss in breaks(json.loads(file.read_text(encoding="utf-8")), schema)
    ]
    if broken:
        print(*broken, "Raise VERSION, add the step to shared/events/upcasting.py, run it again.", sep="\n")  # noqa: T201
        return 1
    for file, document in {**schemas(), **interfaces()}.items():
        file.write_text(rendered(document), encoding="utf-8")
    for kind in REGISTRY.values():
        file = golden_file(kind.TOPIC, kind.VERSION)
        if not file.exists():
            file.write_bytes(sample(kind))
    return 0


if __name__ == "__main__":
    sys.exit(main())
