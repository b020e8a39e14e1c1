"""How does the network compute, and how does it learn?  Parameters, cells, back-propagation, optimisers."""
