package io.wadi.management.access;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Who has asked for what change, when, from where, and what became of it: a line of JSON each, at INFO by {@code wadi.audit}. */
final class AuditLog {
    private static final Logger LOG = LoggerFactory.getLogger("wadi.audit");
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int BEGIN_OF_REFUSALS = 400;

    private final Clock clock;

    AuditLog(Clock clock) {
        this.clock = clock;
    }

    /**
     * Writes down a request that has its answer.
     *
     * @param who the user, or who they said they were
     * @param from the address that it came from
     * @param query what stood behind the path; null where nothing did
     * @param status the answer's; 0 where the connection was gone before
     */
    void write(String who, String from, String method, String path, String query, int status) {
        ObjectNode line = JSON.createObjectNode()
                .put("time", clock.instant().truncatedTo(ChronoUnit.MILLIS).toString())
                .put("who", who)
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
        return status < BEGIN_OF_REFUSALS ? "done" : "refused";
    }
}
