"""Job: the code that the documentation shows, so that tests run those very lines.
Callers: the tests of clients (python: run_blocks); from a shell: doc_blocks.py PAGE LANGUAGE prints the page's blocks of that language."""
import os
import sys

DOCS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "..", "docs")


def blocks(page, language):
    found, current = [], None
    with open(os.path.join(DOCS, page), encoding="utf-8") as text:
        for line in text:
            if line.startswith("```"):
                if current is not None:
                    found.append("".join(current))
                current = [] if line.strip() == "```" + language and current is None else None
            elif current is not None:
                current.append(line)
    return found


def run_blocks(page, names):
    """What the page's python defines, with these names known to it."""
    for block in blocks(page, "python"):
        exec(compile(block, page, "exec"), names)
    return names


if __name__ == "__main__":
    print("\n".join(blocks(sys.argv[1], sys.argv[2])))
