"""What does ``python -m model`` do?  Its commands, their progress display and their tables."""
