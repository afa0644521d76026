package io.wadi.management.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.wadi.testing.Browser;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Modules of the dashboard in a browser, with data of the test. */
class PageModulesIT {
    private static Browser browser;

    @AutoClose
    private static PageStubs wadi;

    @BeforeAll
    static void start() throws IOException {
        browser = Browser.shared().orElse(null);
        wadi = new PageStubs();
    }

    @BeforeEach
    void openPage() {
        assumeTrue(browser != null, Browser.MISSING);
        browser.driver().get(wadi.page("localhost"));
    }

    @Test
    void largeNumbers_haveThreeSignificantDigits_withoutAnExponent() {
        assertThat(browser.run("""
                const numbers = [999999, 1500000, 123456789, 999999999, 2500000000000];
                return import('/page/format.js').then(({ count }) => numbers.map(count))"""))
                .isEqualTo(List.of("999,999", "1.50 M", "123 M", "1,000 M", "2,500 G"));
    }

    /** Keys of tables that are not UTF-8 may have the same text. */
    @Test
    void rowsWithTheSameKey_areNotAddedAgain() {
        assertThat(browser.run("""
                return import('/page/draw.js').then(({ draw, make }) => {
                  const list = make('ul');
                  for (let i = 0; i < 3; i++) {
                    draw(list, [{ key: 'k', text: 'a' }, { key: 'k', text: 'b' }], (item) => make('li', {}, item.text));
                  }
                  return list.textContent;
                })""")).isEqualTo("ab");
    }

    /** The numbers of a route change every two seconds. */
    @Test
    void buttonThatWaitsForAConfirmation_isNotReplaced() {
        assertThat(browser.run("""
                return import('/page/draw.js').then(({ confirmOn, draw, make }) => {
                  const list = make('ul');
                  const show = (rate) => {
                    draw(list, [{ key: 'k', rate }], (item) => make('li', {}, item.rate, make('button', {}, 'stop')));
                    return list.textContent;
                  };
                  const first = show('1/s ');
                  confirmOn(list.querySelector('button'), 'really stop?');
                  const pending = show('2/s ');
                  confirmOn(list.querySelector('button'), null);
                  return [first, pending, show('3/s ')];
                })""")).isEqualTo(List.of("1/s stop", "1/s really stop?", "3/s stop"));
    }
}
