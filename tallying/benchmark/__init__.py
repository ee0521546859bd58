"""How fast this machine counts an election, side by side with pabutools when it is installed."""
