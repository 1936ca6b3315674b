"""What we know, in SQL: the one truth; everything else (indexes, snapshots) is derived from it.

``schema`` names the tables, ``database`` opens them, one module a subject reads and writes them.
No other package of Segue speaks SQL.
"""
