"""Files of elections, in and out."""
