"""The command line: what `redress` can be told, apart from which services there are."""
