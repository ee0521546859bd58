"""What people say about proposals, rounds and hearings, and how it is moderated by published rules."""
