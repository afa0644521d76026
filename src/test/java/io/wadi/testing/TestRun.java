package io.wadi.testing;

import io.wadi.local.ChildJvm;
import io.wadi.local.Ports;
import java.time.Duration;
import java.util.Properties;
import org.awaitility.Awaitility;
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;

/**
 * Sets up a JVM of the test run: gives waits without a timeout of their own one that is long enough for a busy machine, takes the
 * ports of its fork, starts child processes with class data, and renames the properties of the test run itself, {@code wadi.infra} and {@code wadi.image.…}, to
 * {@code test.infra} and {@code test.image.…} before any test begins: Wadi refuses to start with settings that it does not know.
 */
public final class TestRun implements LauncherSessionListener {
    private static final Duration LONG = Duration.ofMinutes(2);

    @Override
    public void launcherSessionOpened(LauncherSession session) {
        Awaitility.setDefaultTimeout(LONG);
        Ports.useRangeOfFork(fork());
        ChildJvm.useOptions(ClassData::options);
        Properties properties = System.getProperties();
        for (String name : properties.stringPropertyNames()) {
            if (name.equals("wadi.infra") || name.startsWith("wadi.image.")) {
                properties.setProperty("test" + name.substring("wadi".length()), properties.getProperty(name));
                properties.remove(name);
            }
        }
    }

    /** The number of this JVM among those of the run, from 1; without one there is this JVM alone. */
    private static int fork() {
        String given = System.getProperty("test.fork", "1");
        try {
            return Integer.parseInt(given);
        } catch (NumberFormatException e) {
            throw new IllegalStateException(
                    "test.fork is '" + given + "': expected is the number of the fork, as its ports depend on it", e);
        }
    }
}
