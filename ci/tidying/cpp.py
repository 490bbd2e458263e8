"""Just enough C++ to find names and function bodies: a scanner, not a parser."""
import re

TOKEN = re.compile(
    r"""//[^\n]*(?:\\\n[^\n]*)*
      | /\*.*?\*/
      | (?:u8|[uUL])?R"(?P<delimiter>[^\s()\\]{0,16})\(.*?\)(?P=delimiter)"
      | "(?:\\.|[^"\\\n])*"
      | (?<![0-9A-Fa-f])'(?:\\.|[^'\\\n])+'
    """, re.VERBOSE | re.DOTALL)
DIRECTIVE = re.compile(r"^[ \t]*#(?:[^\n\\]|\\\n|\\.)*", re.MULTILINE)
MACRO_LINE = re.compile(r"^[ \t]*[A-Z][A-Z0-9_]+\([^{}\n]*\)[ \t]*$", re.MULTILINE)
SCOPE_WORD = re.compile(r"\b(namespace|class|struct|union|enum|extern)\b")
ASSIGNMENT = re.compile(r"(?<![=!<>])=(?!=)")
LAMBDA = re.compile(r"(?<!\[)\[[^\[\]]*\]\s*(?:\(\)|mutable|->|$)")


def _blank(match):
    """As many lines as the text had, and nothing on them; a literal stays a literal."""
    text = match[0]
    quotes = '""' if text.endswith('"') else "0" if text.endswith("'") else " "
    return quotes + "\n" * text.count("\n")


def code_of(text):
    """The text without comments and without the contents of literals; line numbers are kept."""
    return TOKEN.sub(_blank, text)


def _without(text, opening, closing):
    """The text without what stands between the brackets; the brackets stay."""
    depth, kept = 0, []
    for character in text:
        if character == closing and depth:
            depth -= 1
        if depth == 0:
            kept.append(character)
        if character == opening:
            depth += 1
    return "".join(kept)


def _kind(header):
    """What a brace opens, by the text in front of it: "scope", "function" or "other" (an initialiser)."""
    header = re.sub(r"\balignas\s*\([^()]*\)|\[\[[^\]]*\]\]", " ", header)
    header = re.sub(r"\boperator\s*(?:\(\s*\)|\[\s*\]|[^\s\w(]+)", "operator_", header)
    header = _without(header, "(", ")")
    header = re.sub(r"->|<=|>=|<<", " ", header)
    header = re.sub(r"\btemplate\s*<>", " ", _without(header, "<", ">"))
    if re.search(r"\bnamespace\b", header) or SCOPE_WORD.search(header) and "(" not in header:
        return "scope"
    if ASSIGNMENT.search(header):
        return "function" if LAMBDA.search(header) else "other"
    return "function" if "(" in header else "other"


def functions(text):
    """Yields (first line, last line) of every outermost function body, signature included."""
    code = DIRECTIVE.sub(lambda match: "\n" * match[0].count("\n"), code_of(text))
    code = MACRO_LINE.sub("", code)
    code = re.sub(r"\b(?:public|private|protected)\s*:(?!:)", "", code)
    stack = []  # kinds of the open braces
    inside = 0  # open braces since the outermost function or initialiser began
    header, header_line, line, first, parentheses = "", 1, 1, 1, 0
    for character in code:
        if character == "{":
            # After `: a_{1}` of a constructor the rest of its header is a comma, or nothing.
            goes_on = not header or header.startswith(",")
            kind = "nested" if inside or parentheses else "function" if goes_on else _kind(header)
            if kind == "function" and not goes_on:
                first = header_line
            inside += kind != "scope"
            stack.append(kind)
            header = header if kind == "nested" else ""
        elif character == "}" and stack:
            kind = stack.pop()
            inside -= kind != "scope"
            if kind == "function" and not inside:
                yield first, line
            header = header if kind == "nested" else ""
        elif not inside:
            parentheses += (character == "(") - (character == ")")
            if character == ";" and parentheses <= 0:
                header, parentheses = "", 0
            elif header or not character.isspace():
                header_line = header_line if header else line
                header += character
        line += character == "\n"
