"""Names: which spellings are one, and which are not."""

from __future__ import annotations

import pytest

from segue.names import (
    album_base,
    album_kind,
    artist_key,
    artist_keys,
    fold,
    is_collective,
    is_placeholder,
    joined_key,
    remaster_years,
    split_title,
    title_key,
)


@pytest.mark.parametrize(
    "spellings",
    [
        ("Beyoncé", "BEYONCE", "beyonce\u0301", " Beyoncé "),
        ("Mötley Crüe", "Motley Crue"),
        ("Sigur Rós", "sigur ros"),
        ("Straße", "STRASSE", "strasse"),
        ("İstanbul", "istanbul", "ISTANBUL"),
        ("Ægir Œuvre Øst Łódź Þór Đorđe", "aegir oeuvre ost lodz thor dorde"),
        ("ＡＢＣ　１２３", "abc 123"),
        ("ﾊﾟｰﾌｪｸﾄ", "パーフェクト"),
        ("가", "\u1100\u1161"),
        ("Ёлка", "елка"),
        ("Ελλάδα", "ΕΛΛΑΔΑ"),
        ("Don't Stop", "Don’t Stop", "dont stop", "Don‘t - Stop!"),
        ("Simon & Garfunkel", "Simon and Garfunkel", "Simon + Garfunkel", "Simon und Garfunkel"),
        ("Guns N' Roses", "Guns N’ Roses", "guns and roses", "Guns & Roses"),
        ("R.E.M.", "REM", "r.e.m"),
        ("A$AP", "asap"),
        ("P!nk", "Pink"),
        ("AC/DC", "AC-DC", "ac dc"),
        ("a_b", "a b", "a\tb\n"),
    ],
)
def test_spellings_of_one_name_fold_to_one(spellings: tuple[str, ...]) -> None:
    assert {fold(name) for name in spellings} == {fold(spellings[0])}
    assert fold(spellings[0])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("か", "が"),
        ("कि", "की"),
        ("мои", "мой"),
        ("가", "까"),
        ("Their", "There"),
        ("!!!", "???"),
        ("1.5", "15"),
        ("Wait! What", "Waitiwhat"),
        ("Пи", "Pi"),
    ],
)
def test_different_names_stay_different(one: str, other: str) -> None:
    assert fold(one) != fold(other)


def test_a_name_of_signs_alone_stays_a_name() -> None:
    assert fold("!!!") == "!!!"
    assert fold(" +/- ") == "+/-"
    assert fold("🔥") == "🔥"
    assert fold("   ") == ""


@pytest.mark.parametrize("name", ["The Beatles", "BEATLES", "Beatles, The", "the  beatles"])
def test_the_does_not_count_for_artists(name: str) -> None:
    assert artist_key(name) == "beatles"


def test_the_counts_where_it_is_all_there_is() -> None:
    assert artist_key("The The") == "the"
    assert artist_key("The") == "the"
    assert artist_key("Thebes") == "thebes"
    assert fold("The Wall") != fold("Wall")


@pytest.mark.parametrize(
    "name",
    [
        *("", "  ", "Various Artists", "VARIOUS", "V.A.", "V/A", "[unknown]", "<Unknown Artist>"),
        *("Verschiedene Interpreten", "Varios Artistas", "nan", "None", "N/A", "-"),
    ],
)
def test_nobody_in_particular(name: str) -> None:
    assert is_collective(name)
    assert artist_keys((name,)) == ()


@pytest.mark.parametrize(
    "name", ["Various Cruelties", "Vanessa", "Nobody", "Unknown Mortal Orchestra", "!!!"]
)
def test_somebody_after_all(name: str) -> None:
    assert not is_collective(name)


def test_artist_keys_are_in_order_and_once() -> None:
    names = ("The Bo", "Various Artists", "Ada", "BO", "")
    assert artist_keys(names) == ("bo", "ada")


