"""Given names and surnames together: the order and the endings of a language, and how names are written in ASCII."""
