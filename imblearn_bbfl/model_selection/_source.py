"""What a function says and which names it uses, alike in each version of Python.

Needs nothing but the standard library.
"""

import ast
import dis
import functools
import importlib.util
import linecache
import sys
import sysconfig
import types
from pathlib import Path

# Fields of a syntax tree that change nothing about what a function does when it is called. What a
# decorator returns is looked at itself, in place of the function.
_NO_EFFECT = (
    "annotation",
    "ctx",
    "decorator_list",
    "kind",
    "returns",
    "type_comment",
    "type_params",
)
_LOADS_OF_GLOBALS = ("LOAD_GLOBAL", "LOAD_NAME", "LOAD_FROM_DICT_OR_GLOBALS")
_LOADS_OF_CLASSES = ("CALL", "LOAD_DEREF", "LOAD_GLOBAL", "SWAP")  # SWAP: of `+=`


def read_source(function):
    """Return the source of a function without comments, docstrings, annotations and layout.

    Parameters
    ----------
    function : function
        Written in Python.

    Returns
    -------
    source : str or None
        The syntax tree as text; equal for functions that do the same in the same words, in each
        version of Python. Without the defaults of arguments, which are values of the function. None
        if there is no source, or if it is not what the function was compiled from, because the file
        was edited since, say.
    """
    code = function.__code__
    linecache.checkcache(code.co_filename)
    try:
        tree, compiled = _parse("".join(linecache.getlines(code.co_filename, function.__globals__)))
    except (SyntaxError, ValueError):  # other text, which has taken its place
        return None
    node = _find_node(tree, code) if _identify(code) in compiled else None
    if node is None:
        return None
    arguments = {name: getattr(node.args, name) for name in node.args._fields}
    bare = ast.arguments(**arguments | {"defaults": [], "kw_defaults": []})
    return _outline([getattr(node, "name", ""), bare, node.body])


def list_names(code):
    """Return the names of globals that a function loads, and all names, attributes among them."""
    loaded, names = set(), set()
    for part in _walk_code(code):
        names.update(part.co_names)
        loaded.update(i.argval for i in dis.get_instructions(part) if i.opname in _LOADS_OF_GLOBALS)
    return loaded, names


def list_assigned(code):
    """Return the names that a function assigns as globals, and as attributes of classes.

    They are state, no constants. Attributes that it counts up, as by ``self.n += 1``, are among
    them; those that it only gives to an instance, as by ``layer.trainable = False``, are not.
    """
    of_globals, of_classes = set(), set()
    for part in _walk_code(code):
        before = None
        for instruction in dis.get_instructions(part):
            if instruction.opname == "STORE_GLOBAL":
                of_globals.add(instruction.argval)
            elif instruction.opname == "STORE_ATTR" and (
                before.opname in _LOADS_OF_CLASSES or before.argval == "cls"
            ):
                of_classes.add(instruction.argval)
            before = instruction
    return of_globals, of_classes


def list_imports(code, package):
    """Return the full names of what a function imports when it is called, modules and their parts.

    `package` is the one that relative imports start from.
    """
    found = set()
    for part in _walk_code(code):
        instructions = list(dis.get_instructions(part))
        for i, instruction in enumerate(instructions):
            if instruction.opname == "IMPORT_NAME":
                level, parts = instructions[i - 2].argval, instructions[i - 1].argval
                module = _resolve("." * level + instruction.argval, package)
                found |= {module, *(f"{module}.{name}" for name in parts or ())}
    return found - {None}


def list_texts(code):
    """Return the text literals of a function."""
    return {text for part in _walk_code(code) for text in part.co_consts if isinstance(text, str)}


