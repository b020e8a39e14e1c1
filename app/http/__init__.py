"""What does HTTP see?  Routes, middleware, authentication, pages, and the table from errors to problems."""
