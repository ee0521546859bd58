"""Reviewing what citizens submit: assigned, free of conflicts, told with reasons, open to an appeal."""
