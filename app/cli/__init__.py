"""What does the command `namewright` do?  It serves, trains and samples, and keeps the database."""
