"""What is a training to the API?  Orders, the check of their lists, jobs, their events and loss plots."""
