"""How the schema came to be, a module a change."""
