"""A small world to search in, and what a search must find there in either database."""

from __future__ import annotations

from segue.records import OutsideId, TrackRecord

WORLD = (
    # title, artists, album, popularity
    ("Yesterday", ("The Beatles",), "Help!", 80.0),
    ("Yesterday Once More", ("Carpenters",), "Now & Then", 70.0),
    ("Yesterday", ("Boyz II Men",), "II", 40.0),
    ("Golden Slumbers", ("The Beatles",), "Yesterday and Today", 60.0),
    ("Don't Stop Me Now", ("Queen",), "Jazz", 85.0),
    ("Killer Queen", ("Queen",), "Sheer Heart Attack", 75.0),
    ("Bohemian Rhapsody", ("Queen",), "A Night at the Opera", 90.0),
    ("Thunderstruck", ("AC/DC",), "The Razors Edge", 88.0),
    ("Maps", ("MØ",), "Forever", 30.0),
    ("The Boxer", ("Simon & Garfunkel",), "Bridge over Troubled Water", 65.0),
    ("Café del Mar", ("Energy 52",), "Café", None),
    ("夜に駆ける", ("YOASOBI",), "THE BOOK", 77.0),
    ("東京ブギウギ", ("笠置シヅ子",), "", 20.0),
    ("Under Pressure", ("Queen", "David Bowie"), "Hot Space", 82.0),
    ("!!!", ("!!!",), "Louden Up Now", 10.0),
    ("🔥", ("Ada",), "", 5.0),
    ("100%", ("Ada",), "50_50", 5.0),
    ("Harbour", ("Ada",), "", 50.0),
    ("Harbour", ("Ada",), "", 50.0),
    ("Harbour", ("Bo",), "", 50.0),
)

RECORDS = [
    TrackRecord(
        title=title,
        artists=artists,
        album=album,
        popularity=popularity,
        outside_ids=(OutsideId("spotify", f"s{number}"),),
    )
    for number, (title, artists, album, popularity) in enumerate(WORLD)
]

ANY_ORDER = [
    "Boyz II Men – Yesterday",
    "Yesterday - Boyz II Men",
    "boyz ii men yesterday",
    "yesterday boyz ii men",
    "  YESTERDAY   boyz II men ",
]
"""Ways to ask for the song of Boyz II Men."""

SPELLINGS = [
    ("cafe del mar", "Energy 52 – Café del Mar"),
    ("CAFÉ DEL MAR", "Energy 52 – Café del Mar"),
    ("dont stop me", "Queen – Don't Stop Me Now"),
    ("don’t stop me", "Queen – Don't Stop Me Now"),
    ("acdc", "AC/DC – Thunderstruck"),
    ("ac dc thunder", "AC/DC – Thunderstruck"),
    ("mo map", "MØ – Maps"),
    ("simon and garfunkel", "Simon & Garfunkel – The Boxer"),
    ("駆ける", "YOASOBI – 夜に駆ける"),
    ("夜に", "YOASOBI – 夜に駆ける"),
    ("yoasobi 駆け", "YOASOBI – 夜に駆ける"),
    ("シヅ子 東京", "笠置シヅ子 – 東京ブギウギ"),
    ("!!!", "!!! – !!!"),
    ("🔥", "Ada – 🔥"),
    ("100%", "Ada – 100%"),
]
"""What is typed, and what comes first."""

NOTHING = [
    "",
    "   ",
    "qwertz",
    "yesterday qwertz",
    "100_1",
    "%",
    "50%51",
    "夜に笑う",
    "asd",
    "\x00",
]
"""What nothing is found by."""

TYPED = [
    '"',
    '"unfinished',
    "yesterday OR queen",
    "NEAR(yesterday queen, 2)",
    "title:yesterday",
    "{title artists}: queen",
    "- + ^ * ( )",
    "queen*",
    "'; DROP TABLE tracks; --",
    "queen\x00yesterday",
    "\ud800 lone",
    "x" * 10_240,
    "queen " * 2_000,
    " ".join(f"w{n}" for n in range(3_000)),
    "(" * 5_000 + " - a" * 500,
    "🏳️‍🌈👨‍👩‍👧",
    "e\u0301" * 300,
]
"""What somebody may paste."""
