"""What lives long is kept out of the garbage collector: walking a large board would stall ticks for 0.3 s."""

from __future__ import annotations

import gc


def settle() -> None:
    """Call after loading something large: garbage goes, and what is left is not looked at until the next call."""
    gc.unfreeze()
    gc.collect()
    gc.freeze()
