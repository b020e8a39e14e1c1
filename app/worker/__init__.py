"""Which process trains?  `python -m app.worker`, on DBOS."""
