"""Medians, ratios of neighbours in time, and columns that line up."""
import statistics


def median(values):
    return statistics.median(values)


def paired(first, second):
    """Median of first[i] / second[i]: a machine that slows down in between favours nobody."""
    return statistics.median(a / b for a, b in zip(first, second, strict=True))


def show(title, head, rows):
    """The first two columns to the left, numbers to the right."""
    table = [head, *rows]
    widths = [max(len(row[i]) for row in table) for i in range(len(head))]
    print(title)
    for row in table:
        cells = [cell.ljust(width) if i < 2 else cell.rjust(width)
                 for i, (cell, width) in enumerate(zip(row, widths, strict=True))]
        print("  ".join(cells).rstrip())
    print(flush=True)
