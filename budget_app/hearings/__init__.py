"""Live public sessions: agenda, stream, questions of citizens and civil society, polls, minutes."""
