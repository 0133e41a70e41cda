"""What the gateway does beside requests: forgets expired uploads, collects objects that nobody refers to, looks for
those that nobody ever did. One thread in each worker process; rows are claimed, so that replicas share the work."""

from gateway.housekeeping.rounds import Rounds

__all__ = ["Rounds"]
