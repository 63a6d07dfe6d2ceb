"""What the page says in plain words of figures, kinds and steps. Knows no numbers."""

from __future__ import annotations

KINDS = {
    "single": "Each text has one label.",
    "multi": "A text may have several labels.",
    "open": "Labels were found without the gold label set, so what is compared is which texts are together.",
}
GROUPS = {
    "flat": "Labels",
    "ranking": "Order of labels",
    "hierarchy": "Labels with what is above them",
    "clusters": "Labels that were found, as groups of texts",
    "calibration": "Scores",
}
STEPS = {
    "exact": "a repeat of an earlier text",
    "recall": "like earlier texts that agree",
    "ask": "the model, or the first text of its kind",
    "rank": "by examples and names",
    "choose": "chosen by the model",
    "descend": "found by the model on the way down",
    "student": "the small trained model",
    "human": "a person",
    "error": "no answer",
}
MEANS = {
    "accuracy": "texts that have the right label",
    "answered": "texts that were given a label",
    "precision of answered": "of texts that were given a label, those that have the right one",
    "precision": "of the labels given, those that are right",
    "recall": "of the labels that texts should have, those that were given",
    "f1": "precision and recall in one number (their harmonic mean)",
    "macro precision": "mean over labels: small labels count as much as large ones",
    "macro recall": "mean over labels: small labels count as much as large ones",
    "macro f1": "mean over labels: small labels count as much as large ones",
    "subset accuracy": "texts without a wrong or a missing label",
    "f1 a text": "F1 of each text's labels, mean over texts",
    "P": "of so many best labels, those that are right",
    "R": "of the labels a text should have, those among so many best",
    "nDCG": "as before, but a right label counts more the higher it stands",
    "PSP": "precision in which rare labels count more",
    "precision with ancestors": "a near miss shares what is above it, and counts for that",
    "recall with ancestors": "a near miss shares what is above it, and counts for that",
    "f1 with ancestors": "both in one number",
    "best label right": "texts whose best label is right",
    "V-measure": "homogeneity and completeness in one number",
    "homogeneity": "1: no label holds texts of two gold labels",
    "completeness": "1: no gold label is spread over two labels",
    "ARI": "pairs of texts on which both sides agree, above chance (0: chance)",
    "AMI": "what labels say of gold labels, above chance (0: chance)",
    "purity": "texts that have the gold label which most texts of their label have",
    "B-cubed precision": "of the texts that share a text's label, those of its gold label",
    "B-cubed recall": "of the texts of a text's gold label, those that share its label",
    "B-cubed f1": "both in one number",
    "ECE": "how far scores are off on average (0: not at all)",
    "Brier": "mean squared distance of scores from the truth (0 is best)",
}
