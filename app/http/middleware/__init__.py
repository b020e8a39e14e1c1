"""What happens around every request?  One file for each job."""
