from hypothesis import settings

# Machines differ in speed, and a slow one is no failure.
settings.register_profile("patient", parent=settings(), deadline=None)
settings.load_profile("patient")
