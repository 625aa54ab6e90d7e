"""Executes the notebook, watching its live picture meanwhile."""

import base64
import io
import re
import threading
import urllib.request

import nbformat
from nbclient import NotebookClient
from PIL import Image

notebook = nbformat.read("previews.ipynb", 4)
client = NotebookClient(notebook, kernel_name="rust", timeout=500)
parts, watching = [], None


def watch(address):
    """Collects the parts of the live picture as a browser would."""
    answer = urllib.request.urlopen(address, timeout=60)
    try:
        while True:
            length = None
            while line := answer.readline():
                if line.lower().startswith(b"content-length:"):
                    length = int(line.split(b":")[1])
                if line == b"\r\n" and length:
                    break
            if length is None:
                return  # The kernel has ended.
            parts.append(answer.read(length))
    except OSError:
        pass  # The same, in the middle of a part.


def png(data):
    return Image.open(io.BytesIO(data)).convert("RGB")


with client.setup_kernel():
    for index, cell in enumerate(notebook.cells):
        if cell.cell_type != "code":
            continue
        try:
            client.execute_cell(cell, index)
        except Exception:
            print(cell.outputs)
            raise
        for output in cell.outputs:
            html = output.get("data", {}).get("text/html", "")
            if found := re.search(r"http://127\.0\.0\.1:\d+/", html):
                watching = threading.Thread(target=watch, args=[found[0]], daemon=True)
                watching.start()

shown = [
    png(base64.b64decode(output.data["image/png"]))
    for cell in notebook.cells
    for output in cell.get("outputs", [])
    if "image/png" in output.get("data", {})
]
assert len(shown) == 2, f"{len(shown)} pictures below cells"
assert all(picture.size == (240, 240) for picture in shown)
# An exact model of five pictures has made up its mind after a few steps.
assert len(parts) >= 30 and len(set(parts)) >= 5, f"{len(parts)} and {len(set(parts))} live pictures"
end = png(parts[-1]).resize((240, 240), Image.Resampling.NEAREST)
assert end.tobytes() == shown[1].tobytes(), "the live picture ends at the end"
shown[0].save("../../target/notebook-first.png")
shown[1].save("../../target/notebook-end.png")
nbformat.write(notebook, "previews.ipynb")
print(f"2 pictures below cells, {len(parts)} in place; the last is the end")
