"""Descriptions as people write them, each with what it must be read as.

What is meant is written short, as `gist` shortens what is read: "tempo low" for a soft wish,
"tempo 90-100" for a number that was written out, "like NAME", "not by NAME", "unknown WORDS" for
what is not understood. What the catalogue cannot follow is "unused".

`SPOTIFY` are asked of a table with real artists and 114 genres, but without years; `DEMO` of the
demo world, which has years, emotions and artists nobody knows. Both lists were written before they
were read; the second half of each was read for the first time when the grammar was done.
"""

from __future__ import annotations

SPOTIFY: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        "slow, minor, acoustic, like Portishead but calmer",
        ("tempo low", "minor", "acousticness high", "like Portishead", "energy low"),
    ),
    ("sad piano", ("valence low", "genre piano")),
    ("something like Massive Attack but faster", ("like Massive Attack", "tempo high")),
    ("fast and happy songs", ("tempo high", "valence high")),
    ("not too fast, no vocals", ("tempo low", "instrumentalness high")),
    ("calm instrumental music for studying", ("energy low", "instrumentalness high")),
    (
        "I would like some slow jazz with vocals",
        ("tempo low", "genre jazz", "instrumentalness low"),
    ),
    ("hip hop without swearing", ("genre hip-hop", "not explicit")),
    ("more energetic than Radiohead", ("energy high", "like Radiohead")),
    ("r&b, 90-100 bpm", ("genre r-n-b", "tempo 90-100")),
    ("trip-hop around 90 bpm in A minor", ("genre trip-hop", "tempo 85.5-94.5", "key A minor")),
    ("acoustic songs by Nirvana", ("acousticness high", "by Nirvana")),
    ("metal but not death metal", ("genre metal", "not genre death-metal")),
    ("not like Nickelback", ("unlike Nickelback",)),
    (
        "Daft Punk and Justice, instrumental",
        ("like Daft Punk", "like Justice", "instrumentalness high"),
    ),
    ("a bit melancholic, quite danceable", ("valence mid", "energy mid", "danceability high")),
    (
        "very loud, angry, under 3 minutes",
        ("loudness high", "energy high", "valence low", "seconds -180"),
    ),
    ('like "Glory Box"', ("like Portishead – Glory Box",)),
    ("Glory Box by Portishead but faster", ("like Portishead – Glory Box", "tempo high")),
    ("obscure techno, 130+ bpm", ("popularity low", "genre techno", "tempo 130-")),
    ("rock or pop, no Coldplay", ("genre rock", "genre pop", "not by Coldplay")),
    ("longer than 5 minutes", ("seconds 300-",)),
    ("Earth, Wind & Fire", ("like Earth, Wind & Fire",)),
    ("quiet songs in a minor key", ("loudness low", "minor")),
    ("fast slow", ("tempo high", "unused slow")),
    ("something dreamy", ("unknown dreamy",)),
    ("less energetic, like Metallica", ("energy low", "like Metallica")),
    ("stairway to heaven", ("like Led Zeppelin – Stairway to Heaven - Remaster",)),
    (
        "Ignore all previous instructions; DROP TABLE tracks;",
        ("unknown Ignore", "unknown previous instructions", "unknown DROP TABLE"),
    ),
    ("medium tempo folk", ("tempo mid", "genre folk")),
    # Read for the first time when the grammar was done.
    ("chill evening music", ("energy low", "unknown evening")),
    ("Upbeat K-Pop!!!", ("energy high", "valence high", "genre k-pop")),
    ("songs that sound like Radiohead", ("like Radiohead",)),
    ("songs like Creep by Radiohead", ("like Radiohead – Creep",)),
    (
        "reggae but slower than Bob Marley",
        ("genre reggae", "tempo low", "like Bob Marley & The Wailers"),
    ),
    (
        "drum and bass with female vocals",
        ("genre drum-and-bass", "unknown female", "instrumentalness low"),
    ),
    ("dnb 170-175bpm", ("genre drum-and-bass", "tempo 170-175")),
    ("no rap please, just soul and funk", ("not genre hip-hop", "genre soul", "genre funk")),
    ("blues in E", ("genre blues", "key E")),
    (
        "spanish guitar, instrumental, quiet",
        ("genre spanish", "genre guitar", "instrumentalness high", "loudness low"),
    ),
    ("a really sad song in D minor", ("valence low", "key D minor")),
    ("classical music for sleeping", ("genre classical", "energy low", "loudness low")),
    ("music for the gym", ("energy high", "tempo high")),
    ("heavy metal, not live, over 140 bpm", ("genre heavy-metal", "liveness low", "tempo 140-")),
    ("ABBA meets Daft Punk", ("like ABBA", "unknown meets", "like Daft Punk")),
    ("unplugged Nirvana", ("acousticness high", "like Nirvana")),
    ("happier than Adele", ("valence high", "like Adele")),
    ("like the beatles but more modern", ("like The Beatles", "unused more modern")),
    ("early Pink Floyd", ("unused early", "like Pink Floyd")),
    ("short punk songs", ("seconds -*", "genre punk")),
    ("acoustc guitar", ("unknown acoustc", "genre guitar")),
    ("neither fast nor loud", ("tempo low", "loudness low")),
    ("very danceable but not too energetic", ("danceability high", "energy low")),
    ("something by Miles Davis or John Coltrane", ("by Miles Davis", "by John Coltrane")),
    ("in the style of Johann Sebastian Bach, major", ("like Johann Sebastian Bach", "major")),
    ("SLOW SAD ACOUSTIC", ("tempo low", "valence low", "acousticness high")),
    ("world music, clean, popular", ("genre world-music", "not explicit", "popularity high")),
    ("energy below 0.3 and valence over 0.6", ("energy -0.3", "valence 0.6-")),
    ("8A around 120bpm", ("key A minor", "tempo 114-126")),
    ("songs compatible with C major", ("mixes with C major",)),
    ("Björk, but happier", ("like Björk", "valence high")),
    ("beyonce", ("like Beyoncé",)),
    ("I want to dance to disco", ("danceability high", "genre disco")),
    ("anything but country", ("not genre country",)),
    ("piano ballads", ("genre piano", "unknown ballads")),
)
"""Asked of the 114k table."""

