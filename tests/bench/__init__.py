"""Our speed against the limit of this machine, both measured in the same run: `make bench`."""
