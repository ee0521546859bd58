"""Every speed that the documentation states, with the command that measured it."""
