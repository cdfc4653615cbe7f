"""The ways out: one adapter per file behind the protocol of `port`, listed in `bootstrap`."""
