package io.wadi.runtime.telemetry;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import ch.qos.logback.core.AppenderBase;
import ch.qos.logback.core.ConsoleAppender;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LogFilterTest {
    @AutoClose("stop")
    private final LoggerContext context = new LoggerContext();

    private final ConcurrentLinkedQueue<String> written = new ConcurrentLinkedQueue<>();
    private final LogFilter limit = new LogFilter();
    private final Logger logger = context.getLogger("a");

    @BeforeEach
    void start() {
        limit.setContext(context);
        limit.setLines(3);
        limit.setSeconds(3600);
        limit.start();
        context.addTurboFilter(limit);
        listen(context.getLogger(Logger.ROOT_LOGGER_NAME));
    }

    private void listen(Logger root) {
        AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {
            @Override
            protected void append(ILoggingEvent event) {
                written.add(event.getLevel() + " " + event.getFormattedMessage());
            }
        };
        appender.setContext(root.getLoggerContext());
        appender.start();
        root.addAppender(appender);
    }

    @Test
    void repeatedLine_isWrittenAFewTimes_thenCounted() {
        for (int i = 0; i < 1_000_000; i++) {
            logger.warn("{} is refused: {}", i, "no JSON");
        }
        assertThat(written)
                .containsExactly(
                        "WARN 0 is refused: no JSON", "WARN 1 is refused: no JSON", "WARN 2 is refused: no JSON");
        written.clear();

        limit.endInterval();
        assertThat(written).containsExactly("WARN 3 is refused: no JSON (999,996 more of these in the last 3600 s)");
        written.clear();

        logger.warn("{} is refused: {}", 7, "no JSON");
        limit.endInterval();
        assertThat(written).containsExactly("WARN 7 is refused: no JSON");
    }

    /** An appender catches exceptions, but not errors. */
    @Test
    void errorOfAnAppender_doesNotEndTheReports() {
        AtomicBoolean hasFailed = new AtomicBoolean();
        AppenderBase<ILoggingEvent> failing = new AppenderBase<>() {
            @Override
            protected void append(ILoggingEvent event) {
                if (event.getFormattedMessage().contains(" more of these") && hasFailed.compareAndSet(false, true)) {
                    throw new AssertionError("planned");
                }
            }
        };
        failing.setContext(context);
        failing.start();
        logger.addAppender(failing);
        limit.stop();
        limit.setSeconds(1);
        limit.start();

        IntStream.range(0, 100).forEach(i -> logger.warn("refused {}", i));
        await().untilTrue(hasFailed);
        IntStream.range(0, 100).forEach(i -> logger.warn("rejected {}", i));

        await().until(() -> written.stream().anyMatch(line -> line.startsWith("WARN rejected 3 (")));
    }

    @Test
    void singleExcessLine_isWrittenLater() {
        IntStream.range(0, 4).forEach(i -> logger.error("failed {}", i, new IllegalStateException("why")));
        assertThat(written).hasSize(3);
        limit.endInterval();
        assertThat(written).endsWith("ERROR failed 3");
    }

    @Test
    void lines_areCountedByLoggerLevelAndText_fromWarnUp() {
        logger.setLevel(Level.INFO);
        for (int i = 0; i < 5; i++) {
            logger.warn("one {}", i);
            logger.error("one {}", i);
            logger.warn("other {}", i);
            context.getLogger("b").warn("one {}", i);
            logger.info("information {}", i);
            logger.debug("one {}", i);
        }
        assertThat(written).hasSize(4 * 3 + 5);
    }

    @Test
    void disabledLevel_isNotCounted() {
        logger.setLevel(Level.OFF);
        IntStream.range(0, 10).forEach(i -> logger.error("failed {}", i));
        limit.endInterval();
        assertThat(written).isEmpty();
    }

    /** Third-party loggers often write texts that already contain their arguments. */
    @Test
    void distinctTexts_areLimitedToo() {
        IntStream.range(0, 100_000).forEach(i -> logger.warn("failed " + i));
        assertThat(written).hasSize(1000 + 3);
        limit.endInterval();
        assertThat(written).endsWith("WARN failed 1003 (98,996 more of these in the last 3600 s)");
    }

    @Test
    void shippedPatterns_escapeControlCharacters_andIndentLinesAndStackTraces() throws Exception {
        for (String file : List.of("/logback.xml", "/logback-connect.xml")) {
            LoggerContext shipped = new LoggerContext();
            shipped.setMDCAdapter(new LogbackMDCAdapter());
            try {
                JoranConfigurator configurator = new JoranConfigurator();
                configurator.setContext(shipped);
                configurator.doConfigure(LogFilterTest.class.getResource(file));
                Logger root = shipped.getLogger(Logger.ROOT_LOGGER_NAME);
                ConsoleAppender<ILoggingEvent> console = (ConsoleAppender<ILoggingEvent>) root.getAppender("console");
                Exception failure = new IllegalStateException("b\u001b[2J\rc\n\td", new Exception("e\u0007\n2026"));

                String line = encoded(
                        console,
                        new LoggingEvent(
                                "",
                                shipped.getLogger("io.wadi.a"),
                                Level.WARN,
                                "a\u009b\u007f\u0000\u202e\u2028\u200f\n\té{}\n\n2026",
                                failure,
                                null));

                assertThat(line)
                        .contains("io.wadi.a a\\u009b\\u007f\\u0000\\u202e\\u2028\\u200f\n\té{}\n\n  2026\n"
                                + "java.lang.IllegalStateException: b\\u001b[2J\\u000dc\n\td\n\tat ");
                assertThat(line)
                        .contains("\n  Caused by: java.lang.Exception: e\\u0007\n  2026\n")
                        .endsWith("\n");
                assertThat(line.lines().filter(each -> each.startsWith("java.lang.IllegalStateException")))
                        .hasSize(1);
                assertThat(encoded(
                                console,
                                new LoggingEvent(
                                        "", shipped.getLogger("io.wadi.a"), Level.WARN, "a {}", null, new Object[] {"b"
                                        })))
                        .endsWith("io.wadi.a a b\n");
            } finally {
                shipped.stop();
            }
        }
    }

    private static String encoded(ConsoleAppender<ILoggingEvent> console, ILoggingEvent event) {
        return new String(console.getEncoder().encode(event), UTF_8);
    }

    @Test
    void shippedConfiguration_limitsAndReportsRepeatedLines() throws Exception {
        LoggerContext shipped = new LoggerContext();
        try {
            JoranConfigurator configurator = new JoranConfigurator();
            configurator.setContext(shipped);
            configurator.doConfigure(LogFilterTest.class.getResource("/logback.xml"));
            Logger root = shipped.getLogger(Logger.ROOT_LOGGER_NAME);
            root.detachAndStopAllAppenders();
            listen(root);
            shipped.getTurboFilterList().stream()
                    .filter(LogFilter.class::isInstance)
                    .map(LogFilter.class::cast)
                    .forEach(each -> {
                        each.stop();
                        each.setSeconds(1);
                        each.start();
                    });
            IntStream.range(0, 100).forEach(i -> shipped.getLogger("io.wadi.a").warn("refused {}", i));

            await().until(() -> written.stream().anyMatch(line -> line.contains(" more of these in the last 1 s)")));
            assertThat(List.copyOf(written)).hasSizeLessThan(100);
        } finally {
            shipped.stop();
        }
    }
}
