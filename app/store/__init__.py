"""What outlives a process?  Jobs, lists, checkpoints, trained versions and workers, in SQLite or PostgreSQL."""
