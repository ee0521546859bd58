"""What people say about proposals, and how it is moderated by published rules."""
