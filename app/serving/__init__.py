"""Which models answer?  Snapshots in memory, kept up to date with the store, and the work of drawing and scoring."""
