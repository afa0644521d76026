package io.wadi.management.access;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs each requested change with its time, user, address and outcome, as a line of JSON at INFO by {@code wadi.audit}.
 */
final class AuditLog {
    private static final Logger LOG = LoggerFactory.getLogger("wadi.audit");
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MIN_ERROR_STATUS = 400;

    private final Clock clock;

    AuditLog(Clock clock) {
        this.clock = clock;
    }

    /**
     * Logs a request that has ended.
     *
     * @param user the user, or the claimed name after a failed login
     * @param from the client's address
     * @param query the query string; null without one
     * @param status the status of the response; 0 if the connection was closed before
     */
    void write(String user, String from, String method, String path, String query, int status) {
        ObjectNode line = JSON.createObjectNode()
                .put("time", clock.instant().truncatedTo(ChronoUnit.MILLIS).toString())
                .put("user", user)
                .put("from", from)
                .put("method", method)
                .put("path", path);
        if (query != null) {
            line.put("query", query);
        }
        line.put("status", status).put("outcome", outcome(status));
        LOG.info("{}", line);
    }

    private static String outcome(int status) {
        if (status == 0) {
            return "not known";
        }
        return status < MIN_ERROR_STATUS ? "done" : "refused";
    }
}
