"""Somebody who has no mouse: reaches everything with Tab and arrows, and must always see where they are."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import ElementHandle, Locator, Page

from tests.browser.visit import Visit

MOST_STOPS = 150

# A mark that can be seen: an outline of the element itself or, for a file field, of the box around it; in the window.
_WHERE = """target => {
  const at = document.activeElement;
  const marked = element => {
    const style = getComputedStyle(element);
    return style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
  };
  const mark = at.type === 'file' ? at.closest('label') : at;
  const box = mark.getBoundingClientRect();
  const inside = box.bottom > 0 && box.right > 0 && box.top < innerHeight && box.left < innerWidth && box.width > 1;
  return {
    reached: at === target || (target.type === 'radio' && at.type === 'radio' && at.name === target.name),
    somewhere: at !== document.body && at.tagName !== 'IFRAME',
    seen: marked(mark) && inside,
    name: `${at.tagName.toLowerCase()}#${at.id} ${(at.innerText || at.name || '').slice(0, 30)}`,
  };
}"""


class ByKeyboard(Visit):
    """A window whose person never touches a mouse. A stop that cannot be seen is a complaint."""

    def __init__(self, page: Page, url: str, name: str) -> None:
        super().__init__(page, url, name)
        # The driver catches dialogs for files while somebody listens, and does not wait until it does: a key pressed
        # right after opened one of the browser's own instead, which nobody sees. So somebody always listens.
        page.on("filechooser", lambda _: None)

    def fill(self, field: str, text: str) -> None:
        box = self.page.locator(f'[id="field-{field}"]')
        self._tab_to(box)
        if box.get_attribute("type") == "date":
            year, month, day = text.split("-")
            text = f"{month}{day}{year}"
        else:
            self.page.keyboard.press("Control+A")
        self.page.keyboard.type(text)

    def choose(self, field: str, value: str) -> None:
        chosen = self.page.locator(f'[id="field-{field}-{value}"]')
        self._tab_to(chosen)
        for _ in range(chosen.page.locator(f'[name="{field}"]').count()):
            if chosen.evaluate("radio => radio === document.activeElement"):
                break
            self.page.keyboard.press("ArrowDown")
        self.page.keyboard.press("Space")

    def click(self, what: Locator) -> None:
        self._tab_to(what)
        # The element's own press waits for the page that it leads to, as a mouse's click does; the keyboard's returns
        # at once, and what was asked next was asked of the page that was just going away.
        what.press("Enter")

    def upload(self, field: str, file: Path) -> None:
        self._tab_to(self.page.locator(f'input[name="{field}_file"]'))
        with self.page.expect_file_chooser() as chooser:
            self.page.keyboard.press("Space")
        chooser.value.set_files(file)

    def _tab_to(self, what: Locator) -> None:
        target: ElementHandle = what.element_handle()
        for _ in range(MOST_STOPS):
            self.page.keyboard.press("Tab")
            where = self.page.evaluate(_WHERE, target)
            if where["somewhere"] and not where["seen"]:
                self.complaints.append(f"{self.page.url}: the focus cannot be seen at {where['name']}")
            if where["reached"]:
                return
        raise AssertionError(f"{what} cannot be reached by keyboard on {self.page.url}")
