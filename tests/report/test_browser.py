"""The page in a real browser: keys, pointer, lineage by click, a phone's width, both themes, nothing from outside."""

import pytest
from browser_desk import MARKS, browsing
from reported import NASTY, report

pytestmark = MARKS


@pytest.fixture
def page(whole):
    file = whole / "report.html"
    file.write_text(report(whole).html, encoding="utf-8")
    with browsing() as browser:
        browser.execute_cdp_cmd("Network.enable", {})
        browser.get(file.as_uri())
        yield browser


def size(browser, width, height):
    values = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", values)


def theme(browser, name):
    features = [{"name": "prefers-color-scheme", "value": name}]
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
    return browser.execute_script("return getComputedStyle(document.body).backgroundColor")


def test_a_person_looks_around(page):
    from selenium.webdriver.common.action_chains import ActionChains
    from selenium.webdriver.common.by import By
    from selenium.webdriver.common.keys import Keys

    assert page.title.endswith("Bela · Dramatis") or NASTY in page.title
    assert page.execute_script("return window.alert.toString()").count("native code") == 1
    assert not [line for line in page.get_log("browser") if line["level"] == "SEVERE"]
    resources = page.execute_script("return performance.getEntriesByType('resource').map(one => one.name)")
    assert all(name.startswith("data:") for name in resources)

    shots = page.find_elements(By.CSS_SELECTOR, ".shots button")
    near = page.find_element(By.ID, "near")
    ActionChains(page).move_to_element(shots[1]).perform()
    assert near.is_displayed() and "Shot 1, 0:02.5 – 0:05.0" in near.text and near.find_elements(By.TAG_NAME, "img")
    page.execute_script("arguments[0].focus()", shots[0])
    ActionChains(page).send_keys(Keys.ARROW_RIGHT, Keys.ARROW_RIGHT).perform()
    assert page.switch_to.active_element == shots[2]
    ActionChains(page).send_keys(Keys.ENTER).perform()
    dialog = page.find_element(By.TAG_NAME, "dialog")
    assert dialog.is_displayed() and not near.is_displayed()
    kinds = [each.text for each in dialog.find_elements(By.TAG_NAME, "b")]
    assert kinds == ["frame", "time code", "video"] and "raw/<v>" in dialog.text
    ActionChains(page).send_keys(Keys.ESCAPE).perform()
    assert not dialog.is_displayed() and page.switch_to.active_element == shots[2]

    preview = page.find_element(By.CSS_SELECTOR, ".grid button")
    page.execute_script("arguments[0].scrollIntoView({block: 'center'})", preview)
    preview.click()
    assert [each.text for each in dialog.find_elements(By.TAG_NAME, "b")] == ["preview", "checkpoint"]
    assert NASTY in dialog.text and not dialog.find_elements(By.TAG_NAME, "script")
    page.find_element(By.CSS_SELECTOR, "dialog .close").click()
    assert not dialog.is_displayed()


def test_both_themes_and_a_phone(page):
    assert theme(page, "light") != theme(page, "dark")
    for width, height in ((1280, 800), (390, 844), (320, 640)):
        size(page, width, height)
        assert page.execute_script("return document.documentElement.scrollWidth") <= width
    page.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    assert page.execute_script("return getComputedStyle(document.querySelector('nav')).display") == "none"
