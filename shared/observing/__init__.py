"""What the process tells about itself: structured log lines that hold no personal data."""
