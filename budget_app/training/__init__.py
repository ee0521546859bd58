"""Training sessions: an exercise parliament for each delegation, apart from everything real."""
