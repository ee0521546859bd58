"""Crashes on purpose: processes killed at named points, power cut, and a checker of what is left."""
