"""Tests of the ballot box."""
