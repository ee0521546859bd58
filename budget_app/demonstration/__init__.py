"""The example parliament: its content in four languages, and how an installation is filled with it."""
