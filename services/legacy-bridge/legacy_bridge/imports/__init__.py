"""Import jobs: a source is read batch by batch, each row is judged once, and its owner is given what fits.

Every row of a source ends in exactly one of three ways: loaded, duplicate of a row that is named, or rejected with a
reason. A batch is judged, written down and handed over in one transaction, so a job that dies on any row goes on from
the batch it was in, and what comes of it is the same.
"""