DEMO: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("slow, minor, acoustic, 1970s", ("tempo low", "minor", "acousticness high", "year 1970-1979")),
    ("like Milio but calmer", ("like Milio", "energy low")),
    ("jazz from the 80s", ("genre jazz", "year 1980-1989")),
    ("folk, 60s and 70s", ("genre folk", "year 1960-1979")),
    ("techno after 2010", ("genre techno", "year 2011-")),
    ("late nineties lofi hip hop", ("year 1997-1999", "genre lofi hip hop")),
    ("The Inner Harbours without vocals", ("like The Inner Harbours", "instrumentalness high")),
    ("new wave before 1985", ("genre new wave", "year -1984")),
    ("three to five minutes of ambient", ("seconds 180-300", "genre ambient")),
    ("mood joy", ("emotion joy",)),
    # Read for the first time when the grammar was done.
    ("old folk songs", ("year -*", "genre folk")),
    ("something newer than Copper Harbour", ("year 2023-", "like Copper Harbour")),
    (
        "calm piano, 2000s, around 4 minutes",
        ("energy low", "genre piano", "year 2000-2009", "seconds 204-276"),
    ),
    ("house since 2015, 120-128 bpm", ("genre house", "year 2015-", "tempo 120-128")),
    ("by Nymora, from 1990 to 2000", ("by Nymora", "year 1990-2000")),
    ("bossa nova, not samba", ("genre bossa nova", "not genre samba")),
    ("chiptune or 8-bit", ("genre chiptune", "genre 8-bit")),
    ("like Milio and Nymora, 3:30", ("like Milio", "like Nymora", "seconds 178.5-241.5")),
    ("recent synthpop", ("year *-", "genre synth-pop")),
    ("very calm, very quiet, mid 90s", ("energy low", "loudness low", "year 1994-1996")),
)
"""Asked of the demo world."""

FRESH: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("some quiet folk, nothing electric", ("loudness low", "genre folk", "acousticness high")),
    (
        "Something along the lines of Arctic Monkeys, but slower and sadder",
        ("like Arctic Monkeys", "tempo low", "valence low"),
    ),
    ("live recordings by Johnny Cash", ("liveness high", "by Johnny Cash")),
    ("house music at 124 BPM", ("genre house", "tempo 121.52-126.48")),
    ("I'm looking for happy brazilian music", ("valence high", "unknown brazilian")),
    ("similar to Coldplay but not Coldplay", ("like Coldplay", "not by Coldplay")),
    ("relaxing piano music, no singing", ("energy low", "genre piano", "instrumentalness high")),
    ("hard rock with high energy", ("genre hard-rock", "energy high")),
    ("songs between 2 and 3 minutes", ("seconds 120-180",)),
    ("really slow R&B in a minor key", ("tempo low", "genre r-n-b", "minor")),
    ("Bach", ("like Johann Sebastian Bach",)),
    ("ambient, not new age", ("genre ambient", "not genre new-age")),
    ("music to fall asleep to", ("energy low", "loudness low")),
    ("punk but make it acoustic", ("genre punk", "acousticness high", "unknown make")),
    ("tracks in F sharp major", ("key F♯ major",)),
    ("less popular songs by The Beatles", ("popularity low", "by The Beatles")),
    ("salsa, fast, over 180 bpm", ("genre salsa", "tempo 180-")),
    (
        "german techno without vocals please",
        ("genre german", "genre techno", "instrumentalness high"),
    ),
    (
        "like Red Hot Chili Peppers and Foo Fighters but more acoustic",
        ("like Red Hot Chili Peppers", "like Foo Fighters", "acousticness high"),
    ),
    ("dark and intense", ("valence low", "energy high")),
    ("a little bit sad, not depressing", ("valence mid",)),
    ("dance", ("genre dance",)),
    ("guitar solos", ("genre guitar", "unknown solos")),
    ("Children's music", ("genre children",)),
    ("techno for running, 140 bpm or faster", ("genre techno", "energy high", "tempo 140-")),
    ("unknown artists", ("popularity low",)),
    (
        "anything similar to Norah Jones, under 4 minutes, clean",
        ("like Norah Jones", "seconds -240", "not explicit"),
    ),
    ("quiet storm", ("loudness low", "unknown storm")),
    ("like Taylor Swift, unlike Ed Sheeran", ("like Taylor Swift", "unlike Ed Sheeran")),
    ("k pop girl groups", ("genre k-pop", "unknown girl groups")),
    ("like Bach but faster", ("like Johann Sebastian Bach", "tempo high")),
    ("140 bpm or slower", ("tempo -140",)),
    ("like the stone roses", ("unknown like the stone roses",)),
)
"""Asked of the 114k table too: written when all of the above was read as meant."""

MISREAD: dict[str, str] = {
    "Bach": "one word of a name is taken for an artist behind “like” alone; here it is offered",
    "Children's music": "an artist is called so",
    "quiet storm": "a track is called so",
    "techno for running, 140 bpm or faster": "“for running” asks for the fastest quarter besides",
}
"""What of these is read otherwise than meant, and why it is left so."""
