"""Engines over the bytes of a file: they know no case, no account, no database and no broker.

``inspect`` reads a file, ``precheck`` says what is wrong with it, ``repair`` mends what can be mended, ``deposit``
makes the 鉴别材料 of a program. What touches the bytes runs in confinement; beside it stand the calls that start it
there, and the words for what it says.
"""
