"""What tests stand on: the real app in process, given/when/then."""
