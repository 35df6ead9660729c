"""A season of the portal: stories made up from `matters.toml` and `voices.toml` until given numbers are reached."""

from .planning import Numbers, season

__all__ = ["Numbers", "season"]
