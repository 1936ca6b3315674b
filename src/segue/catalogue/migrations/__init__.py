"""The history of the tables, one script a revision, applied by `segue.catalogue.upgrading`.

To change a table: change ``schema.py``, write the next script under ``versions``, add its name to
``upgrading.REVISIONS``. A test compares what the scripts build with what ``schema.py`` says.
Triggers keep the search table in step with ``tracks`` (see revision 0002): a script that rebuilds
``tracks`` in SQLite (``op.batch_alter_table``) loses them and must create them again.
"""
