"""The subcommands of `tallying`, one file each."""
