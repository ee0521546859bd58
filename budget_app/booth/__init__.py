"""What the citizen sees when voting: choose, review, cast, done."""
