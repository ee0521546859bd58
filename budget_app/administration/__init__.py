"""The participation office's desk."""
