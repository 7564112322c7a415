"""The version of the package and of the jar."""

__version__ = "${python.version}"
