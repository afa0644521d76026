package io.wadi.testing;

import io.wadi.local.ChildJvm;
import io.wadi.local.Ports;
import java.time.Duration;
import java.util.Properties;
import org.awaitility.Awaitility;
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;

/**
 * Sets up a JVM of the test run: sets a default timeout for waits that suffices on a busy machine, reserves the ports
 * of its fork, and starts child processes with class data. Renames the properties {@code wadi.infra} and
 * {@code wadi.image.…} of the test run to {@code test.infra} and {@code test.image-override.…} before the first test,
 * because Wadi does not start with unknown settings.
 */
public final class TestRun implements LauncherSessionListener {
    private static final Duration LONG = Duration.ofMinutes(2);
    /** The number of ranges of {@link Ports}. */
    private static final int MOST_FORKS = 4;

    @Override
    public void launcherSessionOpened(LauncherSession session) {
        Awaitility.setDefaultTimeout(LONG);
        Ports.useRangeOfFork(fork());
        ChildJvm.useOptions(ClassData::options);
        Properties properties = System.getProperties();
        for (String name : properties.stringPropertyNames()) {
            if (name.equals("wadi.infra") || name.startsWith("wadi.image.")) {
                properties.setProperty(
                        "test" + name.substring("wadi".length()).replace(".image.", ".image-override."),
                        properties.getProperty(name));
                properties.remove(name);
            }
        }
    }

    /** Returns the number of this JVM among those of the run, from 1; 1 if the property is not set. */
    private static int fork() {
        String given = System.getProperty("test.fork", "1");
        if (!given.matches("[1-" + MOST_FORKS + "]")) {
            throw new IllegalStateException(
                    "test.fork is '%s': expected the number of the fork, from 1 to %d, which determines its ports"
                            .formatted(given, MOST_FORKS));
        }
        return Integer.parseInt(given);
    }
}
