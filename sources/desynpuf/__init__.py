"""CMS DE-SynPUF, the synthetic Medicare claims of 2008 to 2010."""

from sources.desynpuf.adapter import to_landing

__all__ = ["to_landing"]
