"""Runs a notebook's code and compares what it prints and draws with what the notebook shows.

Arguments: the notebook. Needs no Jupyter. What cells print to standard error, such as seconds, is
not compared.
"""

import ast
import base64
import contextlib
import io
import json
import re
import sys
import unittest

import matplotlib

matplotlib.use("agg")

import matplotlib.pyplot as plt  # noqa: E402
import numpy as np  # noqa: E402

with open(sys.argv[1]) as file:
    CELLS = [cell for cell in json.load(file)["cells"] if cell["cell_type"] == "code"]

FIGURE = re.compile(r"\d+\.\d+(?![\d.])")
# RMS difference of pixels, out of 255: antialiasing stays below it, a different curve exceeds it.
MOST_DIFFERENCE = 2.0


def shown(cell):
    """The text that a cell shows as printed, and its pictures as arrays."""
    text, pictures = "", []
    for output in cell["outputs"]:
        if output.get("name") == "stdout":
            text += "".join(output["text"])
        elif "image/png" in output.get("data", {}):
            pictures.append(pixels(io.BytesIO(base64.b64decode(output["data"]["image/png"]))))
    return text, pictures


def pixels(png):
    return plt.imread(png, format="png")[:, :, :3] * 255


def run(cell, names):
    """The text that a cell prints, and its pictures as arrays, drawn as Jupyter does."""
    out, pictures = io.StringIO(), []
    source = "".join(cell["source"])
    with contextlib.redirect_stdout(out):
        exec(compile(ast.parse(source), "cell", "exec"), names)
    for number in plt.get_fignums():
        png = io.BytesIO()
        plt.figure(number).savefig(png, format="png", bbox_inches="tight")
        png.seek(0)
        pictures.append(pixels(png))
    plt.close("all")
    return out.getvalue(), pictures


class NotebookTest(unittest.TestCase):
    maxDiff = None

    def same_text(self, found, expected):
        """All but the last digit of a figure, which rounding may change."""
        self.assertEqual(FIGURE.sub("#", found), FIGURE.sub("#", expected))
        for one, other in zip(FIGURE.findall(found), FIGURE.findall(expected)):
            digits = len(other.split(".")[1])
            self.assertAlmostEqual(float(one), float(other), delta=1.5 * 10**-digits)

    def test_the_notebook_shows_what_its_code_does(self):
        names, drawn = {}, 0
        plt.show = lambda: None
        for cell in CELLS:
            found, expected = run(cell, names), shown(cell)
            self.same_text(found[0], expected[0])
            self.assertEqual(len(found[1]), len(expected[1]))
            for one, other in zip(found[1], expected[1]):
                self.assertEqual(one.shape, other.shape)
                difference = float(np.sqrt(np.mean((one - other) ** 2)))
                print(f"picture {drawn + 1} differs by {difference:.3f}")
                self.assertLess(difference, MOST_DIFFERENCE)
                drawn += 1
        self.assertEqual(drawn, 2)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
