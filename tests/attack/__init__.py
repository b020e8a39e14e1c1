"""What does an attacker get?  Long attacks on the service and on its files, each with a short version in the tests."""
