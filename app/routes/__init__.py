"""The paths: each checks a request by its schema and is one call deep."""
