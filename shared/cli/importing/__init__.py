"""Bringing in the records of an earlier system, read from CSV by a mapping.

`mapping` says what the columns mean · `conditions` is what a rule may ask · `table` turns bytes into rows with true
line numbers · `cells` turns text into dates and amounts · `reading` makes a row a record · `rejects` writes down what
could not be read · `running` does the whole, in batches. Importing twice, or again after a break, changes nothing.
"""

from shared.cli.importing.mapping import Mapping, load_mapping
from shared.cli.importing.running import ImportResult, import_file

__all__ = ["ImportResult", "Mapping", "import_file", "load_mapping"]
