from tests.cast import cast, journey

__all__ = ["cast", "journey"]
