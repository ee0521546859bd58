"""The institutions that run rounds on this installation."""
