"""Formulas as MathML, which browsers draw by themselves: no script, and no network."""

from docutils.utils.math.latex2mathml import tex2mathml


def visit_inline(translator, node):
    """Write a formula inside a line."""
    translator.body.append(tex2mathml(node.astext(), as_block=False))
    raise_skip()


def visit_display(translator, node):
    """Write a formula on a line of its own."""
    translator.body.append(
        f'<div class="math-display">{tex2mathml(node.astext(), as_block=True)}</div>'
    )
    raise_skip()


def raise_skip():
    """Leave out the TeX source."""
    from docutils.nodes import SkipNode

    raise SkipNode


def setup(app):
    """Register the renderer under the name ``mathml``."""
    app.add_html_math_renderer("mathml", (visit_inline, None), (visit_display, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