def is_installed(module):
    """Say whether a module is Python's own or a package's, and no file of the user's project.

    Parameters
    ----------
    module : str or None
        Full name. ``__main__`` and modules without a file are the user's.
    """
    root = (module or "__main__").partition(".")[0]
    if root == "__main__":  # even where its file is that of pytest, say
        return False
    if root in ("imblearn_bbfl", "keras") or root in sys.builtin_module_names:
        return True
    places = _locate(module if module in sys.modules else root)
    if places is None:
        return False
    own = [sysconfig.get_path("stdlib"), sysconfig.get_path("platstdlib")]
    return any(
        place == "frozen"
        or {"site-packages", "dist-packages"} & set(Path(place).parts)
        or any(Path(place).is_relative_to(folder) for folder in own)
        for place in places
    )


@functools.lru_cache(maxsize=16)
def _parse(text):
    """Return the syntax tree of a file, and what tells the code objects that it compiles to."""
    tree = ast.parse(text)
    compiled = compile(text, "", "exec", dont_inherit=True)
    return tree, {_identify(code) for code in _walk_code(compiled)}


def _identify(code):
    """Return what tells code objects of a file apart, but for the instructions themselves.

    Debuggers and tracers replace those.
    """
    constants = [
        _identify(constant) if isinstance(constant, types.CodeType) else repr(constant)
        for constant in code.co_consts
    ]
    names = (code.co_name, code.co_names, code.co_varnames, code.co_freevars)
    return (*names, code.co_firstlineno, code.co_linetable, tuple(constants))


def _walk_code(code):
    yield code
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from _walk_code(constant)


def _find_node(tree, code):
    """Return the definition or the lambda that became `code`; None where that cannot be told."""
    nodes = [node for node in ast.walk(tree) if _may_become(node, code)]
    if len(nodes) > 1:  # several in one line
        nodes = [node for node in nodes if _has_columns(node, code)]
        nodes.sort(key=lambda node: len(ast.unparse(node)))  # what is inside comes first
    return nodes[0] if nodes else None


def _may_become(node, code):
    if isinstance(node, ast.Lambda):
        return code.co_name == "<lambda>" and node.lineno == code.co_firstlineno
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
        return node.name == code.co_name and first == code.co_firstlineno
    return False


def _has_columns(node, code):
    """Say whether all instructions come from the body of a lambda, or of a definition."""
    body = node.body if isinstance(node.body, list) else [node.body]
    start = (body[0].lineno, body[0].col_offset)
    end = (body[-1].end_lineno, body[-1].end_col_offset)
    places = [place for place in code.co_positions() if None not in place and place[3] > 0]
    return bool(places) and all(
        start <= (line, column) and (end_line, end_column) <= end
        for line, end_line, column, end_column in places
    )


def _outline(node):
    if isinstance(node, list):
        # A constant that is a statement, such as a docstring, does nothing.
        items = [
            _outline(item)
            for item in node
            if not (isinstance(item, ast.Expr) and isinstance(item.value, ast.Constant))
        ]
        return f"[{', '.join(items)}]"
    if not isinstance(node, ast.AST):
        return repr(node)
    if isinstance(node, ast.JoinedStr):  # Python 3.12 adds pieces of no length
        pieces = [piece for piece in node.values if getattr(piece, "value", None) != ""]
        return f"JoinedStr({_outline(pieces)})"
    # Versions of Python differ in whether they have fields that are empty.
    fields = [
        f"{name}={_outline(value)}"
        for name, value in ast.iter_fields(node)
        if name not in _NO_EFFECT and value not in (None, [])
    ]
    return f"{type(node).__name__}({', '.join(fields)})"


def _resolve(name, package):
    try:
        return importlib.util.resolve_name(name, package)
    except ImportError:
        return None


def _locate(module):
    """Return the file or folders of a module; None for one that was made without a file."""
    found = sys.modules.get(module)
    if found is None:
        try:
            found = importlib.util.find_spec(module)
        except (ImportError, ValueError):
            return None
        return found and [found.origin or "", *(found.submodule_search_locations or ())]
    if getattr(getattr(found, "__spec__", None), "origin", None) == "frozen":
        return ["frozen"]
    file = getattr(found, "__file__", None)
    return [file] if file else list(getattr(found, "__path__", ())) or None
