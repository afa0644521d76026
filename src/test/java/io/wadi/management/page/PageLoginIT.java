package io.wadi.management.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.wadi.management.access.PasswordHash;
import io.wadi.testing.Browser;
import io.wadi.testing.Nightly;
import io.wadi.testing.RunningWadi;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;

/** The page with users: it shows nothing before a login, and buttons only to users with the role operate. */
@Nightly(perChange = {"AccessLoginTest"})
class PageLoginIT {
    @TempDir
    private static Path directory;

    private static Browser browser;

    @AutoClose
    private static RunningWadi wadi;

    @BeforeAll
    static void start() throws Exception {
        Path users = Files.writeString(directory.resolve("users.yaml"), """
                users:
                  - {name: vera, role: view, bcrypt: "%s"}
                  - {name: otto, role: operate, bcrypt: "%s"}
                """.formatted(
                        PasswordHash.of("verasecret".toCharArray()), PasswordHash.of("ottosecret".toCharArray())));
        wadi = RunningWadi.start(Map.of("wadi.management.users-file", users.toString()));
        browser = Browser.shared();
    }

    @Test
    void viewer_seesAllDataWithoutButtons_andOperatorSeesButtons() throws Exception {
        browser.show(wadi.managementUrl() + "/");

        await().until(PageLoginIT::isLoginShown);
        assertThat(browser.text("#routes-rows")).isEmpty();
        browser.type(Keys.ESCAPE);
        await().until(PageLoginIT::isLoginShown);
        browser.screenshot(
                Files.createDirectories(Path.of("target/screenshots")).resolve("dashboard-login.png"));
        logIn("vera", "wrong");
        browser.soon("#login-problem", shown -> shown.isEqualTo("unknown user or wrong password"));
        logIn("vera", "verasecret");
        browser.soon("#routes-rows", shown -> shown.contains("landing"));
        assertThat(isLoginShown()).isFalse();
        assertThat(browser.text("#session")).startsWith("vera (view)");
        assertThat(browser.driver().findElements(By.cssSelector("#routes-rows .actions button")))
                .isEmpty();

        browser.driver().findElement(By.id("logout")).click();
        await().until(PageLoginIT::isLoginShown);
        logIn("otto", "ottosecret");
        await().until(() -> !browser.driver()
                .findElements(By.cssSelector("button[aria-label='pause landing']"))
                .isEmpty());
        browser.run("document.querySelector(\"button[aria-label='pause landing']\").click()");
        browser.soon("#routes-rows [data-key=landing] .chip", shown -> shown.isEqualTo("paused"));

        browser.driver().findElement(By.id("logout")).click();
        await().until(PageLoginIT::isLoginShown);
        browser.driver().get(wadi.managementUrl() + "/send");
        await().until(PageLoginIT::isLoginShown);
        logIn("otto", "ottosecret");
        browser.soon("[data-server=kafka] .value", shown -> shown.startsWith("localhost:"));
        assertThat(browser.text("#session")).startsWith("otto (operate)");
        assertThat(browser.console())
                .as("apart from requests rejected before the logins")
                .isNotEmpty()
                .allSatisfy(line -> assertThat(line).contains("401"));
    }

    private static boolean isLoginShown() {
        return Boolean.TRUE.equals(browser.run("return document.getElementById('login').open"));
    }

    private static void logIn(String name, String password) {
        browser.driver().findElement(By.name("user")).clear();
        browser.driver().findElement(By.name("user")).sendKeys(name);
        browser.driver().findElement(By.name("password")).clear();
        browser.driver().findElement(By.name("password")).sendKeys(password);
        browser.driver().findElement(By.cssSelector("#login button")).click();
    }
}
