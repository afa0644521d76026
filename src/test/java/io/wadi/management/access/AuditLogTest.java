package io.wadi.management.access;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.wadi.testing.AdjustableClock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class AuditLogTest {
    private final Logger logger = (Logger) LoggerFactory.getLogger("wadi.audit");
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
    private final AdjustableClock now = new AdjustableClock(Instant.parse("2026-11-26T08:00:00Z"));
    private final AuditLog audit = new AuditLog(now);

    @BeforeEach
    void listen() {
        lines.start();
        logger.setLevel(Level.INFO);
        logger.addAppender(lines);
    }

    @AfterEach
    void close() {
        logger.detachAppender(lines);
    }

    private List<String> written() {
        return lines.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
    }

    private void write(boolean isAuthenticated, String network, int status) {
        audit.write(
                new AuditLog.Client("otto", isAuthenticated, network, network), "POST", "/connectors", null, status);
    }

    @Test
    void unauthenticatedRequests_areLimitedPerNetworkAndMinute() {
        for (int i = 0; i < 1000; i++) {
            write(false, "192.0.2.1", i % 2 == 0 ? 403 : 429);
            write(true, "192.0.2.1", 200);
        }
        assertThat(written()).hasSize(1020);
        write(false, "192.0.2.2", 401);
        assertThat(written()).hasSize(1021).last().asString().contains("192.0.2.2");
        now.pass(Duration.ofMinutes(1));
        write(true, "192.0.2.3", 200);

        assertThat(written()).hasSize(1023);
        assertThat(written().get(1021)).contains("\"from\":\"192.0.2.1\",\"omitted\":980");
    }

    @Test
    void manyNetworks_beyondAThousand_shareOneLineLimit() {
        for (int i = 0; i < 5000; i++) {
            write(false, "2001:db8:0:" + Integer.toHexString(i) + "::", 401);
        }
        assertThat(written()).hasSize(1020);
    }

    @Test
    void furtherRequestsOfManyNetworks_shareALimit() {
        for (int i = 0; i < 20; i++) {
            for (int network = 0; network < 500; network++) {
                write(false, "2001:db8:0:" + Integer.toHexString(network) + "::", 401);
            }
        }
        assertThat(written()).hasSize(1500);
        now.pass(Duration.ofMinutes(1));
        write(false, "192.0.2.3", 401);
        write(false, "192.0.2.3", 401);

        assertThat(written()).hasSize(2002);
        assertThat(written().subList(1500, 2000)).allMatch(line -> line.endsWith("\"omitted\":17}"));
    }

    @Test
    void longValues_areTruncated() {
        String text = "\u0001".repeat(11_000);
        audit.write(new AuditLog.Client(text, false, "192.0.2.1", "192.0.2.1"), text, text, text, 401);

        assertThat(written()).singleElement().asString().hasSizeLessThan(7500).contains("\"status\":401");
    }
}
