"""Which paths are there?  Each checks a request by its schema and is one call deep."""
