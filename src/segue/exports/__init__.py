"""Playlists written for other programs; what is written here, `segue.sources` reads back.

places     how a playlist says where a file is: absolute, relative, or as another machine sees it
m3u        M3U8: one path a line
jspf       JSPF: XSPF in JSON, with ids
writing    a playlist as a file, whole or not at all
cells      cells of a table that no spreadsheet takes for a formula
"""
