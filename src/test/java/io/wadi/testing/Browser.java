package io.wadi.testing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.LIST;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.Closeable;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.stream.Stream;
import org.assertj.core.api.AbstractStringAssert;
import org.awaitility.core.ConditionTimeoutException;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.WebDriver;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.interactions.Actions;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;

/**
 * A headless Chromium with a temporary profile, which all tests of this JVM share. Browser and driver are those on the
 * PATH; nothing is downloaded.
 */
public final class Browser {
    private static final String MISSING = "Skipped: no Chromium with its driver on the PATH. On Debian and Ubuntu:"
            + " apt-get install chromium chromium-driver";

    private static final List<String> BROWSERS =
            List.of("chromium", "chromium-browser", "google-chrome", "google-chrome-stable");
    private static final String ACCESS_CHECK = """
            const [part, reported] = arguments;
            axe.run(part, {runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}).then(
                (found) => reported(found.violations.flatMap((rule) =>
                    rule.nodes.map((node) => `${rule.id}, ${node.target}: ${node.failureSummary}`))),
                (problem) => reported([String(problem)]));
            """;
    private static final String PRESS = """
            const element = document.querySelector(arguments[0]);
            element?.scrollIntoView({block: "center", inline: "center", behavior: "instant"});
            const box = element?.getBoundingClientRect();
            if (!box || !element.contains(document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2))) {
              return false;
            }
            element.focus();
            element.click();
            return true;
            """;
    private static final int HEIGHT = 900;

    private final Path profile;
    private final ChromeDriver driver;

