"""Completion in bash, zsh and fish: the scripts, and what they are answered when somebody presses tab.

May import: text.
"""
