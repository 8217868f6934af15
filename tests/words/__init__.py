"""Tests of words, figures and files without a screen."""
