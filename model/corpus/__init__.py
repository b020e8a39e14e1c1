"""What does a list of names hold?  From a file's bytes to names to learn from, and a report on them."""
