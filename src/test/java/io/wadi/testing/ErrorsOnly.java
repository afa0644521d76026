package io.wadi.testing;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.slf4j.LoggerFactory;

/** Sets Wadi's log level to ERROR for a test class: thousands of random schedules would log 200,000 lines. */
public final class ErrorsOnly implements BeforeAllCallback, AfterAllCallback {
    private static final Logger WADI = (Logger) LoggerFactory.getLogger("io.wadi");

    private Level before;

    @Override
    public void beforeAll(ExtensionContext context) {
        before = WADI.getLevel();
        WADI.setLevel(Level.ERROR);
    }

    @Override
    public void afterAll(ExtensionContext context) {
        WADI.setLevel(before);
    }
}
