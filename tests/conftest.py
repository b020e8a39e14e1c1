from hypothesis import settings

from tests.clusters import cluster, database_url, make_cluster, postgresql_url

__all__ = ["cluster", "database_url", "make_cluster", "postgresql_url"]

# Machines differ in speed, and a slow one is no failure.
settings.register_profile("patient", parent=settings(), deadline=None)
settings.load_profile("patient")
