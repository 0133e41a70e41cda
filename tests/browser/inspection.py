"""What a page does wrong to somebody's eyes, hands or paper: what axe finds, and what sticks out of a small window, of
one at 200 % with wide text, and of a sheet of paper."""

from __future__ import annotations

from importlib import resources

from playwright.sync_api import Page

AXE = resources.files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8")
RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa")
NARROWEST = 320
"""Pixels: a window of 1280 at 400 % (WCAG 1.4.10), and smaller than any phone."""
DOUBLED = 640
"""A window of 1280 at 200 % (WCAG 1.4.4)."""
SHEET = 718
"""What a browser leaves of A4 between its margins."""

# WCAG 1.4.12. A style sheet made by script: the pages' content security policy knows no other way.
_WIDE_TEXT = """on => {
  if (!window.wideText) {
    window.wideText = new CSSStyleSheet();
    wideText.replaceSync(
      '* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important }' +
      'p { margin-bottom: 2em !important }');
  }
  document.adoptedStyleSheets = on ? [wideText] : [];
}"""
_BEGIN = """([rules, colours]) => {
  const only = {runOnly: rules, rules: {'color-contrast': {enabled: colours}}};
  const run = () => axe.run(document, {...only, resultTypes: ['violations'], iframes: false});
  axeRuns = new Promise(done => setTimeout(() => done(run()), 0));
}"""
_VIOLATIONS = """async () => (await axeRuns).violations.map(each => {
  const told = node => `[${node.target.join(' ')}] ${node.failureSummary.split('\\n').slice(1).join(';')}`;
  return `${each.id}: ${each.help} ` + each.nodes.slice(0, 3).map(told).join(' | ');
})"""
# Text may only be cut where it can be scrolled: in tables that say so, and never on paper; or where its title has all.
_STICKS_OUT = """onPaper => {
  const page = document.documentElement, wide = page.scrollWidth > page.clientWidth;
  const shown = element => { const box = element.getBoundingClientRect(); return box.width > 1 && box.height > 1; };
  const named = element => [element.tagName.toLowerCase(), element.id, ...element.classList].join('.');
  const all = Array.from(document.body.querySelectorAll('*')).filter(shown);
  const cut = all.filter(element => {
    const flow = getComputedStyle(element).overflowX;
    const hides = flow === 'hidden' || flow === 'clip' || (onPaper && (flow === 'auto' || flow === 'scroll'));
    return hides && element.scrollWidth > element.clientWidth + 1 && element.textContent.trim()
      && element.title !== element.textContent.trim()
      && !['INPUT', 'TEXTAREA', 'SELECT', 'PROGRESS', 'METER', 'IFRAME'].includes(element.tagName);
  }).map(element => 'cuts off text: ' + named(element));
  if (!wide) { return cut; }
  const over = all.filter(element => element.getBoundingClientRect().right > page.clientWidth + 1);
  return [`${page.scrollWidth} pixels wide: ${over.slice(-2).map(named).join(', ')}`, ...cut];
}"""


def begin_axe(page: Page, colours: bool = True) -> None:
    """Starts axe, which goes on while other windows are asked; :func:`violations` waits for it.

    ``colours``: the contrast of every text as well, which takes four fifths of the time.
    """
    if page.evaluate("typeof axe") == "undefined":
        page.evaluate(AXE + "; undefined")
    page.evaluate(_BEGIN, [list(RULES), colours])


def violations(page: Page) -> list[str]:
    """What breaks WCAG 2.2 AA as far as a program can tell."""
    found: list[str] = page.evaluate(_VIOLATIONS)
    return found


def sticks_out(page: Page) -> list[str]:
    """What does not fit the window as it is."""
    return _measured(page, "here")


def sticks_out_elsewhere(page: Page) -> list[str]:
    """What does not fit a narrow window, one at 200 % with wide text, and paper."""
    usual = page.viewport_size
    page.set_viewport_size({"width": NARROWEST, "height": 800})
    found = _measured(page, "in a narrow window")
    page.set_viewport_size({"width": DOUBLED, "height": 800})
    page.evaluate(_WIDE_TEXT, True)
    found += _measured(page, "at 200 % with wide text")
    page.evaluate(_WIDE_TEXT, False)
    page.emulate_media(media="print")
    page.set_viewport_size({"width": SHEET, "height": 800})
    found += _measured(page, "on paper", on_paper=True)
    page.emulate_media(media="null")
    if usual is not None:
        page.set_viewport_size(usual)
    return found


def _measured(page: Page, where: str, on_paper: bool = False) -> list[str]:
    return [f"{where}: {complaint}" for complaint in page.evaluate(_STICKS_OUT, on_paper)]
