"""What a note must say because of what is drawn: withheld rows, hollow marks, missing answers."""

from analysis.disclosure import ProtectedTable


def with_explanations(note: str, table: ProtectedTable, uncertain_mark: str = "Hult mærke") -> str:
    """Add to a note what the table's rows need explained, each sentence once.

    Parameters
    ----------
    uncertain_mark : how the chart draws an uncertain estimate; empty where it does not.
    """
    rows = table.frame
    sentences = [note.strip()]
    if uncertain_mark and "reliability" in rows and rows["reliability"].eq("usikker").any():
        sentences.append(f"{uncertain_mark}: usikkert skøn (få svar eller bredt interval).")
    if rows["status"].eq("withheld").any():
        sentences.append(
            f"Diskretioneret: færre end {table.min_count} svar, eller skjult, så andre ikke kan regnes ud."
            if table.min_count
            else "Diskretioneret: vises ikke af hensyn til anonymiteten."
        )
    if rows["status"].eq("missing").any():
        sentences.append("Ingen svar: spørgsmålet er ikke besvaret.")
    return " ".join(sentence for sentence in sentences if sentence)