@pytest.mark.parametrize(
    ("title", "base", "version"),
    [
        ("Harbour", "harbour", ""),
        ("Harbour (Live)", "harbour", "live"),
        ("Harbour - Live at Köln", "harbour", "koln live"),
        ("Harbour [Live in Köln]", "harbour", "koln live"),
        ("Harbour (From Live at Köln)", "harbour", "koln live"),
        ("Harbour - 2011 Remastered Version", "harbour", "remaster"),
        ("Harbour (Remastered 2011)", "harbour", "remaster"),
        ("Harbour - 2010 - Remaster", "harbour", "remaster"),
        ("Harbour - Remasterizado", "harbour", "remaster"),
        ("Harbour - Mono / Remastered 2009", "harbour", "mono remaster"),
        ("Harbour - 1999 Mix", "harbour", "1999 mix"),
        ("Harbour (Choir Cast Version featuring Bo)", "harbour", "cast choir"),
        ("Harbour - Explicit LP Version", "harbour", ""),
        ('Harbour - From "The Sea"/Soundtrack Version', "harbour", ""),
        ("Harbour - From The Sea - Original Soundtrack", "harbour", ""),
        ("Harbour - Spanish Album Version", "harbour", "album spanish"),
        ("Harbour (Vessel Remix) [feat. Bo]", "harbour", "remix vessel"),
        ("Harbour feat. Bo - Radio Edit", "harbour", "edit radio"),
        ("Harbour (feat. Bo)", "harbour", ""),
        ("Harbour ft. Bo & Cy", "harbour", ""),
        ("Harbour (with Bo)", "harbour", ""),
        ("Harbour (Bonus Track)", "harbour", ""),
        ("Harbour - Original Mix", "harbour", ""),
        ("Harbour (Album Version)", "harbour", ""),
        ("Harbour (From “The Sea”)", "harbour", ""),
        ("Harbour (Ana’s Version)", "harbour", "anas"),
        ("Harbour (Version)", "harbour", "version"),
        ("Harbour (In the Rain)", "harbour in the rain", ""),
        ("Harbour, Pt. 2", "harbour part 2", ""),
        ("Live", "live", ""),
        ("Live Forever", "live forever", ""),
        ("Harbour (Live and Let Die)", "harbour live and let die", ""),
        ("(Sittin' On) The Dock", "sittin on the dock", ""),
        ("- Live", "live", ""),
        ("(Live)", "live", "live"),
        ("", "", ""),
        ("Ft. Worth", "ft worth", ""),
    ],
)
def test_titles_part_into_song_and_recording(title: str, base: str, version: str) -> None:
    assert split_title(title) == (base, version)
    assert title_key(title) == joined_key(base, version)


def test_years_of_a_remaster_are_told_apart() -> None:
    assert remaster_years("Harbour - 2011 Remaster") == {"2011"}
    assert remaster_years("Harbour (REMASTERED)") == frozenset()
    assert remaster_years("Harbour 1999") == frozenset()


def test_songs_and_their_recordings_never_share_a_key() -> None:
    titles = [
        *("Harbour", "Harbour (Live)", "Harbour - Acoustic", "Harbour (Remix)", "Harbour (Demo)"),
        *("Harbour - Live at Köln", "Harbour - Instrumental", "Harbour (Reprise)"),
        *("Harbour - Sped Up", "Harbour (Karaoke Version)", "Harbour - Mono", "Harbour - Stereo"),
        *("Harbour - En Vivo", "Harbour (8D Audio)", "Harbour (Piano)", "Harbour (Radio Edit)"),
    ]
    assert len({title_key(title) for title in titles}) == len(titles)


@pytest.mark.parametrize(
    "title",
    ["", " ", "Track 01", "track 1", "Audio Track 4", "Untitled", "Untitled Track 3", "Titel 7"],
)
def test_titles_that_name_nothing(title: str) -> None:
    assert is_placeholder(title)


@pytest.mark.parametrize("title", ["Tracks of My Tears", "Untitled (How Does It Feel)", "7"])
def test_titles_that_name_something(title: str) -> None:
    assert not is_placeholder(title)


@pytest.mark.parametrize(
    ("album", "kind"),
    [
        ("Tides", ""),
        ("", ""),
        ("Live at the Harbour", "live"),
        ("Live!", "live"),
        ("MTV Unplugged", "live"),
        ("Ada ao vivo", "live"),
        ("Live Through This", ""),
        ("Tides (Live)", "live"),
        ("Tides - Live in Köln", "live"),
        ("Born to Live", ""),
        ("Alive", ""),
        ("Ghost (Acoustic)", "acoustic"),
        ("A Tribute to Ada", "karaoke"),
        ("Tides (Instrumentals)", "instrumental"),
        ("Tides Remixed", "remix"),
    ],
)
def test_albums_that_say_what_their_recordings_are(album: str, kind: str) -> None:
    assert album_kind(album) == kind


def test_editions_of_an_album_have_one_base() -> None:
    spellings = ("Tides", "TIDES!", "Tides (Deluxe)", "Tides [2011 Remaster]", "Tides - EP")
    assert {album_base(name) for name in spellings} == {"tides"}
    assert album_base("(What's the Story)") == "whats the story"
    assert album_base("EP") == "ep"
    assert album_base("") == ""
