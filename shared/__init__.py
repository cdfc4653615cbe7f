"""What every service stands on: used by two services or more, and free of any service's own rules."""
