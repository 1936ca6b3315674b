"""Segue in Streamlit: recommendations as a grid, a file among its neighbours, the catalogue.

It uses the Python API alone. Run it on a catalogue of yours::

    pip install streamlit
    SEGUE_DATABASE=library.db streamlit run examples/streamlit_app.py
"""

from __future__ import annotations

import tempfile
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from segue import Segue
from segue.errors import UserError
from segue.records import CONTINUOUS

if TYPE_CHECKING:
    from segue.records import Answer, Track

COLUMNS = 3


@st.cache_resource
def library() -> Segue:
    """The catalogue that the setting ``database`` names, opened once for all visitors."""
    return Segue.open(create=False)


def main() -> None:
    """The page that is chosen at the side."""
    st.set_page_config(page_title="Segue", layout="wide")
    pages = {"Recommendations": recommendations, "Embed": embed, "Statistics": statistics}
    chosen = st.sidebar.radio("Page", list(pages))
    try:
        pages[chosen]()
    except UserError as problem:
        st.error(str(problem))


def recommendations() -> None:
    """Find a track, choose in what sense others are to be like it, see them as a grid."""
    st.title("Recommendations")
    words = st.text_input("Title, artist or album", key="words")
    found = library().search(words, n=20) if words.strip() else []
    if words.strip() and not found:
        st.info("No title, artist or album has all of these words.")
    if not found:
        return
    seed = st.selectbox("Track", found, format_func=lambda track: track.name)
    lenses = ["balanced", "hybrid", "attributes", "text", "descriptors"]
    lens = st.selectbox("Similar in what sense?", lenses)
    n = st.slider("How many", 3, 30, 6)
    grid(library().similar(seed.id, n=n, lens=lens))


def grid(answer: Answer) -> None:
    """An answer as cards."""
    columns = st.columns(COLUMNS)
    for place, row in enumerate(answer.recommendations):
        with columns[place % COLUMNS].container(border=True):
            st.markdown(f"**{escaped(row.track.title)}**")
            st.caption(escaped(row.track.artist))
            st.progress(min(max(row.score, 0.0), 1.0), text=f"{row.score:.3f}")
            st.write(escaped(row.reasons.sentence))
    for note in answer.notes:
        st.caption(escaped(note))


def embed() -> None:
    """Hear a file that need not be in the catalogue: what it is like, and its neighbours."""
    st.title("Embed a file")
    file = st.file_uploader("An audio file", type=["mp3", "flac", "wav", "ogg", "m4a"])
    if file is None:
        st.info("It is heard here and not kept.")
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"file{Path(file.name).suffix}"
        path.write_bytes(file.getvalue())
        seed = library().describe(path)
        table(seed.track)
        grid(library().similar(seed, n=6))


def table(track: Track) -> None:
    """What is known of a track, with where it comes from."""
    known = track.attributes
    rows = [
        {"attribute": name, "value": value, "from": track.origins.get(name, "")}
        for name in (*CONTINUOUS, "tempo", "key", "mode")
        if known is not None and (value := getattr(known, name)) is not None
    ]
    st.dataframe(rows, hide_index=True)


def statistics() -> None:
    """How the catalogue is made up."""
    st.title("Statistics")
    corpus = library().engine().snapshot.corpus
    st.metric("Tracks", f"{len(corpus):,}")
    genres = Counter(name for names in corpus.genres for name in names)
    if genres:
        st.subheader("Commonest genres")
        st.bar_chart(dict(genres.most_common(20)))
    name = st.selectbox("Attribute", CONTINUOUS)
    values = corpus.attributes[:, CONTINUOUS.index(name)]
    known = values[np.isfinite(values)]
    st.subheader(f"{name.capitalize()}: {len(known):,} of {len(values):,} known")
    if len(known):
        counts, edges = np.histogram(known, bins=20)
        labels = [f"{edge:.2f}" for edge in edges[:-1]]
        st.bar_chart(dict(zip(labels, counts.tolist(), strict=True)), sort=False)


def escaped(text: str) -> str:
    """Text that Markdown leaves as it is."""
    return "".join(
        f"\\{letter}" if letter in "\\`*_{}[]<>()#+-.!|$:~" else letter for letter in text
    )


main()