    private Browser(Path chromium, Path chromedriver) throws IOException {
        profile = Files.createTempDirectory("wadi-browser");
        ChromeOptions options = new ChromeOptions();
        options.setBinary(chromium.toFile());
        options.addArguments(
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--user-data-dir=" + profile);
        LoggingPreferences logs = new LoggingPreferences();
        logs.enable(LogType.BROWSER, Level.ALL);
        options.setCapability(ChromeOptions.LOGGING_PREFS, logs);
        ChromeDriverService service = new ChromeDriverService.Builder()
                .usingDriverExecutable(chromedriver.toFile())
                .usingAnyFreePort()
                .withLogOutput(OutputStream.nullOutputStream())
                .build();
        driver = new ChromeDriver(service, options);
        // The accessibility check of a page with hundreds of groups is slow on a busy machine.
        driver.manage().timeouts().scriptTimeout(Duration.ofMinutes(3));
    }

    /** The browser of this JVM; empty if none is installed. */
    private static final class Shared {
        static final Optional<Browser> BROWSER = open();
    }

    /**
     * Returns the browser with an empty page, without cookies, stored data and console messages. The first call starts
     * it. Skips the test or class that calls it if none is installed.
     */
    public static Browser shared() {
        assumeTrue(Shared.BROWSER.isPresent(), MISSING);
        Browser browser = Shared.BROWSER.get();
        browser.reset();
        return browser;
    }

    private static Optional<Browser> open() {
        Optional<Path> chromium =
                BROWSERS.stream().flatMap(name -> onPath(name).stream()).findFirst();
        Optional<Path> chromedriver = onPath("chromedriver");
        if (chromium.isEmpty() || chromedriver.isEmpty()) {
            return Optional.empty();
        }
        try {
            Browser browser = new Browser(chromium.get(), chromedriver.get());
            Runtime.getRuntime().addShutdownHook(new Thread(browser::close, "close-browser"));
            return Optional.of(browser);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void reset() {
        List<String> windows = List.copyOf(driver.getWindowHandles());
        windows.stream()
                .skip(1)
                .forEach(window -> driver.switchTo().window(window).close());
        driver.switchTo().window(windows.get(0));
        driver.get("about:blank");
        driver.executeCdpCommand("Network.clearBrowserCookies", Map.of());
        driver.executeCdpCommand("Network.clearBrowserCache", Map.of());
        driver.executeCdpCommand("Storage.clearDataForOrigin", Map.of("origin", "*", "storageTypes", "all"));
        driver.executeCdpCommand("Emulation.setEmulatedMedia", Map.of("features", List.of()));
        driver.executeCdpCommand("Emulation.clearDeviceMetricsOverride", Map.of());
        console();
    }

    /** Opens a page in a wide window. */
    public void show(String url) {
        view(1400, false);
        driver.get(url);
    }

    /** Returns the driver, for actions without a method of their own here. */
    public WebDriver driver() {
        return driver;
    }

    /** Runs a script in the open page and returns its result. */
    public Object run(String script, Object... arguments) {
        return driver.executeScript(script, arguments);
    }

    /**
     * Returns the visible text of an element, null if there is none. Uses one script, because a reference to the element
     * is stale after a redraw.
     */
    public String text(String selector) {
        return (String) run("return document.querySelector(arguments[0])?.innerText", selector);
    }

    /** Waits until the text of an element meets the assertion; the error has the text and the console. */
    public void soon(String selector, Consumer<AbstractStringAssert<?>> assertion) {
        try {
            await().untilAsserted(
                            () -> assertion.accept(assertThat(text(selector)).as(selector)));
        } catch (ConditionTimeoutException e) {
            throw new AssertionError(e.getMessage() + "\nconsole: " + console(), e);
        }
    }

    /**
     * Clicks an element once it is visible and not covered. Does so in one script: the driver looks up the position and
     * clicks it later, which is on another element if the page is drawn in between.
     */
    public void press(String selector) {
        await().until(() -> Boolean.TRUE.equals(run(PRESS, selector)));
    }

    /** Sends keys to the focused element, one after the other. */
    public void type(CharSequence... keys) {
        for (CharSequence key : keys) {
            new Actions(driver).sendKeys(key).perform();
        }
    }

    /** Returns the accessible name of the focused element, or its value or text if it has none. */
    public String focused() {
        return String.valueOf(
                run("const at = document.activeElement; return at.ariaLabel || at.value || at.textContent"));
    }

    /** A window width in pixels and a color scheme. */
    public record Appearance(int width, boolean dark) {
        @Override
        public String toString() {
            return width + (dark ? "-dark" : "-light");
        }
    }

    /** Returns a wide light window and a narrow dark one; in a long run three widths, each in both schemes. */
    public static List<Appearance> appearances() {
        return List.of(
                        new Appearance(1400, false),
                        new Appearance(375, true),
                        new Appearance(1400, true),
                        new Appearance(375, false),
                        new Appearance(800, false),
                        new Appearance(800, true))
                .subList(0, Rounds.of(2, 6));
    }

    /**
     * Takes screenshots of a part of the page in all {@link #appearances}, and asserts that the part is accessible,
     * that nothing is cut off and that the console is empty.
     */
    public void checkAppearance(String part, String name) throws IOException {
        for (Appearance appearance : appearances()) {
            view(appearance);
            run("document.querySelector(arguments[0]).scrollIntoView()", part);
            requireAccessible(part);
            screenshot(Path.of("target/screenshots", name + "-" + appearance + ".png"));
            assertThat(run("return document.documentElement.scrollWidth <= window.innerWidth"))
                    .as("%s: nothing is cut off at %s", name, appearance)
                    .isEqualTo(true);
        }
        assertThat(console()).isEmpty();
    }

    /**
     * Asserts that axe finds no violation of WCAG 2.2 (levels A and AA) or of its own best practices in a part of the
     * page.
     */
    public void requireAccessible(String part) throws IOException {
        try (InputStream axe = Browser.class.getResourceAsStream("/axe.min.js")) {
            run(new String(requireNonNull(axe, "axe.min.js").readAllBytes(), UTF_8));
        }
        assertThat(driver.executeAsyncScript(ACCESS_CHECK, part))
                .asInstanceOf(LIST)
                .isEmpty();
    }

    /** Shows the page with this width and color scheme. */
    public void view(Appearance appearance) {
        view(appearance.width(), appearance.dark());
    }

    /** Shows the page with this width in pixels, in the dark or the light scheme. */
    public void view(int width, boolean dark) {
        Map<String, String> scheme = Map.of("name", "prefers-color-scheme", "value", dark ? "dark" : "light");
        driver.executeCdpCommand("Emulation.setEmulatedMedia", Map.of("features", List.of(scheme)));
        size(width, HEIGHT);
    }

    /**
     * Shifts the clock of all pages opened from now on, until the result is closed.
     *
     * @param ahead the shift; the clock is late if it is negative
     */
    public Closeable turnClock(Duration ahead) {
        String clock = """
                const ahead = %d, real = Date.now;
                Date = class extends Date {
                  constructor(...parts) {
                    super(...(parts.length ? parts : [real() + ahead]));
                  }
                  static now() {
                    return real() + ahead;
                  }
                };
                """.formatted(ahead.toMillis());
        Map<String, Object> added =
                driver.executeCdpCommand("Page.addScriptToEvaluateOnNewDocument", Map.of("source", clock));
        return () -> driver.executeCdpCommand(
                "Page.removeScriptToEvaluateOnNewDocument", Map.of("identifier", added.get("identifier")));
    }

    /** Writes a screenshot of the whole page as PNG. */
    public void screenshot(Path file) throws IOException {
        int width = number("return innerWidth");
        size(width, Math.max(HEIGHT, number("return document.documentElement.scrollHeight")));
        byte[] png = driver.getScreenshotAs(OutputType.BYTES);
        size(width, HEIGHT);
        Files.createDirectories(file.toAbsolutePath().getParent());
        Files.write(file, png);
    }

    /** Returns the console messages since the last call, including blocked scripts and failed requests. */
    public List<String> console() {
        return driver.manage().logs().get(LogType.BROWSER).getAll().stream()
                .map(entry -> entry.getMessage())
                .toList();
    }

    private void close() {
        try {
            driver.quit();
            removeProfile();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private int number(String script) {
        return ((Number) run(script)).intValue();
    }

    private void size(int width, int height) {
        driver.executeCdpCommand(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", false));
    }

    /**
     * Deletes the profile. Retries for up to two minutes, because exiting browser processes may still write to it.
     */
    private void removeProfile() throws IOException {
        for (int attempt = 1; ; attempt++) {
            try (Stream<Path> files = Files.walk(profile)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.deleteIfExists(file);
                }
                return;
            } catch (IOException | UncheckedIOException e) {
                if (attempt == 1200) {
                    throw e;
                }
                pause(100);
            }
        }
    }

    private static void pause(long ms) throws IOException {
        try {
            Thread.sleep(ms);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while the browser's profile was removed", e);
        }
    }

    private static Optional<Path> onPath(String program) {
        String folders = Optional.ofNullable(System.getenv("PATH")).orElse("");
        return Arrays.stream(folders.split(File.pathSeparator, -1))
                .map(folder -> Path.of(folder, program))
                .filter(file -> Files.isRegularFile(file) && Files.isExecutable(file))
                .findFirst();
    }
}
