"""Ways in: one module per channel, each turning what arrives into submitted messages."""
