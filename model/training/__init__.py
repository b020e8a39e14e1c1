"""How is a network trained?  Hyperparameters, batches, the loop, checkpoints, and what is measured at the end."""
