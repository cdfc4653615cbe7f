"""How services hear each other: feeds of facts, reactions that answer them, projections that fold them."""
